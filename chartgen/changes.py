"""What is different between two versions of a chart, said for the people who use it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chartgen.frozen import Frozen


class Level(StrEnum):
    """How much of a version number a change asks for. Source: semver.org 2.0.0, items 6 to 8."""

    MAJOR = "major"  # somebody has to do something, or loses something
    MINOR = "minor"  # more can be done, or the chart does something else by itself
    PATCH = "patch"  # nothing that anybody set means anything else


class Effect(StrEnum):
    """What `helm upgrade` does to a release, the worst first."""

    LOSES = "loses data"
    BREAKS = "breaks the upgrade"
    UNKNOWN = "cannot be told"  # a server that is not here decides: never safe
    RESTARTS = "restarts pods"


SAFE = "safe"


class Change(Frozen):
    """One difference: where, what it means, what to do, and how much it weighs.

    `kind` is a line of the table in `chartgen.diff.levels`. `place` is a setting (`backend.replicaCount`),
    an object with a path in it (`Deployment/shop-web spec.selector`), or a file of the chart. `old` and
    `new` are short texts for people, "" for nothing; what is secret is in none of them. `overlays` are the
    values that it was seen under, () when it does not depend on any.
    """

    kind: str
    place: str
    what: str
    level: Level
    hint: str = ""
    effects: tuple[Effect, ...] = ()
    old: str = ""
    new: str = ""
    overlays: tuple[str, ...] = ()
    news: str = "changed"  # the word that changelogs have for it


class Comparison(Frozen):
    """All changes from one version to the next, what matters most first.

    `base` and `new` are name and version of the two charts; `untold` are values that neither version could
    be rendered with, each with the reason: what happens under them is not known. `doubts` are files of the
    chart whose objects depend on what is in a cluster.
    """

    base: str
    new: str
    changes: tuple[Change, ...]
    overlays: tuple[str, ...] = ()
    untold: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def level(self) -> Level | None:
        """What the version has to be raised by; None when nothing is different."""
        return highest(change.level for change in self.changes)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What `helm upgrade` does, each effect once, the worst first; () when it is safe."""
        seen = {effect for change in self.changes for effect in change.effects}
        seen |= {Effect.UNKNOWN} if self.untold or self.doubts else set()
        return tuple(effect for effect in Effect if effect in seen)

    @property
    def verdict(self) -> str:
        """The effects in words, `safe` when there is none."""
        return ", ".join(effect.value for effect in self.effects) or SAFE

    def of(self, level: Level) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.level is level)


def highest(levels: Iterable[Level]) -> Level | None:
    """The level that weighs most."""
    seen = set(levels)
    return next((level for level in Level if level in seen), None)
