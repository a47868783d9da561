"""Which templates still have something to take down: the others are left as they are, at no cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from chartgen.coverage.points import Point
from chartgen.frozen import Frozen
from chartgen.template import Template, calls
from chartgen.template.walk import definitions


class Live(Frozen):
    """Files and named templates that have a way which is wanted, or call one that has."""

    files: frozenset[str]
    names: frozenset[str]
    computed: bool  # whether some of them are called by names that are computed

    def has(self, file: str, name: str) -> bool:
        """Whether the named template is among them, or for "" the file."""
        return name in self.names if name else file in self.files


def live(templates: Iterable[Template], wanted: Collection[Point]) -> Live:
    """What has to be instrumented to see `wanted`.

    Definitions of one name go together: only Helm knows which of them is called. Where a name is computed
    anything may be called, so everything is to be instrumented.
    """
    given = tuple(templates)
    defined = frozenset(d.name for t in given for d in definitions(t))
    if not wanted:
        return Live(frozenset(), frozenset(), False)
    included = calls(given).included
    if any(call.name not in defined for call in included):
        return Live(frozenset(t.name for t in given), defined, True)
    names = {p.at.inside for p in wanted if p.at.inside}
    files = {p.template for p in wanted if not p.at.inside}
    found = -1
    while found != len(names) + len(files):
        found = len(names) + len(files)
        for call in included:
            if call.name in names and call.inside:
                names.add(call.inside)
            elif call.name in names:
                files.add(call.template)
    return Live(frozenset(files), frozenset(names), False)
