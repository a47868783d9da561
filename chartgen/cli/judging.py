"""The checks on one chart of a project. Whatever is wrong with its files is told like any other finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from chartgen import contract
from chartgen.chart import Chart
from chartgen.checks import CHECKS, judge
from chartgen.checks.subject import Made
from chartgen.cli.options import Place
from chartgen.cli.stage import NoEngine, Stage, cases, chart_of, opened
from chartgen.disk import read_app
from chartgen.engine import Answer, Engine
from chartgen.engine.ahead import Ahead
from chartgen.errors import ChartgenError, Problem, ToolError
from chartgen.findings import Finding, Outcome, Report, Status
from chartgen.findings import Place as At
from chartgen.generate import generate
from chartgen.model import App
from chartgen.project import ChartEntry

_AT = re.compile(r"(?P<file>.*?):(?P<line>\d+)(:\d+)?( (?P<path>.*))?", re.DOTALL)


def judged(place: Place, entry: ChartEntry, engine: Engine, strict: bool) -> Report:
    """What the checks say of one chart under each of its overlays."""
    try:
        app = read_app(place.path(entry.app))
        expected = generate(app)
    except ChartgenError as error:
        return _stopped(Report(entry.name, ()), "model", str(place.path(entry.app)), error)
    return judge_generated(place, entry, engine, app, expected, strict).report


class Judged(NamedTuple):
    """What the checks say of a chart, the chart as it was opened for them, and what it answered."""

    report: Report
    staged: Stage | None = None
    answers: tuple[Answer, ...] = ()


def judge_generated(
    place: Place, entry: ChartEntry, engine: Engine, app: App, expected: Chart, strict: bool
) -> Judged:
    """What the checks say of the chart on the disk; its application would make `expected`."""
    app_path, chart_path = (str(place.path(path)) for path in (entry.app, entry.chart))
    try:
        staged = _opened(entry, chart_of(place, entry), engine)
        made = Made(
            staged.chart,
            settings=contract.read(staged.chart).settings,
            expected=expected,
            session=staged.session,
            own=frozenset(_own(app)),
        )
        answers: list[Answer] = []
        report = _judged(place, app, made, staged, engine, strict, answers)
        return Judged(report, staged, tuple(answers))
    except ChartgenError as error:
        report = judge(entry.name, app=app, app_folder=app_path, strict=strict)
        return Judged(_stopped(report, "renders", chart_path, error))


def _opened(entry: ChartEntry, chart: Chart, engine: Engine) -> Stage:
    """The chart, opened; an engine that does not answer leaves one that is asked in vain."""
    try:
        return opened(entry, chart, engine)
    except ToolError as error:
        return opened(entry, chart, NoEngine(str(error)))


def _judged(
    place: Place, app: App, made: Made, staged: Stage, engine: Engine, strict: bool, kept: list[Answer]
) -> Report:
    """What the checks say; what the chart answered is `kept`."""
    entry = staged.entry
    sound, wrong = cases(place, entry)
    ahead = Ahead(engine, staged.session, staged.chart, sound)
    report = judge(
        entry.name,
        app=app,
        made=replace(made, cases=sound, session=ahead),
        answers=_keeping(staged._replace(session=ahead).renderings(sound), kept),
        kube_versions=place.project.kubeVersions,
        app_folder=str(place.path(entry.app)),
        folder=str(place.path(entry.chart)),
        strict=strict,
    )
    found = [_finding("renders", overlay, problem).under(overlay) for overlay, problem in wrong]
    return replace(
        report,
        outcomes=tuple(_and(outcome, found) for outcome in report.outcomes),
        overlays=(*report.overlays, *dict.fromkeys(overlay for overlay, _ in wrong)),
    )


def _keeping(answers: Iterable[Answer], kept: list[Answer]) -> Iterator[Answer]:
    for answer in answers:
        kept.append(answer)
        yield answer


def _own(app: App) -> Iterator[str]:
    """Where the application's own templates are in the chart."""
    folder = f"{app.own.folder}/"
    for path, _ in app.files:
        if app.own.folder and path.startswith(folder):
            yield f"templates/{path.removeprefix(folder)}"


def _stopped(report: Report, check: str, file: str, error: ChartgenError) -> Report:
    """The report with one check more, which failed for files that are wrong, and none of the others run."""
    problems = error.problems or (Problem(file, error.message.removeprefix(f"{file}: "), error.hint),)
    found = tuple(_finding(check, file, problem) for problem in problems)
    ran = {outcome.check: outcome for outcome in report.outcomes}
    outcomes = []
    for one in CHECKS:
        not_run = Outcome(one.NAME, Status.NOT_RUN, reason=f"{file} is wrong", help=one.HELP)
        failed = Outcome(one.NAME, Status.FAILED, found, help=one.HELP)
        outcomes.append(failed if check == one.NAME else ran.get(one.NAME, not_run))
    return replace(report, outcomes=tuple(outcomes))


def _finding(check: str, file: str, problem: Problem) -> Finding:
    match = _AT.fullmatch(problem.where)
    at = At(match["file"], int(match["line"]), match["path"] or "") if match else At(problem.where or file)
    return Finding(check, at, problem.what, problem.hint)


def _and(outcome: Outcome, found: Iterable[Finding]) -> Outcome:
    """The outcome of `renders` with what is wrong with overlays that never reached Helm."""
    more = tuple(found) if outcome.check == "renders" else ()
    failed = Status.FAILED if more and outcome.status is Status.PASSED else outcome.status
    return replace(outcome, status=failed, findings=tuple(sorted((*outcome.findings, *more))))


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
