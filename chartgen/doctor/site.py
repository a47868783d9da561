"""What is going to be installed, and what was read of the place it is going to: the argument of every
examination before an install.

As in a `Snapshot`, what was not to be read is `Unread`. Of a Secret or ConfigMap only the names of its keys
are in here, each with whether it holds anything.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from chartgen.doctor.objects import inside
from chartgen.doctor.snapshot import At, Unread, known
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest, Pod, Reference, pod, references

RULES = ("ResourceQuota", "LimitRange")  # what a namespace has of its own
SHARED = ("StorageClass", "IngressClass", "Node")  # what the whole cluster has
REPLICATED = ("Deployment", "StatefulSet", "ReplicaSet")


class Kind(NamedTuple):
    """A kind as a server calls it in paths and in rights."""

    plural: str
    namespaced: bool


class Key(NamedTuple):
    """Where an object is. `namespace` is "" for what belongs to no namespace."""

    api_version: str
    kind: str
    namespace: str
    name: str


class Right(NamedTuple):
    """To do `verb` to a resource; `name` is "" for any of them, `namespace` "" for the whole cluster."""

    verb: str
    group: str
    resource: str
    namespace: str
    name: str = ""

    def __str__(self) -> str:
        what = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {what}" + (f"/{self.name}" if self.name else "")


class Plan(Frozen):
    """What Helm would install: the objects of one chart with the values that were given.

    `given` are the words that say those to Helm. `refusal` is what Helm has against the Kubernetes version of
    the cluster, "" for nothing, and `demanded` what the chart's `kubeVersion` says. `externals` has the
    variable that holds a service's URL, to its name in the values; `secrets` the names of generated ones.
    """

    chart: str
    manifests: tuple[Manifest, ...]
    given: tuple[str, ...] = ()
    refusal: str = ""
    demanded: str = ""
    externals: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    @property
    def regular(self) -> tuple[Manifest, ...]:
        """All that is made by an install: pods of `helm test` are not."""
        return tuple(item for item in self.manifests if not any("test" in hook for hook in item.hooks))

    @cached_property
    def pods(self) -> tuple[tuple[Manifest, Pod], ...]:
        """What makes pods, each with the template of them."""
        return tuple((item, found) for item in self.regular if (found := pod(item)))


Served: TypeAlias = "Mapping[str, Kind] | Unread | None"


class Site(Frozen):
    """A namespace before an install. `served` is by apiVersion: kinds, or None for a group or version that
    the server has not. `objects` has what the plan makes and what it refers to, None where there is none."""

    release: str
    at: At
    plan: Plan
    version: str = ""
    namespace: Manifest | Unread | None = None
    served: Mapping[str, Served] = field(default_factory=dict)
    lists: Mapping[str, tuple[Manifest, ...] | Unread] = field(default_factory=dict)
    objects: Mapping[Key, Manifest | Unread | None] = field(default_factory=dict)
    behind: Mapping[Key, tuple[Manifest, ...] | Unread] = field(default_factory=dict)  # slices of a Service
    policies: Mapping[str, tuple[Manifest, ...] | Unread] = field(default_factory=dict)  # by namespace
    rights: Mapping[Right, bool | Unread] = field(default_factory=dict)

    def all(self, kind: str) -> tuple[Manifest, ...]:
        """The objects of a kind of RULES or SHARED. Raises ToolError when they could not be read."""
        return known(self.lists[kind])

    def seen(self, kind: str) -> tuple[Manifest, ...]:
        """The same, or none."""
        found = self.lists[kind]
        return () if isinstance(found, Unread) else found

    def install(self, *settings: str) -> str:
        """The install with the values that were given, and `settings` (`podSecurity=restricted`)."""
        more = [word for setting in settings for word in ("--set", setting)]
        return self.at.helm("upgrade", "--install", self.release, self.plan.chart, *self.plan.given, *more)

    def kubectl(self, *words: str) -> str:
        """A command about what belongs to no namespace."""
        elsewhere = At("", self.at.kubeconfig, self.at.context)
        return elsewhere.kubectl(*words)

    def key(self, item: Manifest) -> Key:
        """Where an object of the plan will be."""
        kind = kind_of(self.served, item)
        where = (item.namespace or self.at.namespace) if kind is None or kind.namespaced else ""
        return Key(item.api_version, item.kind, where, item.name)

    def found(self, kind: str, name: str, api_version: str = "v1") -> Manifest | Unread | None:
        """What was read of an object of the namespace that the plan refers to."""
        key = Key(api_version, kind, self.at.namespace, name)
        return self.objects.get(key, Unread("it was not asked for"))


def kind_of(served: Mapping[str, Served], item: Manifest) -> Kind | None:
    kinds = served.get(item.api_version)
    return kinds.get(item.kind) if isinstance(kinds, Mapping) else None


def needs(plan: Plan, kind: str) -> Iterator[tuple[Manifest, Reference]]:
    """What the plan refers to and does not make itself. What may be absent is left out."""
    made = {(item.kind, item.name) for item in plan.manifests}
    made |= {("Secret", _target(item)) for item in plan.manifests if item.kind == "ExternalSecret"}
    for item in plan.regular:
        for found in references(item):
            if found.kind == kind and not found.optional and (kind, found.name) not in made:
                yield item, found


def quoted(words: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in words.items())


def command(*words: str) -> str:
    return shlex.join(words)


def _target(item: Manifest) -> str:
    """The Secret that an ExternalSecret makes."""
    spec = inside(item.data, "spec")
    return str(inside(spec, "target").get("name") or item.name)
