"""`chartgen generate`: the same bytes everywhere, edits kept and shown, and nothing half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.command import SHOP, Ran, run, state

Call = Callable[..., Ran]


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {path: data for path, (_, _, data) in state(folder).items()}


def files(name: str) -> int:
    """How many files of a chart there are beside the record."""
    return len(contents(Path("charts", name))) - 1


def test_the_charts_are_written_and_then_they_are_up_to_date(project: Path, chartgen: Call) -> None:
    ran = chartgen("generate")
    assert ran == (0, "".join(f"charts/{name}: {files(name)} new\n" for name in ("shop", "wiki")), "")
    before = state(project)
    assert chartgen("generate") == (0, "charts/shop: up to date\ncharts/wiki: up to date\n", "")
    assert chartgen("generate", "--force").code == 0
    assert chartgen("generate", "--check") == (0, "up to date\n", "")
    assert state(project) == before


def test_only_the_chart_that_is_named_is_written(project: Path, chartgen: Call) -> None:
    assert chartgen("generate", "wiki").out == f"charts/wiki: {files('wiki')} new\n"
    assert not Path("charts/shop").exists()


def test_an_unknown_chart_is_a_fault_of_usage_with_the_near_miss(project: Path, chartgen: Call) -> None:
    assert chartgen("generate", "shpo", "wiki") == (
        2,
        "",
        "Error: unknown charts\n  shpo: this project has no such chart\n      did you mean 'shop'?\n",
    )
    assert not Path("charts").exists()


WAYS: dict[str, Mapping[str, str]] = {
    "a time zone": {"TZ": "Pacific/Kiritimati"},
    "a locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "the plainest locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/nonexistent"},
    "a date": {"SOURCE_DATE_EPOCH": "1"},
}


@pytest.mark.parametrize("way", WAYS)
def test_the_bytes_are_the_same_under(way: str, project: Path, generated: Path) -> None:
    assert run("generate", cwd=project, env=WAYS[way]).code == 0
    assert contents(project / "charts") == contents(generated / "charts")


def test_neither_the_folder_nor_the_umask_nor_the_order_of_the_disk_matters(
    project: Path, generated: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir, mask = os.scandir, os.umask(0o077)
    Path("deep/er").mkdir(parents=True)
    monkeypatch.chdir("deep/er")
    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", lambda p: sorted(scandir(p), key=lambda e: e.name, reverse=True))
        said = chartgen("generate").out
    os.umask(mask)
    assert said.startswith("../../charts/shop: ")
    assert contents(project / "charts") == contents(generated / "charts")
    written = [path for path in (project / "charts").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o644}


def test_check_writes_nothing_and_shows_what_would_change(charts: Path, chartgen: Call) -> None:
    edit("apps/shop/app.yaml", "description: A shop", "description: A bookshop")
    before = state(charts)
    ran = chartgen("generate", "--check")
    assert (ran.code, ran.err) == (
        1,
        "Error: 2 files are not what app.yaml says\nrun `chartgen generate`\n",
    )
    assert ran.out.splitlines()[:9] == [
        "charts/shop/Chart.yaml: changed",
        "--- Chart.yaml",
        "+++ Chart.yaml",
        "@@ -1,5 +1,5 @@",
        " apiVersion: v2",
        " name: shop",
        "-description: A shop",
        "+description: A bookshop",
        " type: application",
    ]
    assert state(charts) == before


def test_check_tells_what_is_new_stale_and_left_over(charts: Path, chartgen: Call) -> None:
    edit(
        "apps/shop/app.yaml", "    ports: {http: {port: 8080}}\nroutes:\n  - {path: /, component: web}\n", ""
    )
    (charts / "charts/wiki/.chartgen-tmp-0123456789ab").write_text("half")
    (charts / "charts/wiki/NOTES.md").write_text("mine")
    (charts / "charts/wiki/README.md").unlink()
    before = state(charts)
    told = [line for line in chartgen("generate", "-C").out.splitlines() if line.startswith("charts/")]
    assert "charts/shop/templates/web-service.yaml: stale" in told
    assert told[-2:] == ["charts/wiki/.chartgen-tmp-0123456789ab: left over", "charts/wiki/README.md: new"]
    assert state(charts) == before
    assert chartgen("generate").out.splitlines()[1] == "charts/wiki: 1 left over, 1 new"
    assert not Path("charts/shop/templates/web-service.yaml").exists()
    assert Path("charts/wiki/NOTES.md").read_text() == "mine"


def test_check_tells_when_the_record_is_gone(charts: Path, chartgen: Call) -> None:
    Path("charts/wiki/.chartgen.json").unlink()
    assert chartgen("generate", "--check") == (
        1,
        "charts/wiki/.chartgen.json: does not say what is there\n",
        "Error: 1 file is not what app.yaml says\nrun `chartgen generate`\n",
    )
    assert chartgen("generate").code == 0
    assert chartgen("generate", "--check").code == 0


def test_an_edit_is_kept_shown_and_explained(charts: Path, chartgen: Call) -> None:
    edit("charts/shop/values.yaml", "replicaCount: 1", "replicaCount: 5")
    edited = Path("charts/shop/values.yaml").read_bytes()
    edit("apps/shop/app.yaml", "description: A shop", "description: A bookshop")
    ran = chartgen("generate")
    assert ran.code == 1
    assert ran.out.startswith(
        "charts/shop: 2 changed\ncharts/wiki: up to date\n"
        "charts/shop/values.yaml: kept, because it was edited by hand "
        "('-' is the file, '+' what would be written)\n--- values.yaml\n+++ values.yaml\n@@ "
    )
    assert "\n-  replicaCount: 5\n+  replicaCount: 1\n" in ran.out
    assert ran.err == (
        "Error: edited files were kept: charts/shop/values.yaml\n"
        "move the edit into app.yaml, a values overlay, or a template of the application's own (own.folder), "
        "then `chartgen generate --force`\n"
    )
    assert Path("charts/shop/values.yaml").read_bytes() == edited
    check = chartgen("generate", "--check")
    assert (check.code, check.out.splitlines()[0]) == (1, "charts/shop/values.yaml: edited")
    assert chartgen("generate", "--force") == (0, "charts/shop: 1 edited\ncharts/wiki: up to date\n", "")
    assert chartgen("generate", "--check").code == 0


def test_a_binary_edit_is_not_poured_over_the_terminal(charts: Path, chartgen: Call) -> None:
    Path("charts/shop/README.md").write_bytes(b"\xff\x00\x1b[2J")
    ran = chartgen("generate", "shop")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "  binary files differ")


def test_everything_that_is_wrong_with_several_charts_is_told_and_nothing_is_written(
    charts: Path, chartgen: Call
) -> None:
    edit("apps/shop/app.yaml", "port: 8080", "port: 80800\n    prots: {}")
    edit("apps/wiki/app.yaml", "version: 0.2.0", "version: two")
    before = state(charts)
    ran = chartgen("generate")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("Error: ") == 2
    assert "Error: apps/shop/app.yaml" in ran.err
    assert (
        "Error: apps/wiki/app.yaml: 1 problem\n  apps/wiki/app.yaml:3 version: 'two' is not a sem" in ran.err
    )
    assert state(charts) == before


def test_one_chart_that_is_wrong_keeps_the_others_as_they_were_too(charts: Path, chartgen: Call) -> None:
    edit("apps/shop/app.yaml", "description: A shop", "description: A bookshop")
    edit("apps/wiki/app.yaml", "version: 0.2.0", "version: two")
    before = state(charts)
    assert chartgen("generate").code == 1
    assert state(charts) == before


def test_an_application_that_is_not_there_is_told(project: Path, chartgen: Call) -> None:
    shutil.rmtree("apps/wiki")
    assert chartgen("generate") == (1, "", "Error: apps/wiki: there is no such file\ncheck the path\n")


@pytest.mark.parametrize("record", ['{"files": {"../../apps/shop/app.yaml": "x"}}', "no json"])
def test_a_record_that_leads_out_is_refused(record: str, charts: Path, chartgen: Call) -> None:
    Path("charts/shop/.chartgen.json").write_text(record)
    before = state(charts)
    ran = chartgen("generate")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: charts/shop/.chartgen.json: not a record of generated files\n")
    assert state(charts) == before
    assert Path("apps/shop/app.yaml").read_text() == SHOP


def test_what_is_in_the_way_is_told_for_all_charts(charts: Path, chartgen: Call) -> None:
    Path("charts/shop/values.yaml").unlink()
    Path("charts/shop/values.yaml").symlink_to("/etc/passwd")
    Path("charts/wiki/Chart.yaml").unlink()
    Path("charts/wiki/Chart.yaml").mkdir()
    ran = chartgen("generate")
    assert ran.code == 1
    assert ran.err == (
        "Error: charts/shop: nothing can be written here\n"
        "  charts/shop/values.yaml: no plain file\n"
        "      a generated file belongs here: move this away\n"
        "Error: charts/wiki: nothing can be written here\n"
        "  charts/wiki/Chart.yaml: no plain file\n"
        "      a generated file belongs here: move this away\n"
    )


def test_a_difference_is_coloured_when_that_is_asked_for(charts: Path, chartgen: Call) -> None:
    edit("apps/wiki/app.yaml", "description: A wiki", "description: Another")
    out = chartgen("generate", "--check", "--color", "always").out
    assert "\x1b[31m-description: A wiki\x1b[0m\n\x1b[32m+description: Another\x1b[0m\n" in out
    assert "\x1b[36m@@ " in out
    assert "\x1b" not in chartgen("generate", "--check").out
