"""How many pods there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import CONTROLLERS, Altered, Pair, mapping, shown

NAME = "replicas"
HELP = "No pod ends because there are fewer."


def compare(pair: Pair) -> Iterator[Change]:
    """`spec.replicas` of what has them; without it the server says 1, or whoever scales it."""
    for view, altered in pair.altered():
        if altered.new.kind in CONTROLLERS and not altered.new.hooks:
            yield from _changed(altered, (view.case.name,))


def _changed(altered: Altered, under: tuple[str, ...]) -> Iterator[Change]:
    old, new = (mapping(m.data.get("spec")).get("replicas") for m in (altered.old, altered.new))
    if old == new or {old, new} <= {None, 1}:
        return
    spec = mapping(altered.old.data.get("spec"))
    place = f"{altered.new.label} spec.replicas"
    values: dict[str, Any] = {"old": shown(old), "new": shown(new), "overlays": under}
    policy = mapping(mapping(altered.new.data.get("spec")).get("persistentVolumeClaimRetentionPolicy"))
    fewer = isinstance(old, int) and isinstance(new, int) and new < old
    if fewer and altered.new.kind == "StatefulSet" and spec.get("volumeClaimTemplates"):
        kept = policy.get("whenScaled") != "Delete"
        what = "fewer pods: the volumes of the last ones " + ("lie idle" if kept else "are deleted")
        yield change("replicas with data", place, what, "move what is on them first", **values)
    elif new is None:
        yield change("replicas changed", place, "is left to the server, which may end all but one", **values)
    elif fewer:
        yield change("replicas changed", place, "some pods end", **values)
    else:
        yield change("object changed", place, "there are more pods", **values)
