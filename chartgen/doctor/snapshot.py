"""What was read of a cluster, once: the argument of every examination.

What was not to be read is `Unread`, with the reason, and whoever asks for it gets a ToolError: what nobody
saw is never fine. `seen` gives what there is, for those to whom it is a detail.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TypeAlias, TypeVar

from chartgen.doctor.events import Event, read
from chartgen.errors import ToolError
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest, pod, references

INSTANCE = "app.kubernetes.io/instance"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
# What makes a pod of `helm test`: it says nothing of the release until it is run again.
TEST_HOOKS = {"test", "test-success", "test-failure"}
Found = TypeVar("Found")


class Unread(Frozen):
    """What could not be read, and why."""

    reason: str


Keys: TypeAlias = "Mapping[str, bool]"  # of a Secret or ConfigMap, to whether it holds anything
Log: TypeAlias = "tuple[str, str]"  # pod and container


class At(Frozen):
    """Where the release is: what a person has to give kubectl and helm to look there too."""

    namespace: str
    kubeconfig: str = ""
    context: str = ""

    def kubectl(self, *words: str) -> str:
        return shlex.join(["kubectl", *self._where("--context"), *words])

    def helm(self, *words: str) -> str:
        return shlex.join(["helm", *words, *self._where("--kube-context")])

    def _where(self, context: str) -> list[str]:
        given = (("--kubeconfig", self.kubeconfig), (context, self.context), ("--namespace", self.namespace))
        return [word for option, value in given if value for word in (option, value)]


class Hook(Frozen):
    """A hook as Helm remembers it. `phase` is Succeeded, Failed, Running, or "" when it never ran."""

    manifest: Manifest
    phase: str

    @property
    def is_test(self) -> bool:
        return bool(TEST_HOOKS & set(self.manifest.hooks))


class Record(Frozen):
    """The newest revision of a release as Helm keeps it; `good` is the last that was deployed, 0 for none.

    `manifests` are its regular objects, Secrets without their data.
    """

    revision: int
    status: str
    description: str = ""
    chart: str = ""
    manifests: tuple[Manifest, ...] = ()
    hooks: tuple[Hook, ...] = ()
    good: int = 0


class Usage(Frozen):
    """What a node says of a mounted volume: bytes and inodes that are free, -1 for what it does not say."""

    free: int
    inodes: int = -1


class Snapshot(Frozen):
    """A release in a cluster. `lists` is by kind, and has every kind that was asked for.

    `secrets` and `config_maps` have those that the release refers to: None for one that does not exist.
    No value of a Secret is in here, logs and events included.
    """

    release: str
    at: At
    lists: Mapping[str, tuple[Manifest, ...] | Unread]
    record: Record | Unread | None = None
    neighbours: tuple[str, ...] = ()  # other releases of the namespace, when this one is not there
    namespace: Manifest | Unread | None = None
    secrets: Mapping[str, Keys | Unread | None] = field(default_factory=dict)
    config_maps: Mapping[str, Keys | Unread | None] = field(default_factory=dict)
    logs: Mapping[Log, tuple[str, ...] | Unread] = field(default_factory=dict)
    usage: Mapping[str, Usage] = field(default_factory=dict)  # by claim, where it was to be had

    def all(self, kind: str) -> tuple[Manifest, ...]:
        """The objects of a kind. Raises ToolError when they could not be read."""
        return known(self.lists[kind])

    def seen(self, kind: str) -> tuple[Manifest, ...]:
        """The same, or none."""
        found = self.lists[kind]
        return () if isinstance(found, Unread) else found

    def log(self, pod: str, container: str) -> tuple[str, ...]:
        """The last lines of a container; none when they could not be read, or were not asked for."""
        found = self.logs.get((pod, container), ())
        return () if isinstance(found, Unread) else found

    @property
    def workloads(self) -> tuple[Manifest, ...]:
        """Raises ToolError when one kind of them could not be read."""
        return tuple(item for kind in WORKLOADS for item in self.all(kind))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The warnings that could be read, the oldest first."""
        return read(self.seen("Event"))

    @property
    def made(self) -> tuple[Manifest, ...]:
        """`wanted`, to look for what is wrong in. Raises ToolError when not all of it could be read."""
        for kind in (*WORKLOADS, "Job", "Pod"):
            self.all(kind)
        return self.wanted

    @cached_property
    def wanted(self) -> tuple[Manifest, ...]:
        """What pods come from: the objects that are there and, of a release that never got as far, those that
        Helm would have made."""
        there = [item for kind in (*WORKLOADS, "Job", "Pod") for item in self.seen(kind)]
        record = self.record
        if isinstance(record, Record):
            hooks = [hook.manifest for hook in record.hooks if not hook.is_test]
            names = {item.label for item in there}
            missing = [m for m in (*record.manifests, *hooks) if pod(m) and m.label not in names]
            there += [m for m in missing if m.kind != "Job" or record.status != "deployed"]
        return tuple(there)

    def awaits(self, label: str) -> bool:
        """Whether Helm makes this object, and has not got as far: what stopped it is told elsewhere."""
        record = self.record
        if not isinstance(record, Record) or record.status == "deployed":
            return False
        return any(item.label == label for item in record.manifests)

    def is_earlier(self, job: str) -> bool:
        """Whether a hook's Job is one of an earlier install or upgrade: Helm has not come to it this time."""
        record = self.record
        hooks = record.hooks if isinstance(record, Record) else ()
        return any(hook.manifest.label == f"Job/{job}" and not hook.phase for hook in hooks)

    def planned(self, label: str) -> bool:
        """Whether Helm makes this object."""
        record = self.record
        return isinstance(record, Record) and any(item.label == label for item in record.manifests)


def refers(items: Iterable[Manifest], kind: str) -> Iterator[tuple[Manifest, str, str, bool]]:
    """Each object that names one of `kind`, with the name, the key (or ""), and whether it may be absent."""
    for item in items:
        for found in references(item):
            if found.kind == kind:
                yield item, found.name, found.key, found.optional


def known(found: Found | Unread) -> Found:
    """What was read. Raises ToolError with the reason why it was not."""
    if isinstance(found, Unread):
        raise ToolError(found.reason)
    return found
