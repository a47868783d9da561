"""Volumes: every claim that the release uses is there and bound.

Sources: Kubernetes documentation, "Persistent Volumes" and "Storage Classes"; reasons of events are those of
kubernetes/kubernetes pkg/controller/volume/events/event.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.events import latest
from chartgen.doctor.objects import at, condition, is_leaving, template
from chartgen.doctor.snapshot import Snapshot, Unread, refers
from chartgen.errors import near_miss
from chartgen.manifest import Manifest

NAME = "claims"
HELP = "Every volume that the pods use is claimed and bound."
DEFAULT = "storageclass.kubernetes.io/is-default-class"


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    there = {claim.name: claim for claim in snapshot.all("PersistentVolumeClaim")}
    used = dict.fromkeys(name for _, name, _, _ in refers(snapshot.made, "PersistentVolumeClaim"))
    for name in used:
        claim = there.get(name)
        if claim is not None:
            yield from _one(snapshot, claim)
        elif not snapshot.awaits(f"PersistentVolumeClaim/{name}"):
            yield _absent(snapshot, name)


def _absent(snapshot: Snapshot, name: str) -> Diagnosis:
    what = "is not there, and pods wait for it"
    if snapshot.planned(f"PersistentVolumeClaim/{name}"):
        cure = f"helm makes it:\n{cures.upgrade(snapshot)}"
    else:
        cure = f"make it, or name one that is there (existingClaim):\n{snapshot.at.kubectl('get', 'pvc')}"
    return Diagnosis(NAME, State.WRONG, f"PersistentVolumeClaim/{name}", what, cure)


def _one(snapshot: Snapshot, claim: Manifest) -> Iterator[Diagnosis]:
    phase = str(at(claim, "status.phase", "Pending"))
    if is_leaving(claim):
        what = "is being deleted as soon as no pod uses it: its data goes with it"
        yield Diagnosis(NAME, State.WRONG, claim.label, what, cures.describe(snapshot, claim))
    elif phase == "Bound":
        size, of = at(claim, "status.capacity.storage", "?"), at(claim, "spec.storageClassName")
        what = f"is bound: {size}" + (f" of class {of}" if of else "")
        yield Diagnosis(NAME, State.FINE, claim.label, what)
        yield from _growing(snapshot, claim)
    elif phase == "Lost":
        what = f"has lost its volume {at(claim, 'spec.volumeName', '')}"
        yield Diagnosis(
            NAME, State.WRONG, claim.label, what, "restore the volume from a backup; kubectl get pv"
        )
    else:
        yield _pending(snapshot, claim)


def _growing(snapshot: Snapshot, claim: Manifest) -> Iterator[Diagnosis]:
    failed = latest(snapshot, claim, "VolumeResizeFailed")
    if failed and at(claim, "spec.resources.requests.storage") != at(claim, "status.capacity.storage"):
        yield Diagnosis(
            NAME, State.WRONG, claim.label, f"does not grow: {failed}", cures.describe(snapshot, claim)
        )
    if condition(claim, "FileSystemResizePending").get("status") == "True":
        what = "grows when its pod is started anew"
        cure = snapshot.at.kubectl("rollout", "restart", "deployment")
        yield Diagnosis(NAME, State.UNKNOWN, claim.label, what, cure)


def _pending(snapshot: Snapshot, claim: Manifest) -> Diagnosis:
    wanted = at(claim, "spec.storageClassName")
    wanted = None if wanted is None else str(wanted)
    classes = {found.name: found for found in snapshot.seen("StorageClass")}
    readable = not isinstance(snapshot.lists["StorageClass"], Unread)
    failed = latest(snapshot, claim, "ProvisioningFailed", "FailedBinding")
    if wanted and readable and wanted not in classes and not at(claim, "spec.volumeName"):
        near = near_miss(wanted, classes)
        what = f"is pending: there is no StorageClass {wanted}" + (f"; {near}" if near else "")
        return Diagnosis(NAME, State.WRONG, claim.label, what, _another(snapshot, claim))
    if failed:
        return Diagnosis(NAME, State.WRONG, claim.label, f"is pending: {failed}", _another(snapshot, claim))
    if wanted is None and readable and not any(_is_default(found) for found in classes.values()):
        what = "is pending: it names no StorageClass, and the cluster has no default"
        return Diagnosis(NAME, State.WRONG, claim.label, what, _another(snapshot, claim))
    waits = at(classes[wanted], "volumeBindingMode") if wanted in classes else ""
    if waits == "WaitForFirstConsumer" and not _consumers(snapshot, claim):
        what = f"is pending: class {wanted} waits for the first pod that uses it, and there is none"
        return Diagnosis(NAME, State.WRONG, claim.label, what, "see why there is no pod, above and below")
    what = "is pending, and nothing says why"
    return Diagnosis(NAME, State.UNKNOWN, claim.label, what, cures.describe(snapshot, claim))


def _is_default(item: Manifest) -> bool:
    annotations = item.metadata.get("annotations")
    return isinstance(annotations, dict) and annotations.get(DEFAULT) == "true"


def _consumers(snapshot: Snapshot, claim: Manifest) -> list[Manifest]:
    def claims(pod: Manifest) -> list[object]:
        found = template(pod)
        return (
            [at(Manifest(v, ""), "persistentVolumeClaim.claimName") for v in found.volumes] if found else []
        )

    return [pod for pod in snapshot.seen("Pod") if claim.name in claims(pod)]


def _another(snapshot: Snapshot, claim: Manifest) -> str:
    """A class or a size cannot be changed in a claim that is there; a pending one holds no data."""
    delete = snapshot.at.kubectl("delete", "pvc", claim.name)
    again = cures.upgrade(snapshot, "global.storageClass=CLASS")
    return f"choose a class (kubectl get storageclass); the claim is empty, so it may go:\n{delete}\n{again}"
