"""Whether the volumes that are seeded can be written.

Nothing is run in a pod: what seeding wrote last, or could not write, is in its log, and a node says how much
of a volume is free, to whom it lets ask (`nodes/proxy`).
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.objects import at, entries, template
from chartgen.doctor.scripts import Seeding, SeedLog, seed_logs, seeding
from chartgen.doctor.snapshot import Snapshot, Unread
from chartgen.errors import ToolError
from chartgen.manifest import Manifest

NAME = "volumes"
HELP = "The volumes that the application writes to have room, and let it write."
WORDS = {"full": "it is full", "read-only": "it is mounted read-only", "refused": "this user may not write"}


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    wanted = {found.volume for item in snapshot.made for found in seeding(item)}
    full = [claim for claim, usage in snapshot.usage.items() if usage.free == 0 or usage.inodes == 0]
    for claim in full:
        what = "is full, says its node: the application cannot write"
        cure = _grow(snapshot, "VOLUME")
        yield Diagnosis(NAME, State.WRONG, f"PersistentVolumeClaim/{claim}", what, cure)
    logs = list(seed_logs(snapshot))
    if wanted and not logs and (unread := [log for log in snapshot.logs.values() if isinstance(log, Unread)]):
        raise ToolError(unread[0].reason)
    for pod, container, log in logs:
        yield from _one(snapshot, pod, container, log)


def _one(snapshot: Snapshot, pod: Manifest, container: Seeding, log: SeedLog) -> Iterator[Diagnosis]:
    subject, claim = f"volume {container.volume}", _claim(pod, container)
    if word := log.obstacle:
        first = next(iter((*(why for _, why in log.unwritten), *log.troubles)), "")
        what = f"{WORDS[word]}: {first}"
        yield Diagnosis(NAME, State.WRONG, subject, what, _cure(snapshot, pod, container, word))
    elif log.is_complete and container.mode == "init":
        wrote = log.counts.get("seeded", 0) + log.counts.get("updated", 0)
        what = (
            f"took what was to be seeded at the last start ({wrote})"
            if wrote
            else "had nothing to take at the last start, so writing was not tried"
        )
        free = snapshot.usage.get(claim)
        room = f"; {_size(free.free)} free" if free else ""
        yield Diagnosis(NAME, State.FINE, subject, f"{what}{room}")


def _claim(pod: Manifest, container: Seeding) -> str:
    """The claim that is mounted where the script seeds."""
    mounts = entries(Manifest(container.container.data, ""), "volumeMounts")
    names = [mount.get("name") for mount in mounts if mount.get("mountPath") == "/seed/volume"]
    found = template(pod)
    volumes = [Manifest(v, "") for v in found.volumes if v.get("name") in names] if found else []
    return next((str(at(v, "persistentVolumeClaim.claimName", "")) for v in volumes), "")


def _cure(snapshot: Snapshot, pod: Manifest, container: Seeding, word: str) -> str:
    if word == "full":
        return _grow(snapshot, container.volume)
    if word == "read-only":
        return f"see why its node mounted it so:\n{cures.describe(snapshot, pod)}"
    where = cures.key(snapshot, pod) or "COMPONENT"
    group = cures.upgrade(snapshot, f"{where}.podSecurityContext.fsGroup=10001")
    return f"let the volume belong to a group of the pod:\n{group}"


def _grow(snapshot: Snapshot, volume: str) -> str:
    larger = cures.upgrade(snapshot, f"persistence.{volume}.size=SIZE")
    return f"remove what is not needed, or let it grow if its class can:\n{larger}"


def _size(number: int) -> str:
    """Bytes as Kubernetes writes sizes, rounded down."""
    for unit, factor in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if number >= factor:
            return f"{number // factor}{unit}"
    return str(number)
