"""Coverage for people: what was never taken, what cannot be, what was not looked at, and the number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartgen.coverage.measure import Branch, Coverage
from chartgen.report.escape import path, visible


def render(found: Sequence[Coverage], threshold: float) -> str:
    """A line for each branch that is missing or closed, by place, then one line that sums up the chart."""
    return "".join(_chart(coverage, threshold) for coverage in found)


def _chart(coverage: Coverage, threshold: float) -> str:
    lines = [f"{_place(b)}: never taken" for b in coverage.missing]
    lines += [f"{_place(b)}: taken, and {visible(b.reason)}" for b in coverage.contradicted]
    closed = [f"  {_place(b)}: {visible(b.reason)}" for b in coverage.branches if b.reason and not b.taken]
    if closed:
        lines += ["cannot be taken:", *closed]
    lines += ["not looked at:", *(f"  {visible(sentence)}" for sentence in coverage.unseen)]
    return "\n".join([*lines, *_summary(coverage, threshold)]) + "\n"


def what(branch: Branch) -> str:
    """A branch in words: `if: then`, `and: operand 2`."""
    return f"{branch.kind}: {branch.way}"


def _place(branch: Branch) -> str:
    inside = f" in {visible(branch.inside)}" if branch.inside else ""
    return f"{visible(path(branch.file))}:{branch.line}:{branch.column}: {what(branch)}{inside}"


def _summary(coverage: Coverage, threshold: float) -> Iterator[str]:
    closed = len(coverage.branches) - coverage.reachable
    words = f"{coverage.taken} of {coverage.reachable} branches taken, {coverage.percent:g}%"
    more = f"; {closed} cannot be taken" if closed else ""
    under = f"; under the threshold of {threshold:g}%" if coverage.percent < threshold else ""
    yield f"{visible(coverage.subject)}: {words}{more}{under}"
