"""Volumes that only one node, or one pod, can have at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chartgen.checks.subject import CONTROLLERS, VERSIONED, Item, Scene, entries, finding, mapping, once
from chartgen.findings import Finding, Severity

NAME = "storage"
HELP = "What can be mounted once is not asked for twice, and claim templates never have to change."


class Mount(NamedTuple):
    """A pod's use of a claim of this rendering that has only single-node access modes."""

    item: Item
    path: str
    claim: Item
    pod_only: bool  # ReadWriteOncePod


def check(scene: Scene) -> Iterator[Finding]:
    """Every use of a ReadWriteOnce claim, and the claim templates of StatefulSets."""
    mounts = [mount for item in scene.pods for mount in _mounts(scene, item)]
    owners: dict[Item, list[Mount]] = {}
    for mount in mounts:
        if mount.item.kind in CONTROLLERS:
            owners.setdefault(mount.claim, []).append(mount)
    for mount in mounts:
        yield from _replicas(scene, mount)
        yield from _rollout(mount)
        yield from _shared(mount, [o for o in owners.get(mount.claim, ()) if o.item is not mount.item])
    for item in scene.of("StatefulSet"):
        yield from _templates(item)


def _mounts(scene: Scene, item: Item) -> Iterator[Mount]:
    for path, name in _claims(item):
        claim = scene.find("PersistentVolumeClaim", name, scene.namespace(item))
        modes = claim.spec.get("accessModes") if claim else None
        if claim and modes in (["ReadWriteOnce"], ["ReadWriteOncePod"]):
            yield Mount(item, path, claim, modes == ["ReadWriteOncePod"])


@once
def _claims(item: Item) -> Iterator[tuple[str, str]]:
    for path, volume in item.volumes:
        name = mapping(volume.get("persistentVolumeClaim")).get("claimName")
        if name:
            yield path, str(name)


def _replicas(scene: Scene, mount: Mount) -> Iterator[Finding]:
    """More than one pod of one controller."""
    item, hint = mount.item, "one replica, or a volume with ReadWriteMany"
    if item.kind == "DaemonSet":
        what = f"every node wants {mount.claim.manifest.label}, which only one can have"
        yield finding(NAME, item, mount.path, what, hint, item.blame)
    elif item.kind in CONTROLLERS:
        most = max([_number(item.spec.get("replicas")), *_scaled(scene, item)])
        if most > 1:
            what = f"up to {most} replicas share {mount.claim.manifest.label}, which only one node can have"
            yield finding(NAME, item, "spec.replicas", what, hint, item.blame)


def _scaled(scene: Scene, item: Item) -> Iterator[int]:
    """How far an autoscaler goes. It is found by name: there is one per component, seldom more."""
    for scaler in scene.scalers.get((scene.namespace(item), item.kind, item.name), ()):
        yield _number(scaler.spec.get("maxReplicas"))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1


def _rollout(mount: Mount) -> Iterator[Finding]:
    """A Deployment that starts the new pod before it stops the old one waits for the volume for ever."""
    strategy = mapping(mount.item.spec.get("strategy"))
    rolling = mapping(strategy.get("rollingUpdate"))
    if mount.item.kind != "Deployment" or strategy.get("type") == "Recreate":
        return
    if rolling.get("maxSurge") not in (0, "0%"):
        what = f"a rolling update starts a second pod, which cannot have {mount.claim.manifest.label}"
        hint = "spec.strategy.type: Recreate"
        yield finding(NAME, mount.item, "spec.strategy", what, hint, mount.item.blame)


def _shared(mount: Mount, others: list[Mount]) -> Iterator[Finding]:
    """A Job or another component that mounts the volume must run on the node of its owner."""
    for other in others:
        owner, claim = other.item.manifest.label, mount.claim.manifest.label
        if mount.pod_only:
            what = f"{claim} is ReadWriteOncePod and {owner} has it"
            yield finding(NAME, mount.item, mount.path, what, "leave this one out", mount.item.blame)
        elif not _beside(mount.item, other.item):
            what = f"{claim} is on the node of {owner}, and nothing brings this pod there"
            hint = "add a required podAffinity to its pods, by kubernetes.io/hostname"
            yield finding(NAME, mount.item, mount.path, what, hint, Severity.WARNING)


def _beside(item: Item, owner: Item) -> bool:
    """Whether one of the two must be scheduled to the other's node."""
    return _wants(item, owner) or _wants(owner, item)


def _wants(item: Item, other: Item) -> bool:
    affinity = mapping(mapping(item.pod.spec.get("affinity")).get("podAffinity")) if item.pod else {}
    for _, term in entries(affinity, "requiredDuringSchedulingIgnoredDuringExecution"):
        labels = mapping(mapping(term.get("labelSelector")).get("matchLabels"))
        if labels and labels.items() <= other.pod_labels.items():
            return True
    return False


def _templates(item: Item) -> Iterator[Finding]:
    """Claim templates are immutable, so what changes with a release breaks the next one."""
    for path, claim in entries(item.spec, "volumeClaimTemplates", "spec"):
        for key in mapping(mapping(claim.get("metadata")).get("labels")):
            if key in VERSIONED:
                what = f"{key} changes with every release and a claim template never can"
                hint = "leave it out: the next upgrade would fail"
                yield finding(NAME, item, f"{path}.metadata.labels[{key}]", what, hint, item.blame)
