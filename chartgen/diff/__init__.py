"""Two versions of a chart compared: what is different for the people who use it, and what an upgrade does.

One file for each kind of comparison: NAME, HELP (one sentence) and `compare(pair)`, which yields Changes. To
add one, write the file and its test, give its kinds of changes a line in `levels.KINDS`, and put it into
COMPARISONS. A comparison never guesses that something is fine: what a server decides is `cannot be told`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from chartgen.changes import Change, Comparison, Effect, Level
from chartgen.diff import (
    access,
    claims,
    defaults,
    heads,
    hooks,
    images,
    immutable,
    leftovers,
    narrowed,
    objects,
    refusals,
    replicas,
    restarts,
    rules,
    secrets,
    security,
    served,
    settings,
    volumes,
)
from chartgen.diff.subject import Pair, Side, upgrade

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.engine import Engine
    from chartgen.manifest import Case

__all__ = ["COMPARISONS", "compare", "compared"]


class Kind(Protocol):
    """What a module of this folder is."""

    NAME: str
    HELP: str

    def compare(self, pair: Pair, /) -> Iterator[Change]: ...


COMPARISONS: tuple[Kind, ...] = (
    *(refusals, settings, narrowed, rules, defaults, heads),
    *(objects, claims, secrets, volumes, replicas, hooks),
    *(immutable, leftovers, served, restarts, images, access, security),
)


def compare(base: Chart, new: Chart, engine: Engine, cases: Iterable[Case]) -> Comparison:
    """What is different from `base` to `new`, under each of `cases`: the one is rendered as it is installed,
    the other as it is upgraded to.

    Raises RenderError when one of them is no chart for Helm, ToolError when the engine does not answer.
    """
    asked = tuple(cases)
    upgraded = tuple(replace(case, release=upgrade(case.release)) for case in asked)
    return compared(Pair(_side(base, engine, asked), _side(new, engine, upgraded), engine))


def _side(chart: Chart, engine: Engine, cases: tuple[Case, ...]) -> Side:
    from chartgen.package import archive

    session = engine.open(archive(chart))
    return Side(chart, session, tuple(session.render(cases)))


def compared(pair: Pair) -> Comparison:
    """What the comparisons say of two versions that are rendered."""
    found = _once(change for one in COMPARISONS for change in one.compare(pair))
    names = tuple(view.case.name for view in pair.views)
    return Comparison(
        pair.base.label, pair.new.label, tuple(sorted(found, key=_weight)), names, pair.untold, pair.doubts
    )


def _once(changes: Iterable[Change]) -> Iterator[Change]:
    """Each change once, with all the values that it was seen under."""
    found: dict[Change, list[str]] = {}
    for one in changes:
        under = found.setdefault(replace(one, overlays=()), [])
        under += [name for name in one.overlays if name not in under]
    return (replace(one, overlays=tuple(under)) for one, under in found.items())


_LEVELS, _EFFECTS = list(Level), list(Effect)


def _weight(change: Change) -> tuple[int, int, str, str, str]:
    """What matters most first: by effect on a release, then by level."""
    effect = min((_EFFECTS.index(e) for e in change.effects), default=len(_EFFECTS))
    return _LEVELS.index(change.level), effect, change.kind, change.place, change.what
