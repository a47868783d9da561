"""A chart of the project, opened in an engine, with a case for its own values and for each overlay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chartgen import documents
from chartgen.chart import Chart
from chartgen.cli.options import Place, progress
from chartgen.disk import read_chart, read_text
from chartgen.engine import Engine, Refusal, Session
from chartgen.engine.choose import choose
from chartgen.errors import ChartgenError, ModelError, RenderError
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.project import ChartEntry


class Stage(Frozen):
    """A chart as it lies in the project, ready to be rendered."""

    entry: ChartEntry
    chart: Chart
    session: Session
    cases: tuple[Case, ...]

    def renderings(self) -> Iterator[Rendering | Refusal]:
        """What the chart makes of its own values and of each overlay."""
        for result in self.session.render(self.cases):
            progress(f"{self.entry.name}: {result.case.name}")
            yield result
        progress("")


def engine_for(place: Place, helm: str | None) -> Engine:
    return choose(helm or place.project.helm)


def stage(place: Place, entry: ChartEntry, engine: Engine) -> Stage:
    """Reads a chart and its overlays. Raises ModelError with the problems of all overlays."""
    chart = read_chart(place.path(entry.chart))
    return Stage(entry, chart, engine.open(archive(chart)), cases(place, entry))


def cases(place: Place, entry: ChartEntry) -> tuple[Case, ...]:
    """The chart's own values, then each overlay, released under the name of the chart."""
    release = Release(name=entry.name, namespace=entry.name)
    found = [Case(release=release)]
    problems = []
    for overlay in entry.overlays:
        try:
            found.append(Case(_values(place.path(overlay)), release, overlay))
        except ModelError as error:
            problems += error.problems
    if problems:
        raise ModelError(f"{entry.name}: its overlays cannot be used", problems=problems)
    return tuple(found)


def _values(path: Path) -> dict[str, Any]:
    data = documents.load(read_text(path), str(path)).data
    if data is not None and not isinstance(data, dict):
        raise ChartgenError(f"{path}: not a mapping", "a values file holds keys and values")
    return data or {}


def accepted(results: Iterator[Rendering | Refusal]) -> Iterator[Rendering]:
    """The renderings. Raises RenderError with the reason of the first refusal."""
    for result in results:
        if isinstance(result, Refusal):
            raise RenderError(f"{result.case.name}: {result.message}", "`chartgen lint` shows everything at once")
        yield result
