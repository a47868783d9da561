"""The options of coverage, on a command that renders a chart as `verify` does."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from chartgen.chart import Chart, ChartFile
from chartgen.cli.coverage import coverage_options, report_coverage, wanted, watched
from chartgen.coverage import Traced
from chartgen.engine.choose import choose
from chartgen.manifest import Case
from chartgen.package import archive
from tests.need import need

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "values.yaml": "a: 1\n",
    "templates/NOTES.txt": "{{ if .Values.a }}\nyes\n{{ else }}\nno\n{{ end }}\n",
}
CHART = Chart.of(ChartFile(path, text.encode()) for path, text in FILES.items())


@click.command
@click.option("--both", is_flag=True)
@coverage_options
def command(both: bool, coverage: tuple[tuple[str, str], ...], threshold: float) -> None:
    asked = wanted(coverage, threshold)
    session = watched(choose("embedded"), CHART, archive(CHART), asked)
    list(session.render([Case(), *([Case({"a": 0})] if both else [])]))
    if isinstance(session, Traced):
        click.get_current_context().exit(report_coverage([session.coverage], asked))
    click.echo("plain")


def run(*arguments: str) -> Result:
    need("helm_python")
    return CliRunner().invoke(command, arguments)


def test_a_run_fails_under_the_threshold_and_says_what_is_missing() -> None:
    ended = run("--coverage", "text")
    assert ended.exit_code == 1
    assert "templates/NOTES.txt:3:1: if: else: never taken\n" in ended.output
    assert ended.output.endswith("shop: 1 of 2 branches taken, 50%; under the threshold of 100%\n")


def test_a_run_that_takes_every_branch_succeeds() -> None:
    ended = run("--both", "--coverage", "text")
    assert (ended.exit_code, ended.output.splitlines()[-1]) == (0, "shop: 2 of 2 branches taken, 100%")


def test_a_threshold_is_met_at_its_own_number() -> None:
    assert run("--coverage", "text", "--threshold", "50").exit_code == 0
    assert run("--coverage", "text", "--threshold", "50.1").exit_code == 1


def test_formats_go_to_files_of_their_own(tmp_path: Path) -> None:
    data, listing = tmp_path / "coverage.json", tmp_path / "coverage.txt"
    ended = run("--coverage", f"json={data}", "--coverage", f"listing={listing}")
    assert (ended.exit_code, ended.output) == (1, "")
    assert json.loads(data.read_text())["charts"][0]["percent"] == 50.0
    assert "MISSING 3 | {{ else }}" in listing.read_text()


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--coverage", "html"), "'html' is no format of coverage: take one of text, json, listing"),
        (("--coverage", "text", "--coverage", "json"), "give each a FILE of its own"),
        (("--threshold", "101"), "101"),
    ],
)
def test_options_that_make_no_sense_are_told(arguments: tuple[str, ...], said: str) -> None:
    ended = run(*arguments)
    assert ended.exit_code == 2
    assert said in ended.output


def test_without_the_option_the_chart_is_opened_plain() -> None:
    assert run().output == "plain\n"
