"""The pairs of charts of pairs.yaml, and what is predicted of an upgrade from the one to the other."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from chartgen import documents
from chartgen.changes import Effect
from chartgen.chart import Chart
from tests.unit.diff.stage import chart, compared

FILE = Path(__file__).with_name("pairs.yaml")
HELMS = ("helm3", "helm4")
# What an upgrade can do, the worst first.
REFUSED, LOSES, RESTARTS, SAFE = "refused", "loses data", "restarts pods", "safe"
MISSING = "object missing"
UNKNOWN = "cannot be told"
# What happened, to what a prediction must hold one of. Too bad a prediction is no false comfort.
WARNINGS = {
    REFUSED: {REFUSED, LOSES, UNKNOWN},
    LOSES: {LOSES, UNKNOWN},
    MISSING: {REFUSED, LOSES, UNKNOWN},
    RESTARTS: {RESTARTS, REFUSED, LOSES, UNKNOWN},
    SAFE: {SAFE, RESTARTS, REFUSED, LOSES, UNKNOWN},
}
WORDS = {
    Effect.BREAKS: REFUSED,
    Effect.LOSES: LOSES,
    Effect.RESTARTS: RESTARTS,
    Effect.UNKNOWN: UNKNOWN,
}


class Pair(NamedTuple):
    """One change of a chart: `steps` are the versions in turn, `actual` what an upgrade by each Helm did."""

    name: str
    steps: tuple[Chart, ...]
    actual: dict[str, str]
    exact: bool

    @property
    def predicted(self) -> tuple[str, ...]:
        """What is foretold of the first upgrade, the worst first; `safe` alone when there is nothing."""
        return _predicted(self.name)

    def honest(self, actual: str) -> bool:
        """Whether the prediction warned of what happened. A server that is not here may do anything."""
        return bool(WARNINGS[actual] & {*self.predicted})


@cache
def _predicted(name: str) -> tuple[str, ...]:
    (steps,) = (pair.steps for pair in pairs() if pair.name == name)
    effects = compared(steps[0], steps[1]).effects
    return tuple(WORDS[effect] for effect in effects) or (SAFE,)


def _after(case: dict[str, Any], before: str) -> Chart:
    if case.get("gone"):
        return chart("", version="2.0.0")
    if case.get("moved"):
        return chart("", before, version="2.0.0")
    assert before.count(case["replace"]) >= 1, f"there is no {case['replace']!r} in {case['of']}"
    return chart(before.replace(case["replace"], case["by"], 1), version="2.0.0")


@cache
def pairs() -> tuple[Pair, ...]:
    """All of them, in the order of the file."""
    read = documents.load_all(FILE.read_text(encoding="utf-8"), FILE.name)[0]
    found = []
    for name, case in read["pairs"].items():
        before = read["objects"][case["of"]]
        steps = [chart(before), _after(case, before)]
        if "later" in case:
            steps.append(chart(case["later"], version="3.0.0"))
        said = case["upgrade"]
        actual = dict(said) if isinstance(said, dict) else dict.fromkeys(HELMS, said)
        found.append(Pair(name, tuple(steps), actual, bool(case.get("exact"))))
    return tuple(found)


def table() -> str:
    """Every pair as a line of Markdown: the change, what is predicted, and what each Helm did."""
    head: list[tuple[str, ...]] = [("what changes", "predicted", "Helm 3", "Helm 4"), ("---",) * 4]
    rows = [(p.name, ", ".join(p.predicted), *(p.actual[helm] for helm in HELMS)) for p in pairs()]
    return "".join(f"| {' | '.join(row)} |\n" for row in (*head, *rows))
