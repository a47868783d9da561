"""The workflows that projects copy: valid, with commands that exist, and no more rights than they use."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs import shell
from tests.docs.documents import ROOT
from tests.need import need

WORKFLOWS = sorted((ROOT / "ci/github").glob("*.yml"))


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    """With shellcheck on every script in it."""
    command = [need("actionlint"), "-no-color", f"-shellcheck={need('shellcheck')}", "-pyflakes=", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actionlint_has_nothing_to_say(path: Path) -> None:
    done = lint(path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "old,new,told",
    [
        ("github.token", "github.tokn", 'property "tokn" is not defined'),
        ("fetch-depth", "fetch-dept", 'input "fetch-dept" is not defined'),
        ('"$NUMBER"', "$NUMBER", "SC2086"),
        ('"git:$BASE"', '"git:${{ github.event.pull_request.title }}"', "is potentially untrusted"),
    ],
    ids=["a misspelt property", "a misspelt input", "an unquoted word", "what a stranger may write"],
)
def test_a_fault_in_a_workflow_is_seen(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = (ROOT / "ci/github/pull-request.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "faulty.yml").write_text(text.replace(old, new))
    done = lint(tmp_path / "faulty.yml")
    assert done.returncode == 1
    assert told in done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_chartgen_line_is_understood(path: Path) -> None:
    scripts = "\n".join(step.get("run", "") for step in steps(path)).replace("\\\n", "")
    found = re.findall(r"\bchartgen [a-z][^|&\n]*", scripts)
    assert len(found) >= 3
    for line in found:
        shell.chartgen_parses(re.sub(r'"\$\(.*?\)"', "1", line))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_secret_reaches_only_the_step_that_needs_it(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    around = {**workflow, "jobs": {name: {**job, "steps": []} for name, job in workflow["jobs"].items()}}
    assert "secrets." not in str(around)
    for step in steps(path):
        assert "secrets." not in str({key: value for key, value in step.items() if key != "env"})
        assert "${{" not in step.get("run", ""), "a script gets what it needs from its environment"
