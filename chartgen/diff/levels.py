"""Every kind of change, how much it weighs, and what it does to a release: the one table.

A comparison may say that a change weighs something else than its kind does, where it knows better.
docs/guides/diff.md shows the table to users, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chartgen.changes import Change, Effect, Level

MAJOR, MINOR, PATCH = Level
LOSES, BREAKS, UNKNOWN, RESTARTS = Effect


class Kind(NamedTuple):
    """What is true of all changes of a kind. `news` is the word that Artifact Hub has for it."""

    level: Level
    effects: tuple[Effect, ...] = ()
    news: str = "changed"


KINDS: Mapping[str, Kind] = {
    # settings
    "setting removed": Kind(MAJOR, (), "removed"),
    "old name gone": Kind(MAJOR, (), "removed"),
    "setting renamed": Kind(MINOR, (), "deprecated"),
    "setting retyped": Kind(MAJOR),
    "setting narrowed": Kind(MAJOR),
    "setting perhaps narrowed": Kind(MINOR),
    "setting widened": Kind(MINOR),
    "setting required": Kind(MAJOR),
    "setting added": Kind(MINOR, (), "added"),
    "default changed": Kind(MINOR),
    "rule added": Kind(MAJOR),
    "rule removed": Kind(MINOR, (), "removed"),
    "rule reworded": Kind(PATCH),
    "values refused": Kind(MAJOR, (BREAKS,)),
    # the chart
    "chart renamed": Kind(MAJOR),
    "kubeVersion raised": Kind(MAJOR, (BREAKS,)),
    "kubeVersion lowered": Kind(MINOR),
    "application version": Kind(MINOR),
    "image changed": Kind(PATCH),
    "dependency changed": Kind(MINOR),
    "definition changed": Kind(MINOR, (UNKNOWN,)),
    "chart changed": Kind(PATCH),
    # objects
    "object added": Kind(MINOR, (), "added"),
    "object removed": Kind(MINOR, (), "removed"),
    "object renamed": Kind(MINOR),
    "object changed": Kind(PATCH),
    "entry removed": Kind(MAJOR, (), "removed"),
    "workload removed": Kind(MAJOR, (RESTARTS,), "removed"),
    "workload renamed": Kind(MINOR, (RESTARTS,)),
    "custom resource removed": Kind(MAJOR, (UNKNOWN,), "removed"),
    "custom resource changed": Kind(MINOR, (UNKNOWN,)),
    "immutable field": Kind(MAJOR, (BREAKS,)),
    "left over field": Kind(MAJOR, (BREAKS,)),
    "refused object": Kind(MAJOR, (BREAKS,)),
    "unserved object": Kind(MAJOR, (BREAKS,)),
    "group changed": Kind(MAJOR, (UNKNOWN,)),
    "hook became object": Kind(MAJOR, (BREAKS,)),
    "object became hook": Kind(MAJOR, (BREAKS,)),
    "hook changed": Kind(PATCH),
    # data
    "data removed": Kind(MAJOR, (LOSES,), "removed"),
    "data left behind": Kind(MAJOR),
    "data renamed": Kind(MAJOR, (LOSES,)),
    "keep dropped": Kind(MAJOR, (LOSES,)),
    "volume shrunk": Kind(MAJOR, (BREAKS,)),
    "volume grown": Kind(MINOR, (UNKNOWN,)),
    "volume swapped": Kind(MAJOR, (LOSES,)),
    "replicas with data": Kind(MAJOR, (LOSES,)),
    "secret rotated": Kind(MAJOR, (LOSES,), "security"),
    "data in hook": Kind(MAJOR, (LOSES,)),
    # pods
    "pods restart": Kind(PATCH, (RESTARTS,)),
    "replicas changed": Kind(PATCH, (RESTARTS,)),
    # rights
    "rights widened": Kind(MINOR, (), "security"),
    "rights narrowed": Kind(PATCH, (), "security"),
    "security weakened": Kind(MINOR, (), "security"),
    "pod standard lowered": Kind(MAJOR, (UNKNOWN,), "security"),
}


def change(
    kind: str,
    place: str,
    what: str,
    hint: str = "",
    *,
    old: str = "",
    new: str = "",
    level: Level | None = None,
    overlays: tuple[str, ...] = (),
) -> Change:
    """A change of a kind of the table."""
    line = KINDS[kind]
    return Change(kind, place, what, level or line.level, hint, line.effects, old, new, overlays, line.news)
