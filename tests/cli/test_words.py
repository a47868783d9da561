"""The commands that only say something: version, schema, completion."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen import __version__
from chartgen.cli import COMMANDS
from tests.cli.command import COMMAND, Ran, environment, run, without_helm
from tests.need import need

Call = Callable[..., Ran]


def test_the_version_names_python_and_the_helm_that_is_embedded(chartgen: Call) -> None:
    need("helm_python")
    ran = chartgen("version")
    lines = ran.out.splitlines()
    assert (ran.code, lines[:2]) == (0, [f"chartgen {__version__}", f"python {platform.python_version()}"])
    assert lines[2].startswith("engine embedded 4.")
    assert chartgen("--version").out == f"{lines[0]}\n"


def test_the_version_says_when_there_is_no_helm(tmp_path: Path) -> None:
    ran = run("version", cwd=tmp_path, env=without_helm(tmp_path))
    assert ran.code == 0
    assert ran.out.splitlines()[2].startswith(
        "engine none: there is no Helm: the embedded Helm does not load"
    )


@pytest.mark.parametrize("of", ["app", "project"])
def test_the_schema_is_a_schema_and_the_reference_a_reference(of: str, chartgen: Call) -> None:
    assert (
        json.loads(chartgen("schema", "--of", of).out)["title"]
        == {"app": "app.yaml", "project": "chartgen.yaml"}[of]
    )
    assert chartgen("schema", "--of", of, "--reference").out.startswith("# Reference: ")


def test_the_documents_are_written_into_a_folder(chartgen: Call) -> None:
    ran = chartgen("schema", "--docs", "made/docs")
    names = ["app.schema.json", "app-reference.md", "project.schema.json", "project-reference.md"]
    assert ran == (0, "".join(f"made/docs/{name}\n" for name in names), "")
    assert Path("made/docs/app.schema.json").read_text() == chartgen("schema").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str, chartgen: Call) -> None:
    ran = chartgen("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert f"_CHARTGEN_COMPLETE={shell}_complete" in ran.out


COMPLETIONS = {
    "chartgen gen": ["generate"],
    "chartgen ": list(COMMANDS),
    "chartgen lint --for": ["--format"],
    "chartgen lint --format s": ["sarif"],
    "chartgen generate ": ["shop", "wiki"],
    "chartgen generate w": ["wiki"],
    "chartgen template s": ["shop"],
    "chartgen completion z": ["zsh"],
    "chartgen nope ": list(COMMANDS),
}


@pytest.mark.parametrize("line", COMPLETIONS)
def test_bash_completes(line: str, charts: Path) -> None:
    """The script, sourced by a bash, asked as bash asks."""
    bash = need("bash")
    words = line.split(" ")
    (charts / "chartgen").write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    (charts / "chartgen").chmod(0o755)
    script = f"""
        eval "$(chartgen completion bash)"
        COMP_WORDS=({" ".join(words)}{' ""' if not words[-1] else ""}) COMP_CWORD={len(words) - 1}
        _chartgen_completion chartgen "{words[-1]}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    env = environment()
    env["PATH"] = f"{charts}:{env['PATH']}"
    done = subprocess.run(
        [bash, "-c", script], cwd=charts, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == COMPLETIONS[line]


def test_completion_outside_a_project_knows_no_charts(tmp_path: Path) -> None:
    env = {"_CHARTGEN_COMPLETE": "bash_complete", "COMP_WORDS": "chartgen generate ", "COMP_CWORD": "2"}
    assert run(cwd=tmp_path, env=env) == (0, "\n", "")
