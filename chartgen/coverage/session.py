"""A session that answers as a plain one does, and takes down which ways the templates go on the way."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from chartgen.chart import Chart, ChartFile
from chartgen.coverage.instrument import instrument
from chartgen.coverage.live import live
from chartgen.coverage.measure import BLIND, Branch, Coverage
from chartgen.coverage.points import Point, points, templates, unpacked
from chartgen.coverage.trace import cut, said
from chartgen.coverage.unreachable import claims, unreachable
from chartgen.engine.answers import answer
from chartgen.engine.choose import EMBEDDED
from chartgen.errors import ToolError
from chartgen.manifest import Case, Rendering
from chartgen.package import archive

if TYPE_CHECKING:
    from chartgen.engine import Answer, Engine, LintMessage, Session

# A block scalar that keeps the line breaks at its end: one more, and it is another text.
_KEEPS = re.compile(r"[|>][1-9]?\+")
# Cases before it is looked for less, and how many times as many until the next time.
FIRST, GROWTH = 32, 4


class Subject:
    """A chart with its templates parsed, dependencies included, and every way that they can go.

    Raises ChartgenError when one of the templates cannot be parsed.
    """

    def __init__(self, chart: Chart) -> None:
        self._whole = unpacked(chart)
        self._templates = templates(self._whole)
        self.points = points(self._templates)

    def instrumented(self, without: Container[int] = ()) -> Chart:
        """The chart that takes down its ways, except those `without` which it does. It renders like the one
        it was made from, with a document more at the end of each file."""
        wanted = [p for p in self.points if not all(number in without for number in p.numbers)]
        living = live(self._templates, wanted)
        by_file: dict[str, list[Point]] = {}
        for point in wanted:
            by_file.setdefault(point.template, []).append(point)
        made = {t.name: instrument(t, by_file.get(t.name, ()), living).encode() for t in self._templates}
        files = (ChartFile(file.path, made.get(file.path, file.data)) for file in self._whole.files)
        return Chart(self._whole.name, self._whole.version, tuple(files))

    def coverage(self, taken: Container[int]) -> Coverage:
        """What the chart's own branches come to when those with these numbers were `taken`."""
        own = [point for point in self.points if point.is_own]
        reasons = unreachable(self._whole, self._templates, own)
        claimed = {
            number
            for template in self._templates
            for number in claims(template, [p for p in own if p.template == template.name])
        }
        branches = tuple(
            Branch(
                point.template, way.line, way.column, point.at.kind, way.what, point.at.inside, went, reason
            )
            for point in own
            for number, way in zip(point.numbers, point.at.ways, strict=True)
            for went in [number in taken]
            for reason in ["" if went and number not in claimed else reasons.get(number, "")]
        )
        sources = {t.name: t.text for t in self._templates if t.name.startswith("templates/")}
        others = {p.template.split("/")[1] for p in self.points if not p.is_own}
        unseen = tuple(
            f"templates of the dependency {name}, which are not this chart's" for name in sorted(others)
        )
        return Coverage(self._whole.name, branches, sources, (*unseen, *BLIND))


class Traced:
    """A session of `chart` that answers as a plain one; `taken` are the numbers of the ways that were gone.

    What has been seen is not looked for again: now and then the chart is instrumented anew, with less.
    Refusals are those of the plain chart: it is asked again, so that their words and places are its own.
    Raises ChartgenError when a template cannot be parsed, ToolError for any but the embedded Helm.
    """

    def __init__(self, engine: Engine, chart: Chart) -> None:
        if engine.name != EMBEDDED:
            what = f"{engine.name} prints what it renders without comments, and so without what was covered"
            raise ToolError(what, "coverage needs the embedded Helm: pip install 'chartgen[embedded]'")
        self._engine, self._subject = engine, Subject(chart)
        self.points = self._subject.points
        self.taken: set[int] = set()
        self._plain: Session = engine.open(archive(chart))
        self._instrumented, self._known = self._plain, -1

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, in order and only when asked for."""
        waiting, count = iter(cases), FIRST
        while some := tuple(islice(waiting, count)):
            self._open()
            for found in self._instrumented.render(some):
                yield from self._answers(found)
            count *= GROWTH

    def _open(self) -> None:
        """Look for what was not seen yet."""
        if len(self.taken) > self._known:
            self._known = len(self.taken)
            chart = self._subject.instrumented(self.taken)
            self._instrumented = self._engine.open(archive(chart))

    def _answers(self, found: Answer) -> Iterator[Answer]:
        if isinstance(found, Rendering):
            yield self._cut(found)
        elif found.kind in ("schema", "chart"):  # which no template has a say in
            yield found
        else:
            self.taken |= said(found.raw)
            yield from self._again(found.case)

    @property
    def coverage(self) -> Coverage:
        """What the cases so far have covered."""
        return self._subject.coverage(self.taken)

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says of the plain chart."""
        return self._plain.lint(case, strict)

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the chart's schema has against `values`."""
        return self._plain.validate(values)

    def _cut(self, rendering: Rendering) -> Answer:
        texts: dict[str, str] = {}
        for path, text in rendering.texts.items():
            texts[path], numbers = cut(text)
            self.taken |= numbers
        notes, numbers = cut(rendering.notes)
        self.taken |= numbers
        if any(_KEEPS.search(text) and not text.endswith("\n") for text in texts.values()):
            return answer(rendering.case, texts, notes)
        return replace(rendering, notes=notes, texts=texts)

    def _again(self, case: Case) -> Iterator[Answer]:
        for found in self._plain.render([case]):
            if isinstance(found, Rendering):
                raise RuntimeError(f"the chart renders {case.name}, and instrumented it does not")
            yield found
