"""What Kubernetes said about objects, which outlives the objects for an hour: events of type Warning.

Source: Kubernetes API reference, core/v1 Event; their time to live is the API server's `--event-ttl`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from chartgen.doctor.objects import at, uid
from chartgen.manifest import Manifest

if TYPE_CHECKING:
    from chartgen.doctor.snapshot import Snapshot


class Event(NamedTuple):
    """About which object, why, in which words, and when last (RFC 3339, UTC; "" when it does not say)."""

    kind: str
    name: str
    uid: str
    reason: str
    message: str
    when: str

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.name}"


def read(items: Iterable[Manifest]) -> tuple[Event, ...]:
    """The oldest first; of those that say the same of an object, the newest."""
    found = sorted(map(_event, items), key=lambda event: event.when)
    newest = {event[:5]: event for event in found}
    return tuple(sorted(newest.values(), key=lambda event: event.when))


def _event(item: Manifest) -> Event:
    last = ("lastTimestamp", "series.lastObservedTime", "eventTime", "metadata.creationTimestamp")
    paths = ("involvedObject.kind", "involvedObject.name", "involvedObject.uid", "reason", "message")
    kind, name, uid, reason, message = (str(at(item, path, "")) for path in paths)
    when = next((str(found) for path in last if (found := at(item, path))), "")
    return Event(kind, name, uid, reason, message, when)


def about(snapshot: Snapshot, item: Manifest, *reasons: str) -> list[Event]:
    """Those about this very object, the newest last; with `reasons`, only those."""
    found = [event for event in snapshot.events if event.uid == uid(item)]
    return [event for event in found if not reasons or event.reason in reasons]


def latest(snapshot: Snapshot, item: Manifest, *reasons: str) -> str:
    """What the newest of them says, or ""."""
    found = about(snapshot, item, *reasons)
    return found[-1].message if found else ""


def gone_pods(snapshot: Snapshot, job: str, since: str) -> list[Event]:
    """Those about pods of a Job that are not there any more; a Job that ran out of time takes them along.

    `since` is when the Job was made: an earlier one of the same name had other pods.
    """
    there = {uid(pod) for pod in snapshot.seen("Pod")}
    return [
        event
        for event in snapshot.events
        if event.kind == "Pod"
        and event.name.rpartition("-")[0] == job
        and event.uid not in there
        and event.when >= since
    ]
