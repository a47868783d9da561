"""What else Kubernetes warned of: about objects of the release that no other examination looks at.

Of pods, claims and Jobs the others tell what still matters; an event alone says only that something was so.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.events import Event
from chartgen.doctor.snapshot import WORKLOADS, Record, Snapshot

NAME = "warnings"
HELP = "Kubernetes has not warned of anything else of the release within the last hour."
LOOKED_AT = frozenset({*WORKLOADS, "Pod", "ReplicaSet", "Job", "PersistentVolumeClaim"})
# What the API server tells of while it mends it: an address of a Service that was not noted yet.
# Source: kubernetes, pkg/registry/core/service/ipallocator/controller/repairip.go.
REPAIRED = frozenset({"ClusterIPNotAllocated"})
MOST = 10  # lines: what is told more often is told by somebody who repeats himself


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    snapshot.all("Event")
    own = _labels(snapshot)
    newest: dict[tuple[str, str], Event] = {}
    for event in snapshot.events:
        if event.label in own and event.kind not in LOOKED_AT and event.reason not in REPAIRED:
            newest[event.label, event.reason] = event
    for event in list(newest.values())[-MOST:]:
        what = f"{event.reason}: {event.message}"
        describe = snapshot.at.kubectl("describe", event.kind.lower(), event.name)
        yield Diagnosis(
            NAME, State.UNKNOWN, event.label, f"{what} (whether that is still so is not known)", describe
        )
    if not newest:
        yield Diagnosis(NAME, State.FINE, "", "there are no others")


def _labels(snapshot: Snapshot) -> set[str]:
    """What belongs to the release, as events name it."""
    there = {item.label for kind in snapshot.lists if kind != "Event" for item in snapshot.seen(kind)}
    record = snapshot.record
    return there | ({m.label for m in record.manifests} if isinstance(record, Record) else set())
