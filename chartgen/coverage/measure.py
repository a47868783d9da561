"""How much of a chart was covered, way by way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

from chartgen.frozen import Frozen

# What an instrumented chart does not tell, whatever the chart.
BLIND = (
    "helpers that only strings executed by tpl call, and branches in such strings",
    "which elements a range or a function of sprig chose, and conditions inside eq, has or regexMatch",
    "the end of a render that a fault in a template stopped",
)


class Branch(Frozen):
    """One way at a place of a template, whether it was taken, or why it cannot be.

    - line, column: of the head of the branch or the operand, from 1.
    - kind, way: as in `template.branches`; a helper has the kind "define" and the way "called".
    - inside: the helper it stands in, or "".
    - reason: why it cannot be taken, or what its template says about that although it was.
    """

    file: str
    line: int
    column: int
    kind: str
    way: str
    inside: str
    taken: bool
    reason: str = ""

    @property
    def missing(self) -> bool:
        return not self.taken and not self.reason

    @property
    def contradicts(self) -> bool:
        """Whether it was taken, though its template says that it never is."""
        return self.taken and bool(self.reason)


class Coverage(Frozen):
    """All branches of a chart's own templates in the order of the text, and those texts by path.

    `unseen` says in sentences what was not looked at.
    """

    subject: str
    branches: tuple[Branch, ...]
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)
    unseen: tuple[str, ...] = ()

    @property
    def taken(self) -> int:
        return sum(branch.taken for branch in self.branches)

    @property
    def reachable(self) -> int:
        """Branches without a proof that they cannot be taken."""
        return sum(branch.taken or not branch.reason for branch in self.branches)

    @property
    def percent(self) -> float:
        """The share of reachable branches that were taken, rounded down to a tenth: 100 is all of them."""
        return 100.0 if not self.reachable else self.taken * 1000 // self.reachable / 10

    @property
    def missing(self) -> tuple[Branch, ...]:
        return tuple(branch for branch in self.branches if branch.missing)

    @property
    def contradicted(self) -> tuple[Branch, ...]:
        return tuple(branch for branch in self.branches if branch.contradicts)

    def meets(self, threshold: float) -> bool:
        """Whether at least `threshold` percent of what is reachable was taken, and nothing that never is."""
        return self.percent >= threshold and not self.contradicted


def united(parts: Collection[Coverage]) -> Coverage:
    """Several runs on one chart, at least one, as one: a branch is taken when one of them took it."""
    first, *_ = parts
    rows = zip(*(part.branches for part in parts), strict=True)
    branches = tuple(next((b for b in row if b.taken), row[0]) for row in rows)
    return Coverage(first.subject, branches, first.sources, first.unseen)
