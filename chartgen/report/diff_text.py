"""Changes for people: what an upgrade does, then each change with what to do, the heaviest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.changes import SAFE, Level
from chartgen.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.changes import Change, Comparison

_COLORS = {Level.MAJOR: "31", Level.MINOR: "33", Level.PATCH: "36"}


def render(comparison: Comparison, *, color: bool = False) -> str:
    """The verdict, the changes by level, and what could not be compared."""
    blocks = [_head(comparison, color)]
    for level in Level:
        lines = [line for change in comparison.of(level) for line in _lines(change, comparison, color)]
        blocks += ["\n".join(lines)] if lines else []
    told = [f"NOT COMPARED under {visible(name)}: {visible(why)}" for name, why in comparison.untold]
    told += [f"NOT KNOWN: {visible(place)}: {visible(why)}" for place, why in comparison.doubts]
    blocks += ["\n".join(told)] if told else []
    return "\n\n".join(blocks) + "\n"


def _head(comparison: Comparison, color: bool) -> str:
    counts = [f"{len(comparison.of(level))} {level.value}" for level in Level if comparison.of(level)]
    said = ", ".join(counts) if counts else "nothing is different"
    verdict = _paint(comparison.verdict, "32" if comparison.verdict == SAFE else "31", color)
    versions = f"{visible(comparison.base)} -> {visible(comparison.new)}"
    return f"{versions}: {said}\nhelm upgrade: {verdict}"


def _lines(change: Change, comparison: Comparison, color: bool) -> Iterator[str]:
    level = _paint(change.level.value, _COLORS[change.level], color)
    under = [visible(name) for name in change.overlays]
    everywhere = not under or set(change.overlays) == set(comparison.overlays)
    notes = [effect.value for effect in change.effects]
    notes += [] if everywhere else [f"under {', '.join(under)}"]
    tail = f"  ({'; '.join(notes)})" if notes else ""
    yield f"{level} {change.kind}: {visible(change.place)}: {visible(change.what)}{tail}"
    if change.old != change.new and (change.old or change.new):
        yield f"    {visible(change.old) or '(nothing)'} -> {visible(change.new) or '(nothing)'}"
    if change.hint:
        yield f"    {visible(change.hint)}"


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
