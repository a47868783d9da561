"""`chartgen lint`: every check, on every chart, with every overlay, for every Kubernetes version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from chartgen.checks import CHECKS
from chartgen.cli.failures import complain, progress
from chartgen.cli.judging import judged, merged
from chartgen.cli.options import (
    Place,
    charts_argument,
    color_option,
    colored,
    config_option,
    helm_option,
    open_project,
    option,
    versions_option,
)
from chartgen.cli.stage import NoEngine, engine_for
from chartgen.disk import write_output
from chartgen.engine import Engine
from chartgen.errors import ToolError
from chartgen.findings import Report, Severity, Status
from chartgen.report import FORMATS


@click.command("lint")
@charts_argument
@option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="How to print (default: text). Repeatable, each with an --output of its own.",
)
@option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="File for the format at the same position; `-` is standard output.",
)
@option("--strict/--no-strict", env="STRICT", default=None, help="Whether warnings fail too.")
@versions_option
@option("--list", "list_", is_flag=True, help="Print the checks and what each asks.")
@helm_option
@config_option
@color_option
def command(
    charts: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    strict: bool | None,
    versions: tuple[str, ...],
    list_: bool,
    helm: str | None,
    config: str | None,
    color: str,
) -> None:
    """Check CHARTS (all without names): the app, the chart, and what it makes under each overlay.

    \b
    Examples:
      chartgen lint
      chartgen lint ushadow --strict
      chartgen lint --kube-version 1.29 --kube-version 1.34
      chartgen lint --format text --output - --format sarif --output lint.sarif
      chartgen lint --helm /usr/local/bin/helm
    """
    if list_:
        for check in CHECKS:
            click.echo(f"{check.NAME:16} {check.HELP}")
        return
    wanted = targets(formats or ("text",), outputs)
    place = with_options(open_project(config), strict, versions)
    entries = place.project.chosen(charts)
    engine, error = engine_if_any(place, helm)
    report = merged([judged(place, entry, engine, place.project.strict) for entry in entries])
    progress("")
    for name, target in wanted:
        written(FORMATS[name](report, color=target == "-" and colored(color)), target)
    if error:
        complain(error)
    click.get_current_context().exit(exit_code(report))


def with_options(place: Place, strict: bool | None, versions: tuple[str, ...]) -> Place:
    """The project, with what the command line says on top."""
    project = replace(place.project, strict=place.project.strict if strict is None else strict)
    return replace(place, project=replace(project, kubeVersions=versions or project.kubeVersions))


def engine_if_any(place: Place, helm: str | None) -> tuple[Engine, ToolError | None]:
    """The engine, or one that knows nothing and why: much can be checked without."""
    try:
        return engine_for(place, helm), None
    except ToolError as error:
        return NoEngine("there is no Helm to ask"), error


def targets(formats: tuple[str, ...], outputs: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each format with the file it goes to. Raises UsageError when they do not go together."""
    if len(outputs) > len(formats):
        raise click.UsageError("there are more --output than --format")
    targets = list(zip(formats, [*outputs, *["-"] * (len(formats) - len(outputs))], strict=True))
    if [target for _, target in targets].count("-") > 1:
        raise click.UsageError("only one format can go to standard output: give the others an --output")
    return targets


def written(text: str, target: str) -> None:
    """Puts a report where it was asked for."""
    if target == "-":
        click.echo(text, nl=False)
    else:
        write_output(Path(target), text.encode())


def exit_code(report: Report) -> int:
    """1 when something is wrong; 3 when nothing is known to be and something could not be found out."""
    if any(finding.severity is Severity.ERROR for finding in report.findings):
        return 1
    return 3 if any(outcome.status is Status.NOT_RUN for outcome in report.outcomes) else 0
