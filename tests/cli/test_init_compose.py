"""`chartgen init --from-compose`: what it makes works as it is, and what it cannot carry it says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran, state
from tests.compose.made import HERE, PROJECTS
from tests.need import need

Call = Callable[..., Ran]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path / "empty"


def arguments(name: str) -> list[str]:
    """What a person would call init with, in a folder that holds the project's."""
    asked = PROJECTS[name]
    files = [word for file in asked.files for word in ("--from-compose", f"{name}/{file}")]
    profiles = [word for profile in asked.profiles for word in ("--profile", profile)]
    return [name, *files, *profiles, *(w for k, v in asked.variables.items() for w in ("--env", f"{k}={v}"))]


@pytest.mark.parametrize("name", PROJECTS)
def test_its_chart_generates_and_lints_without_edits(name: str, empty: Path, chartgen: Call) -> None:
    need("helm_python")
    shutil.copytree(HERE / "files" / name, empty / name)
    assert chartgen("init", *arguments(name)).code == 0
    assert chartgen("generate").code == 0
    lint = chartgen("lint", "--kube-version", "1.29", "--kube-version", "1.37")
    assert (lint.code, " error " in lint.out, "NOT RUN" in lint.out) == (0, False, False)


COMPOSE = "services: {web: {image: 'acme/web:1.2', ports: ['80:80'], tty: true}}\n"
ADVICE = "    kubectl run -it starts a pod for a person\n"
LOST = f"not carried over: compose.yaml:1: web: tty: nobody watches\n{ADVICE}"


def test_what_is_not_carried_over_is_said_and_the_rest_is_written(empty: Path, chartgen: Call) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    out = "apps/empty/app.yaml\nchartgen.yaml\nNext: chartgen generate, then chartgen lint.\n"
    assert chartgen("init", "--from-compose", "compose.yaml") == (0, out, LOST)


def test_with_error_on_warning_nothing_is_written(empty: Path, chartgen: Call) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    before = state(empty)
    ran = chartgen("init", "shop", "--from-compose", "compose.yaml", "--error-on-warning")
    assert (ran.code, ran.out, state(empty) == before) == (1, "", True)
    assert ran.err.startswith(LOST)


def test_every_problem_is_told_and_nothing_is_written(empty: Path, chartgen: Call) -> None:
    Path("compose.yaml").write_text("services: {web: {imag: 'a:1', ports: 3}}\n")
    before = state(empty)
    ran = chartgen("init", "shop", "--from-compose", "compose.yaml")
    assert (ran.code, ran.out, state(empty) == before) == (1, "", True)
    assert ran.err.count("compose.yaml:1: ") == 2


def test_the_shell_is_asked_for_what_is_named_and_for_nothing_else(
    empty: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("compose.yaml").write_text("services: {web: {image: 'acme/web:${TAG}-${OTHER:-none}'}}\n")
    monkeypatch.setenv("TAG", "3")
    monkeypatch.setenv("OTHER", "never")
    assert chartgen("init", "shop", "--from-compose", "compose.yaml", "--env", "TAG").code == 0
    assert "tag: 3-none\n" in Path("apps/shop/app.yaml").read_text()


def test_a_link_that_leads_out_is_refused(empty: Path, chartgen: Call) -> None:
    Path("compose.yaml").write_text("services: {web: {image: 'a:1', volumes: ['./key:/key']}}\n")
    (empty.parent / "key").write_text("private")
    Path("key").symlink_to(empty.parent / "key")
    ran = chartgen("init", "shop", "--from-compose", "compose.yaml")
    assert (ran.code, "leads out of" in ran.err, "private" in ran.err) == (1, True, False)


@pytest.mark.parametrize(
    "words,what",
    [
        (["--from-compose", "a.yaml", "--image", "a:1"], "--from-compose says it all"),
        (["shop", "--image", "a:1", "--profile", "x"], "go with --from-compose"),
        (["--from-compose", "compose.yaml", "--env", "NOWHERE_SET"], "the environment has no such variable"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], what: str, empty: Path, chartgen: Call
) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    ran = chartgen("init", *words)
    assert (ran.code, what in ran.err) == (2, True)
