"""What comparisons look at: two versions of a chart, their contracts, and what both make of the same values.

Everything that more than one comparison asks for is worked out here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chartgen import contract
from chartgen.diff.code import Code
from chartgen.engine import Refusal
from chartgen.manifest import Difference, Manifest, differences
from chartgen.manifest.pods import TEMPLATES

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.contract import Contract
    from chartgen.engine import Answer, Engine, Session
    from chartgen.manifest import Case, Release
    from chartgen.schema import Validator
    from chartgen.settings import Path, Setting

KEEP = "helm.sh/resource-policy"
# Labels that name the version of the chart or the application, and say nothing else.
VERSIONED = ("helm.sh/chart", "chart", "app.kubernetes.io/version")
# Kinds that keep pods running; those of Jobs come and go.
CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
# Kinds that hold data.
HOLDERS = (
    *("PersistentVolumeClaim", "PersistentVolume", "Secret", "Namespace"),
    *("CustomResourceDefinition", "StatefulSet", "VolumeSnapshot"),
)
_LONGEST = 80  # characters of a value shown

Key = tuple[str, str, str, str]  # group, kind, namespace, name


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a mapping, otherwise an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    """`value` when it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def shown(value: Any) -> str:
    """A value as people read it, on one line, cut when it is long; "" when there is none."""
    import json

    if value is None:
        return ""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def notes(manifest: Manifest) -> Mapping[str, Any]:
    return mapping(manifest.metadata.get("annotations"))


def upgrade(release: Release) -> Release:
    """The release when it is upgraded for the first time, as templates see it."""
    return replace(release, is_upgrade=True, revision=release.revision + 1)


def kept(manifest: Manifest) -> bool:
    """Whether Helm leaves the object when a release stops having it: the exact word `keep`."""
    return bool(notes(manifest).get(KEEP) == "keep")


@dataclass(frozen=True, eq=False)
class Side:
    """One version of a chart, and what it says to each case."""

    chart: Chart
    session: Session
    answers: tuple[Answer, ...]

    @cached_property
    def contract(self) -> Contract:
        return contract.read(self.chart)

    @cached_property
    def code(self) -> Code:
        return Code(self.chart)

    @cached_property
    def settings(self) -> Mapping[Path, Setting]:
        return {setting.path: setting for setting in self.contract.settings}

    @cached_property
    def has_schema(self) -> bool:
        return "values.schema.json" in self.chart.by_path

    @cached_property
    def validator(self) -> Validator:
        from chartgen.schema import compiled

        return compiled(self.contract.schema)

    @property
    def label(self) -> str:
        return f"{self.chart.name} {self.chart.version}"


class Altered:
    """An object that both versions make, and where it differs; labels that name a version left out."""

    def __init__(self, old: Manifest, new: Manifest) -> None:
        self.old, self.new = old, new

    @cached_property
    def every(self) -> tuple[Difference, ...]:
        """All differences."""
        return () if self.old.digest == self.new.digest else differences(self.old, self.new)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The differences but for labels of the object itself that name a version."""
        names = {f"metadata.labels{_step(label)}" for label in VERSIONED}
        return tuple(d for d in self.every if d.path not in names)

    @cached_property
    def in_pod(self) -> tuple[Difference, ...]:
        """The differences in the pod template that make new pods."""
        from chartgen.kubernetes.immutable import is_default

        top = TEMPLATES.get(self.new.kind)
        if not top:
            return ()
        return tuple(
            d
            for d in self.every
            if d.path.startswith((f"{top}.", top))
            and not (d.left is None and is_default(d.path, d.right))
            and not (d.right is None and is_default(d.path, d.left))
        )


def _step(key: str) -> str:
    return f"[{key}]" if "." in key or "/" in key else f".{key}"


class View:
    """What both versions make of one case."""

    def __init__(self, case: Case, old: Iterable[Manifest], new: Iterable[Manifest]) -> None:
        self.case = case
        self.old, self.new = self._named(old), self._named(new)

    def _named(self, manifests: Iterable[Manifest]) -> dict[Key, Manifest]:
        """Objects by what makes them one for Helm; without a name, by their place."""
        found: dict[Key, Manifest] = {}
        for number, manifest in enumerate(manifests):
            group, kind, namespace, name = manifest.identity
            found[group, kind, namespace or self.case.release.namespace, name or f"#{number}"] = manifest
        return found

    @cached_property
    def both(self) -> tuple[Altered, ...]:
        """The objects that both make and that differ in anything."""
        pairs = ((self.old[key], self.new[key]) for key in self.old if key in self.new)
        return tuple(Altered(old, new) for old, new in pairs if old.digest != new.digest)

    @cached_property
    def gone(self) -> tuple[Manifest, ...]:
        """The objects that only the older version makes."""
        return tuple(m for key, m in self.old.items() if key not in self.new)

    @cached_property
    def fresh(self) -> tuple[Manifest, ...]:
        """The objects that only the newer version makes."""
        return tuple(m for key, m in self.new.items() if key not in self.old)

    @cached_property
    def moved(self) -> tuple[tuple[Manifest, Manifest], ...]:
        """Objects that have another name now, old and new: one of a kind that went for one that came,
        from the same template, or equal but for the name."""
        left, found = list(self.fresh), []
        for old in self.gone:
            same = [new for new in left if (new.kind, new.api_version) == (old.kind, old.api_version)]
            near = [new for new in same if _renamed(old, new)] or self._alone(old, same)
            if len(near) == 1:
                found.append((old, near[0]))
                left.remove(near[0])
        return tuple(found)

    def _alone(self, old: Manifest, same: list[Manifest]) -> list[Manifest]:
        """The one object of the same template, where it had one of the kind and has one."""
        went = [m for m in self.gone if (m.kind, m.source) == (old.kind, old.source)]
        came = [m for m in same if m.source == old.source]
        return came if len(went) == len(came) == 1 else []


def _renamed(old: Manifest, new: Manifest) -> bool:
    """Whether two objects say the same, but for what they are called."""
    left, right = ({k: v for k, v in m.data.items() if k != "metadata"} for m in (old, new))
    return bool(left.keys() - {"apiVersion", "kind"}) and not differences(left, right)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two versions of a chart. `engine` is asked for what only Helm knows: which versions a range has."""

    base: Side
    new: Side
    engine: Engine

    @cached_property
    def _both(self) -> tuple[tuple[Answer, Answer], ...]:
        return tuple(zip(self.base.answers, self.new.answers, strict=True))

    @cached_property
    def views(self) -> tuple[View, ...]:
        """What both make of each case that both take."""
        return tuple(
            View(old.case, old.manifests, new.manifests)
            for old, new in self._both
            if not isinstance(old, Refusal) and not isinstance(new, Refusal)
        )

    @cached_property
    def refused(self) -> tuple[Refusal, ...]:
        """What the newer version says to cases that the older one takes."""
        return tuple(
            new for old, new in self._both if isinstance(new, Refusal) and not isinstance(old, Refusal)
        )

    @cached_property
    def untold(self) -> tuple[tuple[str, str], ...]:
        """The cases that the older version does not take, so that there is nothing to upgrade from."""
        return tuple((old.case.name, old.message) for old, _ in self._both if isinstance(old, Refusal))

    @cached_property
    def doubts(self) -> tuple[tuple[str, str], ...]:
        """Templates whose objects are others in a cluster, each with the reason: they ask what is there."""
        made = {m.source for view in self.views for m in (*view.old.values(), *view.new.values())}
        asking = (s for s in sorted(made) if any(side.code.asks_cluster(s) for side in (self.base, self.new)))
        return tuple((source, "it asks the cluster what is there (lookup)") for source in asking)

    def altered(self) -> Iterator[tuple[View, Altered]]:
        """Every object that differs, with the view that it is in."""
        return ((view, altered) for view in self.views for altered in view.both)
