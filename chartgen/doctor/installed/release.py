"""What Helm remembers of the release, and the road out of a state that Helm does not leave by itself.

Source: helm/helm pkg/release/v1/status.go for the states; pkg/action/upgrade.go refuses while one is pending.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.objects import at
from chartgen.doctor.snapshot import WORKLOADS, Record, Snapshot, Unread, known
from chartgen.errors import near_miss

NAME = "release"
HELP = "Helm knows the release, and its last install or upgrade came to its end."


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    space = snapshot.namespace
    if not isinstance(space, Unread) and (space is None or at(space, "status.phase") == "Terminating"):
        yield from _no_namespace(snapshot, space is None)
        return
    record = known(snapshot.record)
    if record is None:
        yield _unknown_to_helm(snapshot)
    elif record.status == "deployed":
        yield Diagnosis(
            NAME, State.FINE, snapshot.release, f"revision {record.revision} of {record.chart} is deployed"
        )
    else:
        yield Diagnosis(NAME, State.WRONG, snapshot.release, _what(record), _cure(record, snapshot))


def _no_namespace(snapshot: Snapshot, is_absent: bool) -> Iterator[Diagnosis]:
    name = f"Namespace/{snapshot.at.namespace}"
    if is_absent:
        yield Diagnosis(NAME, State.WRONG, name, "is not there", snapshot.at.helm("list", "--all-namespaces"))
    else:
        what = "is being deleted, with everything in it"
        yield Diagnosis(
            NAME, State.WRONG, name, what, f"kubectl get namespace {snapshot.at.namespace} -o yaml"
        )


def _unknown_to_helm(snapshot: Snapshot) -> Diagnosis:
    # A Job alone is a hook that an uninstall left: hooks are not among what Helm takes away.
    if any(snapshot.seen(kind) for kind in (*WORKLOADS, "Service")):
        what = "its objects are here and Helm knows no such release: another tool applied them"
        return Diagnosis(NAME, State.FINE, snapshot.release, what)
    near = near_miss(snapshot.release, snapshot.neighbours)
    what = f"there is no such release in namespace {snapshot.at.namespace}" + (f"; {near}" if near else "")
    return Diagnosis(NAME, State.WRONG, snapshot.release, what, snapshot.at.helm("list", "--all-namespaces"))


def _what(record: Record) -> str:
    said = f": {record.description}" if record.description else ""
    if record.status.startswith("pending-"):
        work = record.status.removeprefix("pending-")
        return f"revision {record.revision} is {record.status}: helm is at work on its {work}, or was killed"
    if record.status == "uninstalling":
        return f"revision {record.revision} is uninstalling: helm is at work, or was killed"
    return f"revision {record.revision} is {record.status}{said}"


def _cure(record: Record, snapshot: Snapshot) -> str:
    at, release = snapshot.at, snapshot.release
    if record.status == "pending-install":
        uninstall = at.helm("uninstall", release, "--wait")
        stays = "volumes and Secrets that are kept stay"
        return f"when no helm runs any more ({stays}), then install again:\n{uninstall}"
    if record.status.startswith("pending-"):
        good = str(record.good) if record.good else "REVISION"
        return f"when no helm runs any more, then upgrade again:\n{at.helm('rollback', release, good)}"
    if record.status == "uninstalling":
        return f"when no helm runs any more:\n{at.helm('uninstall', release, '--wait')}"
    if record.status == "uninstalled":
        return at.helm("install", release, cures.CHART)
    return f"mend what is wrong below, then:\n{cures.upgrade(snapshot)}"
