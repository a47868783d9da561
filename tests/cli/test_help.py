"""Help that helps: examples that work, near misses, and the name of the command in every message."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from chartgen import __version__
from chartgen.cli import COMMANDS, cli
from chartgen.kubernetes import VERSIONS
from tests.cli.command import Ran, run

Call = Callable[..., Ran]


def examples(text: str) -> list[list[str]]:
    """The words of every example in a help text; what is said about it stands two spaces apart."""
    block = text.partition("Example")[2].partition("\n\n")[0]
    lines = [line.strip() for line in block.splitlines()[1:]]
    commands = [re.sub(r'^eval "\$\((.*)\)"$', r"\1", re.split(r"  +|[<>|]", line)[0]) for line in lines]
    return [shlex.split(command) for command in commands]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_examples_that_the_command_takes(name: str, chartgen: Call) -> None:
    ran = chartgen(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: chartgen {name} ")
    found = examples(ran.out)
    assert found
    for program, verb, *arguments in found:
        assert (program, verb) == ("chartgen", name)
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        with command.make_context(name, list(arguments)) as context:
            assert context.params is not None


def test_help_lists_the_commands_in_the_order_they_are_needed(chartgen: Call) -> None:
    ran = chartgen("--help")
    assert ran.code == 0
    listed = ran.out.partition("Commands:\n")[2]
    assert re.findall(r"^  ([\w-]+) ", listed, re.MULTILINE) == list(COMMANDS)
    assert "Exit codes: 0 fine, 1 the input or the chart is wrong, 2 usage, 3 could" in ran.out
    assert examples(ran.out)[0][:2] == ["chartgen", "init"]
    assert chartgen("-h") == ran


def test_without_a_command_the_help_is_shown_as_a_fault_of_usage(chartgen: Call) -> None:
    ran = chartgen()
    assert ran.code == 2
    assert ran.err.startswith("Usage: chartgen [OPTIONS] COMMAND [ARGS]...\n")


def test_the_module_is_the_command(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path) == (0, f"chartgen {__version__}\n", "")
    assert run("nope", cwd=tmp_path).err.startswith("Usage: chartgen [OPTIONS]")


FAULTS = {
    "lint --fromat json": "No such option '--fromat'. Did you mean '--format'?",
    "generate --check --force": "--check writes nothing, --force writes over edits: give one of them",
    "lint --format xml": (
        "Invalid value for '--format': 'xml' is not one of 'text', 'json', 'sarif', 'junit'."
    ),
    "lint -o a -o b": "there are more --output than --format",
    "lint --format json --format text": (
        "only one format can go to standard output: give the others an --output"
    ),
    "template": "Missing argument 'CHART'.",
    "completion tcsh": "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'.",
    "init": "missing NAME and --image",
    "lint --kube-version 1.2": (
        "Invalid value for '--kube-version' / '--kubernetes-version' (env var: 'CHARTGEN_KUBE_VERSIONS'): "
        f"'1.2' is not known here; known: {', '.join(VERSIONS)}"
    ),
}
ARGUMENTS = {"template": "CHART", "completion": "{bash|zsh|fish}", "init": "[NAME]"}


@pytest.mark.parametrize("line", FAULTS)
def test_a_fault_of_usage_says_what_was_meant(line: str, chartgen: Call) -> None:
    name, *arguments = line.split()
    ran = chartgen(name, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"Usage: chartgen {name} [OPTIONS] {ARGUMENTS.get(name, '[CHARTS]...')}\n"
        f"Try 'chartgen {name} --help' for help.\n\n"
        f"Error: {FAULTS[line]}\n"
    )


def test_a_command_that_is_misspelled_is_answered_with_the_near_one(chartgen: Call) -> None:
    ran = chartgen("generat")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("\n\nError: No such command 'generat': did you mean 'generate'?\n")


def test_a_command_that_resembles_none_is_answered_with_all(chartgen: Call) -> None:
    known = ", ".join(sorted(COMMANDS))
    assert chartgen("zzz").err.endswith(f"Error: No such command 'zzz': known here: {known}\n")
