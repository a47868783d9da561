"""A chart of the project, opened in an engine, with a case for its own values and for each overlay."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from chartgen.chart import Chart
from chartgen.cli.failures import each, progress
from chartgen.cli.options import Place
from chartgen.disk import read_chart, read_values
from chartgen.engine import Engine, LintMessage, Refusal, Session
from chartgen.engine.choose import choose
from chartgen.errors import ChartgenError, ModelError, Problem, RenderError, ToolError, UsageError
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import EPOCH, LAST_EPOCH, archive
from chartgen.project import ChartEntry
from chartgen.values import merge, parse_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.engine import Answer


class Stage(NamedTuple):
    """A chart as it lies in the project, ready to be rendered."""

    entry: ChartEntry
    chart: Chart
    packed: bytes
    session: Session

    def renderings(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """What the chart makes of each case."""
        for result in self.session.render(cases):
            progress(f"{self.entry.name}: {result.case.name}")
            yield result
        progress("")


def epoch() -> int:
    """The date of packages, in seconds since 1970: what SOURCE_DATE_EPOCH says, or else a constant, so that
    a later commit with the same chart has the same digest. Raises UsageError."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return EPOCH
    if not (given.isascii() and given.isdigit()) or int(given[:20]) > LAST_EPOCH:
        what = f"SOURCE_DATE_EPOCH is {given!r}"
        raise UsageError(
            what, f"it takes seconds since 1970, {LAST_EPOCH} at most; unset, packages have a constant date"
        )
    return int(given)


def engine_for(place: Place, helm: str | None) -> Engine:
    """The engine that was asked for. Raises ToolError when it cannot be had."""
    return choose(helm or place.helm, progress)


def chart_of(place: Place, entry: ChartEntry) -> Chart:
    """The chart as it lies in the project. Raises ChartgenError."""
    path = place.path(entry.chart)
    if not path.exists():
        raise ChartgenError(f"{path}: there is no such chart yet", "`chartgen generate` writes it")
    return read_chart(path)


def stage(place: Place, entry: ChartEntry, engine: Engine) -> Stage:
    """Reads a chart and opens it. Raises ChartgenError; ToolError when the engine does not answer."""
    return opened(entry, chart_of(place, entry), engine)


def opened(entry: ChartEntry, chart: Chart, engine: Engine) -> Stage:
    """A chart, opened. Raises RenderError; ToolError when the engine does not answer."""
    progress(f"{entry.name}: reading")
    packed = archive(chart, epoch())
    return Stage(entry, chart, packed, engine.open(packed))


def given_values(files: Iterable[str], sets: Iterable[str]) -> dict[str, Any]:
    """The files, then what was set on top. Raises ChartgenError with all that is wrong with the files."""
    values = merge(each(files, lambda file: read_values(Path(file), waits=True)))
    for expression in sets:
        values = parse_set(expression, values)
    return values


def cases(place: Place, entry: ChartEntry) -> tuple[tuple[Case, ...], tuple[tuple[str, Problem], ...]]:
    """The chart's own values, then each overlay, released under the name of the chart; and what is wrong
    with the overlays that cannot be used, with the name of the overlay."""
    release = Release(name=entry.name, namespace=entry.name)
    found, problems = [Case(release=release)], []
    for overlay in entry.overlays:
        try:
            found.append(Case(read_values(place.path(overlay)), release, overlay))
        except ChartgenError as error:
            several = error.problems or (Problem("", error.message, error.hint),)
            problems += [(overlay, problem) for problem in several]
    return tuple(found), tuple(problems)


def sound_cases(place: Place, entry: ChartEntry) -> tuple[Case, ...]:
    """The cases of a chart. Raises ModelError with the problems of all its overlays."""
    found, problems = cases(place, entry)
    if problems:
        raise ModelError(f"{entry.name}: its overlays cannot be used", problems=[p for _, p in problems])
    return found


def accepted(results: Iterable[Answer]) -> list[Rendering]:
    """The renderings. Raises RenderError with the reason of every refusal."""
    found, refusals = _apart(results)
    _refuse(refusals)
    return found


def answered(results: Iterable[Answer]) -> list[Answer]:
    """Like `accepted`, with the chart's own values allowed to be too few: a rule may want a person to
    bring something, as long as there are values with which the chart renders."""
    found, refusals = _apart(results)
    wanting = [r for r in refusals if found and r.kind == "rule" and not r.case.overlay]
    _refuse([r for r in refusals if r not in wanting])
    return [*wanting, *found]


def _apart(results: Iterable[Answer]) -> tuple[list[Rendering], list[Refusal]]:
    answers = list(results)
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    return [answer for answer in answers if isinstance(answer, Rendering)], refusals


def _refuse(refusals: list[Refusal]) -> None:
    if refusals:
        problems = [Problem(refusal.case.name, refusal.message) for refusal in refusals]
        hint = "`chartgen lint` shows all that is wrong with it"
        raise RenderError("Helm refuses the chart", hint, problems)


class NoEngine:
    """Stands in for an engine that cannot be had: nothing that is asked of it can be found out."""

    name, version = "none", ""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def open(self, archive: bytes) -> NoEngine:
        return self

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        self._unknown()

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        self._unknown()

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        self._unknown()

    def _unknown(self) -> NoReturn:
        raise ToolError(self._reason)
