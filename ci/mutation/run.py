"""Every mutant before a judge, what it renders beside the chart as it was, and the share that is found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from chartgen.chart import Chart
from chartgen.coverage import Branch
from chartgen.engine import Engine, Refusal, Session
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen
from chartgen.manifest import Case
from chartgen.package import archive
from chartgen.template import branches, parse
from ci.mutation import schema, templates
from ci.mutation.mutant import Mutant


class Judge(Protocol):
    """What somebody has against a chart, in a sentence; "" when nothing. It may raise ChartgenError."""

    def __call__(self, chart: Chart) -> str: ...


class Verdict(Frozen):
    """`found` is what the judge said; of a survivor `effect` tells in which case it renders otherwise.

    A survivor without an effect renders and is refused like the chart itself in all cases that were tried.
    """

    mutant: Mutant
    found: str
    effect: str = ""

    @property
    def survived(self) -> bool:
        return not self.found

    @property
    def equivalent(self) -> bool:
        """Whether no case showed any difference. More cases may."""
        return self.survived and not self.effect


def mutants(chart: Chart) -> Iterator[Mutant]:
    """All mutants of a chart: of its templates by file and place, then of its schema and Rules."""
    for file in chart.templates:
        yield from templates.mutants(file.path, file.text)
    if schema.FILE in chart.by_path:
        yield from schema.mutants(chart.by_path[schema.FILE].text)


def judged(
    chart: Chart, faults: Iterable[Mutant], judge: Judge, engine: Engine, cases: Collection[Case]
) -> Iterator[Verdict]:
    """A verdict on each mutant, in order. `cases` only tell survivors apart, they find none.

    Raises ValueError when the judge has something against the chart itself: then it could find everything.
    """
    if said := _said(judge, chart):
        raise ValueError(f"the judge does not accept the chart as it is: {said}")
    plain = tuple(map(_answer, engine.open(archive(chart)).render(cases)))
    for mutant in faults:
        changed = mutant.of(chart)
        found = _said(judge, changed)
        yield Verdict(mutant, found, "" if found else _effect(engine, changed, cases, plain))


def _said(judge: Judge, chart: Chart) -> str:
    try:
        return judge(chart)
    except ChartgenError as error:
        return error.message


def _answer(answer: object) -> object:
    """What matters of an answer: the objects and notes of a rendering, the kind and words of a refusal."""
    if isinstance(answer, Refusal):
        return answer.kind, answer.message
    return getattr(answer, "manifests", ()), getattr(answer, "notes", "")


def _effect(engine: Engine, chart: Chart, cases: Collection[Case], plain: tuple[object, ...]) -> str:
    """The first case that a mutant answers otherwise."""
    try:
        session: Session = engine.open(archive(chart))
        for case, before, after in zip(cases, plain, session.render(cases), strict=True):
            if _answer(after) != before:
                return case.name
    except ChartgenError as error:
        return error.message
    return ""


def confirmed(chart: Chart, taken: Iterable[Branch], verdicts: Collection[Verdict]) -> tuple[Branch, ...]:
    """The branches that count: they were taken, and a fault in their body, or their operand, was found."""
    found = [v.mutant for v in verdicts if not v.survived]
    spans = {key: span for file in chart.templates for key, span in _spans(file.path, file.text)}

    def is_seen(branch: Branch) -> bool:
        start, end = spans[branch.file, branch.line, branch.column, branch.kind, branch.way]
        return any(m.file == branch.file and start <= m.start <= end for m in found)

    return tuple(branch for branch in taken if branch.kind == "define" or is_seen(branch))


Key = tuple[str, int, int, str, str]


def _spans(file: str, text: str) -> Iterator[tuple[Key, tuple[int, int]]]:
    """Where each branch begins and ends: for one that prints nothing, the block whose way it is."""
    for point in branches(parse(text, file)):
        for way in point.ways:
            empty = not text[way.start : way.end].strip()
            span = (point.start, point.end) if empty else (way.head, way.end)
            yield (file, way.line, way.column, point.kind, way.what), span


def share(verdicts: Collection[Verdict]) -> float:
    """The percentage found of the mutants that render otherwise somewhere, rounded down to a tenth."""
    real = sum(not v.equivalent for v in verdicts)
    return 100.0 if not real else sum(not v.survived for v in verdicts) * 1000 // real / 10


def summary(verdicts: Collection[Verdict]) -> str:
    """The share that was found, by operator, and every survivor with what is known of it."""
    rows: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        rows.setdefault(verdict.mutant.operator.partition(" at ")[0], []).append(verdict)
    lines = [_row(operator, group) for operator, group in sorted(rows.items())]
    lines.append(_row("all", verdicts))
    lines += [_survivor(verdict) for verdict in verdicts if verdict.survived]
    return "\n".join(lines) + "\n"


def _row(name: str, verdicts: Collection[Verdict]) -> str:
    found = sum(not v.survived for v in verdicts)
    alike = sum(v.equivalent for v in verdicts)
    percent = f"{share(verdicts):g}%"
    return f"{name:24} {found:5} of {len(verdicts) - alike:5} found, {percent:>6}; {alike} render alike"


def _survivor(verdict: Verdict) -> str:
    why = f"seen in: {verdict.effect}" if verdict.effect else "renders alike in every case"
    return f"survived {verdict.mutant}  ({why})"
