"""Pods that are made anew."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import CONTROLLERS, VERSIONED, Altered, Pair, shown

NAME = "restarts"
HELP = "Which pods an upgrade ends, and why."
_FEW = 4


def compare(pair: Pair) -> Iterator[Change]:
    """Workloads whose pod template is another one, and Pods whose containers have another image."""
    for view, altered in pair.altered():
        if altered.new.kind == "Pod" and not altered.new.hooks and _images(altered):
            what = "its containers restart: another image"
            yield change("pods restart", altered.new.label, what, overlays=(view.case.name,))
        if altered.new.kind in CONTROLLERS and not altered.new.hooks and altered.in_pod:
            yield _restart(altered, (view.case.name,))
    for view in pair.views:
        for new in view.new.values():
            if new.kind in CONTROLLERS and pair.new.code.asks_clock(new.source):
                what = f"its pods may restart with every upgrade: {new.source} asks what time it is"
                yield change("pods restart", new.label, what, overlays=(view.case.name,))


def _images(altered: Altered) -> bool:
    return any("ontainers[" in d.path and d.path.endswith("].image") for d in altered.every)


def _restart(altered: Altered, under: tuple[str, ...]) -> Change:
    inside = [d.path.removeprefix("spec.template.") for d in altered.in_pod]
    named = ", ".join(inside[:_FEW]) + (f" and {len(inside) - _FEW} more" if len(inside) > _FEW else "")
    one = altered.in_pod[0] if len(inside) == 1 else None
    left, right = (shown(one.left), shown(one.right)) if one else ("", "")
    versions = all(any(label in path for label in VERSIONED) and ".labels" in path for path in inside)
    hint = "take the version out of the pods' labels: it restarts them for nothing" if versions else ""
    what = f"its pods restart: {named}"
    return change("pods restart", altered.new.label, what, hint, old=left, new=right, overlays=under)
