"""`chartgen compose`: the compose file follows app.yaml, and an edit of a person's stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import PROJECT, SHOP, WIKI, Ran

Call = Callable[..., Ran]
FILE = Path("deploy/compose/shop.yaml")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose shop has a compose file, and whose wiki has none."""
    monkeypatch.chdir(tmp_path)
    project = PROJECT.replace("    chart: charts/shop\n", f"    chart: charts/shop\n    compose: {FILE}\n")
    for path, text in {
        "chartgen.yaml": project,
        "apps/shop/app.yaml": SHOP.replace("acme/shop}", "acme/shop}\n    build: {context: src}"),
        "apps/wiki/app.yaml": WIKI,
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    return tmp_path


def test_it_is_written_once_and_is_then_up_to_date(chartgen: Call) -> None:
    assert chartgen("compose") == (0, f"{FILE}: written\n", "")
    assert "      context: ../../src\n" in FILE.read_text()
    assert chartgen("compose") == (0, f"{FILE}: up to date\n", "")
    assert chartgen("compose", "--check") == (0, "up to date\n", "")


def test_check_shows_what_is_out_of_date_and_writes_nothing(chartgen: Call) -> None:
    chartgen("compose")
    Path("apps/shop/app.yaml").write_text(SHOP.replace("8080", "9090"))
    before = FILE.read_text()
    ran = chartgen("compose", "--check")
    assert (ran.code, FILE.read_text() == before) == (1, True)
    assert "+      - ${SHOP_WEB_PORT:-9090}:9090" in ran.out
    assert chartgen("compose").code == 0


def test_an_edit_stays_until_it_is_forced_away(chartgen: Call) -> None:
    chartgen("compose")
    edited = FILE.read_text().replace("acme/shop", "acme/mine")
    FILE.write_text(edited)
    ran = chartgen("compose")
    assert (ran.code, FILE.read_text(), "edited by hand, and kept" in ran.err) == (1, edited, True)
    assert chartgen("compose", "--force").code == 0
    assert FILE.read_text() != edited


def test_a_file_that_was_never_made_here_is_not_written_over(chartgen: Call) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_text("services: {}\n")
    assert (chartgen("compose").code, FILE.read_text()) == (1, "services: {}\n")


@pytest.mark.parametrize("words", [["wiki"], ["--check", "--force"]])
def test_what_cannot_be_done_is_a_matter_of_usage(words: list[str], chartgen: Call) -> None:
    assert chartgen("compose", *words).code == 2
