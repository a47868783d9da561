"""On a terminal: colours, progress and questions. In a pipe: nothing of it, and no fuss when it breaks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from chartgen.disk import alone
from tests.cli.command import COMMAND, environment, run
from tests.cli.terminal import Terminal
from tests.need import need

CLEAR = "\r\x1b[K"


def test_progress_is_shown_on_a_terminal_and_cleared(charts: Path) -> None:
    need("helm_python")
    with Terminal("lint", cwd=charts) as it:
        assert it.end() == 0
    assert f"{CLEAR}shop: values/production.yaml" in it.shown
    last = it.shown.rpartition(CLEAR)[2]
    assert last.startswith("shop, wiki: ")
    assert last.count("\n") == 1


def test_in_a_pipe_there_is_no_progress(charts: Path) -> None:
    need("helm_python")
    ran = run("lint", "wiki", cwd=charts)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(
    "env,flags,colors",
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({}, ("--color", "never"), False),
    ],
)
def test_colours_on_a_terminal(
    env: Mapping[str, str], flags: tuple[str, ...], colors: bool, charts: Path
) -> None:
    (charts / "charts/wiki/README.md").write_text("mine\n")
    with Terminal("generate", "--check", "wiki", *flags, cwd=charts, env=env) as it:
        assert it.end() == 1
    assert ("\x1b[31m-mine\x1b[0m" in it.shown) is colors
    assert "-mine" in it.shown


def test_an_error_clears_the_progress_before_it(charts: Path) -> None:
    need("helm_python")
    (charts / "charts/wiki/templates/broken.yaml").write_text("{{ end }}\n")
    with Terminal("package", cwd=charts) as it:
        assert it.end() == 1
    assert it.shown.rpartition(CLEAR)[2].startswith("Error: Helm refuses the chart\n")


def test_a_run_waits_for_another_and_says_so(charts: Path) -> None:
    with alone(charts / "chartgen.yaml"), Terminal("generate", cwd=charts) as it:
        it.wait_for("waiting for another chartgen")
    with alone(charts / "chartgen.yaml"):
        waiting = Terminal("generate", cwd=charts)
        waiting.wait_for("waiting for another chartgen")
    with waiting:
        assert waiting.end() == 0
    assert waiting.shown.rpartition(CLEAR)[2].endswith("charts/wiki: up to date\n")


def test_control_c_ends_a_run_with_the_code_that_shells_know(charts: Path) -> None:
    with alone(charts / "chartgen.yaml"), Terminal("generate", cwd=charts) as it:
        it.wait_for("waiting for another chartgen")
        assert it.interrupt() == 130
    assert "Traceback" not in it.shown


def test_control_c_at_a_question_writes_nothing(tmp_path: Path) -> None:
    with Terminal("init", cwd=tmp_path) as it:
        it.wait_for("Name: ")
        assert it.interrupt() == 130
    assert "Traceback" not in it.shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["lint", "--help"], ["lint", "--list"]])
def test_a_reader_that_goes_away_ends_the_run_without_fuss(arguments: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command, env = [*COMMAND, *arguments], environment()
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=writing, stderr=subprocess.PIPE) as it:
        assert it.communicate()[1] == b""
    os.close(writing)
    assert it.returncode == 141


def test_the_first_line_of_much_is_enough(tmp_path: Path) -> None:
    """`chartgen schema | head -1`, where the reader goes in the middle."""
    bash = need("bash")
    script = f'set -o pipefail; {" ".join(COMMAND)} schema | head -1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        [bash, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout in ("{\n141\n", "{\n0\n")  # 0 where the pipe takes all of it at once
