"""Seeding: what it made of each path of a volume, and whether the volume is whole.

Read from the log of the init container and of the gate: `docs/guides/seeding.md` explains every row.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import causes, cures
from chartgen.doctor.objects import at, template
from chartgen.doctor.scripts import Seeding, SeedLog, seed_logs, seeding
from chartgen.doctor.snapshot import Snapshot, Unread
from chartgen.errors import ToolError
from chartgen.manifest import Manifest

NAME = "seeding"
HELP = (
    "Every volume that is seeded has what it starts with, and is used with the key that it was written with."
)
_SOURCE = "Does its ConfigMap exist?"  # what the script asks where a source holds no files
# Rows that a person may want to know of although nothing is wrong.
WORTH = (
    "kept, edited",
    "deleted by you, left deleted",
    "differs from seed",
    "new version beside it",
    "not ours",
)


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    wanted = dict.fromkeys(found.volume for item in snapshot.made for found in seeding(item))
    if not wanted:
        yield Diagnosis(NAME, State.FINE, "", "no volume is seeded")
        return
    logs = list(seed_logs(snapshot))
    for volume in wanted:
        found = [entry for entry in logs if entry[1].volume == volume]
        if not found:
            yield _silent(snapshot, volume)
        whole = max((_ended(pod, one) for pod, one, log in found if log.is_complete), default="")
        for pod, container, log in found:
            if not (whole and _is_past(snapshot, pod, log, _ended(pod, container), whole)):
                yield from _one(snapshot, pod, container, log)


def _is_past(snapshot: Snapshot, pod: Manifest, log: SeedLog, ended: str, whole: str) -> bool:
    """Whether what an init container lacked has come since: the gate seeded it, later or from a ConfigMap
    that the pod, which is older than that, has not been given yet."""
    if not log.has_ended or log.is_complete or log.has_another_key:
        return False
    lacks_source = bool(log.troubles) and all(_SOURCE in line for line in log.troubles)
    return "" < ended <= whole or (lacks_source and not _absent(snapshot, pod))


def _ended(pod: Manifest, seeding: Seeding) -> str:
    """When a container ended last, as the API writes it; "" when that is not known."""
    name = seeding.container.name
    return next((str(c.ended.get("finishedAt", "")) for c in causes.containers(pod) if c.name == name), "")


def _silent(snapshot: Snapshot, volume: str) -> Diagnosis:
    unread = [log.reason for log in snapshot.logs.values() if isinstance(log, Unread)]
    if unread:
        raise ToolError(unread[0])
    return Diagnosis(
        NAME,
        State.UNKNOWN,
        f"volume {volume}",
        "nothing has seeded it yet",
        "see why its pods do not run, above",
    )


def _one(snapshot: Snapshot, pod: Manifest, container: Seeding, log: SeedLog) -> Iterator[Diagnosis]:
    subject = f"volume {container.volume}"
    by = "the gate" if container.mode == "gate" else "the init container"
    if log.has_another_key:
        yield Diagnosis(NAME, State.WRONG, subject, _key(log, by), _old_key(snapshot, container))
    elif log.is_complete:
        counts = "; ".join(f"{number} {title}" for title, number in log.counts.items())
        yield Diagnosis(NAME, State.FINE, subject, f"is completely seeded, says {by}: {counts}", _worth(log))
    elif log.has_ended:
        said = " ".join(log.troubles) or "some paths could not be written"
        cure = _source(snapshot, pod, log) or cures.logs(snapshot, pod.name, container.container.name)
        yield Diagnosis(NAME, State.WRONG, subject, f"is not completely seeded, says {by}: {said}", cure)
    else:
        yield Diagnosis(NAME, State.UNKNOWN, subject, f"{by} is at work", "look again in a moment")


def _key(log: SeedLog, by: str) -> str:
    said = next(line for line in log.troubles if line in _stops(log))
    return f"{by} stopped: {said}"


def _stops(log: SeedLog) -> list[str]:
    return [line.removeprefix("seed: ") for line in log.lines if line.startswith("seed: ")]


def _old_key(snapshot: Snapshot, container: Seeding) -> str:
    new = cures.upgrade(snapshot, f"seed.{container.volume}.acceptNewKey=true")
    return f"bring the old key back; or, if what was encrypted with it may be lost:\n{new}"


def _worth(log: SeedLog) -> str:
    if not any(log.counts.get(title) for title in WORTH):
        return ""
    return "nothing to mend; the guide on seeding says what each row means and how to take a new version"


def _source(snapshot: Snapshot, pod: Manifest, log: SeedLog) -> str:
    """What helps when a ConfigMap that must hold files does not."""
    if not any(_SOURCE in line for line in log.troubles):
        return ""
    absent = _absent(snapshot, pod)
    make = [snapshot.at.kubectl("create", "configmap", name, "--from-file=FOLDER") for name in absent]
    told = [f"ConfigMap {name} is not there: make it, then the upgrade once more:" for name in absent]
    return "\n".join([*told, *make, cures.upgrade(snapshot)])


def _absent(snapshot: Snapshot, pod: Manifest) -> list[str]:
    """The ConfigMaps of a pod that are not there."""
    found = template(pod)
    names = [at(Manifest(v, ""), "configMap.name") for v in found.volumes] if found else []
    return [str(name) for name in names if name and snapshot.config_maps.get(str(name), ()) is None]
