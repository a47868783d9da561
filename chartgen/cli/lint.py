"""`chartgen lint`: every check, on every chart, with every overlay, for every Kubernetes version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from chartgen import contract, project
from chartgen.checks import CHECKS, judge
from chartgen.checks.subject import Made
from chartgen.cli.options import Place, color_option, colored, config_option, helm_option, open_project, progress
from chartgen.cli.stage import engine_for, stage
from chartgen.disk import read_app, write_file
from chartgen.engine import Engine
from chartgen.errors import ModelError
from chartgen.findings import Finding, Outcome, Report, Severity, Status
from chartgen.findings import Place as At
from chartgen.generate import generate
from chartgen.project import ChartEntry
from chartgen.report import FORMATS

EXIT = {Status.PASSED: 0, Status.FAILED: 1, Status.NOT_RUN: 3}


@click.command("lint")
@click.argument("charts", nargs=-1)
@click.option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="How to print (default: text). Repeatable, each with an --output of its own.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="File for the format at the same position; `-` is standard output.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--kube-version", "--kubernetes-version", "versions", multiple=True, metavar="X.Y", help="Check for this Kubernetes; repeatable (default: all known).")
@click.option("--list", "list_", is_flag=True, help="Print the checks and what each asks.")
@helm_option
@config_option
@color_option
def command(
    charts: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    strict: bool,
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
    targets = _targets(formats or ("text",), outputs)
    place = open_project(config)
    if versions:
        place = replace(place, project=project.with_versions(place.project, versions))
    engine = engine_for(place, helm)
    report = merged([_judged(place, entry, engine, strict) for entry in place.project.chosen(charts)])
    for name, target in targets:
        text = FORMATS[name](report, color=target == "-" and colored(color))
        if target == "-":
            click.echo(text, nl=False)
        else:
            write_file(Path(target), text.encode())
    click.get_current_context().exit(exit_code(report))


def _targets(formats: tuple[str, ...], outputs: tuple[str, ...]) -> list[tuple[str, str]]:
    if len(outputs) > len(formats):
        raise click.UsageError("there are more --output than --format")
    targets = list(zip(formats, [*outputs, *["-"] * (len(formats) - len(outputs))], strict=True))
    if [target for _, target in targets].count("-") > 1:
        raise click.UsageError("only one format can go to standard output: give the others an --output")
    return targets


def _judged(place: Place, entry: ChartEntry, engine: Engine, strict: bool) -> Report:
    progress(f"{entry.name}: reading")
    try:
        app = read_app(place.path(entry.app))
        expected = generate(app)
    except ModelError as error:
        return _broken(entry, error)
    staged = stage(place, entry, engine)
    made = Made(
        staged.chart,
        settings=contract.read(staged.chart).settings,
        expected=expected,
        session=staged.session,
        cases=staged.cases,
        own=frozenset(f"templates/{p.removeprefix(app.own.folder + '/')}" for p, _ in app.files if app.own.folder and p.startswith(f"{app.own.folder}/")),
    )
    return judge(
        entry.name,
        app=app,
        made=made,
        answers=staged.renderings(),
        kube_versions=place.project.kubeVersions,
        app_folder=str(place.path(entry.app)),
        folder=str(place.path(entry.chart)),
        strict=strict,
    )


def _broken(entry: ChartEntry, error: ModelError) -> Report:
    """An app.yaml that cannot be read, told like everything else that is wrong."""
    findings = []
    for problem in error.problems:
        where, _, path = problem.where.partition(" ")
        file, _, line = where.partition(":")
        at = At(file, int(line.split(":")[0]) if line.split(":")[0].isdigit() else 0, path)
        findings.append(Finding("model", at, problem.what, problem.hint, Severity.ERROR))
    outcome = Outcome("model", Status.FAILED, tuple(findings), help="app.yaml describes an application.")
    rest = (Outcome(c.NAME, Status.NOT_RUN, reason="app.yaml is wrong", help=c.HELP) for c in CHECKS if c.NAME != "model")
    return Report(entry.name, (outcome, *rest))


def merged(reports: Iterable[Report]) -> Report:
    """Several reports as one: the findings of all, and for each check the worst that happened."""
    given = list(reports)
    if len(given) == 1:
        return given[0]
    by_check: dict[str, list[Outcome]] = {}
    for report in given:
        for outcome in report.outcomes:
            by_check.setdefault(outcome.check, []).append(outcome)
    return Report(
        ", ".join(report.subject for report in given),
        tuple(_worst(outcomes) for outcomes in by_check.values()),
        tuple(dict.fromkeys(overlay for report in given for overlay in report.overlays)),
        tuple(dict.fromkeys(version for report in given for version in report.kube_versions)),
    )


def _worst(outcomes: list[Outcome]) -> Outcome:
    worst = max(outcomes, key=lambda o: [Status.PASSED, Status.FAILED, Status.NOT_RUN].index(o.status))
    return replace(worst, findings=tuple(f for o in outcomes for f in o.findings))


def exit_code(report: Report) -> int:
    """1 when something is wrong; 3 when nothing is known to be wrong and something could not be found out."""
    statuses = {outcome.status for outcome in report.outcomes}
    if Status.FAILED in statuses:
        return EXIT[Status.FAILED]
    return EXIT[Status.NOT_RUN] if Status.NOT_RUN in statuses else EXIT[Status.PASSED]
