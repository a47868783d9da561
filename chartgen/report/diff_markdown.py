"""Changes as Markdown: for a pull request, or a release's notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.changes import Level
from chartgen.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.changes import Change, Comparison

_HEADINGS = {
    Level.MAJOR: "Breaking changes",
    Level.MINOR: "Changes",
    Level.PATCH: "Small changes",
}


def render(comparison: Comparison, *, color: bool = False) -> str:
    """A heading, the verdict, and a list for each level; small changes are folded."""
    del color
    blocks = [f"## {text(comparison.base)} → {text(comparison.new)}", _verdict(comparison)]
    for level in Level:
        changes = comparison.of(level)
        if changes:
            listed = "\n".join(line for change in changes for line in _lines(change, comparison))
            blocks.append(_folded(level, len(changes), listed))
    untold = [f"- under {code(name)}: {text(why)}" for name, why in comparison.untold]
    untold += [f"- {code(file)}: {text(why)}" for file, why in comparison.doubts]
    blocks += ["### Not known\n\n" + "\n".join(untold)] if untold else []
    return "\n\n".join(blocks) + "\n"


def _verdict(comparison: Comparison) -> str:
    level = comparison.level
    asks = f"The version has to rise by a **{level.value}** step." if level else "Nothing is different."
    return f"`helm upgrade`: **{comparison.verdict}**. {asks}"


def _folded(level: Level, count: int, listed: str) -> str:
    if level is not Level.PATCH:
        return f"### {_HEADINGS[level]}\n\n{listed}"
    return f"<details><summary>{_HEADINGS[level]} ({count})</summary>\n\n{listed}\n\n</details>"


def _lines(change: Change, comparison: Comparison) -> Iterator[str]:
    effects = "".join(f" **{effect.value}**" for effect in change.effects)
    everywhere = not change.overlays or set(change.overlays) == set(comparison.overlays)
    under = "" if everywhere else f" (under {', '.join(map(code, change.overlays))})"
    yield f"- {code(change.place)}: {text(change.what)}{under}{effects}"
    if change.hint:
        yield f"  - {text(change.hint)}"


def text(said: str) -> str:
    """What was said, with nothing in it that Markdown or HTML would act on, nor call a person by."""
    return re.sub(r"([\\`*_{}\[\]<>|#!@~&])", r"\\\1", visible(said))


def code(said: str) -> str:
    """The same between backticks, more of them than stand in it."""
    shown = visible(said)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {shown} {ticks}" if longest else f"`{shown}`"
