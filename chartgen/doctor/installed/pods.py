"""Pods: each is ready, or why it is not."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.causes import why
from chartgen.doctor.objects import at, component, is_leaving, number, owners
from chartgen.doctor.snapshot import TEST_HOOKS, WORKLOADS, Snapshot
from chartgen.manifest import Manifest

NAME = "pods"
HELP = "Every pod that is wanted is there and ready."


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    pods = [pod for pod in snapshot.all("Pod") if not is_leaving(pod)]
    workloads = snapshot.workloads
    told: dict[tuple[str, str], str] = {}
    for pod in pods:
        if TEST_HOOKS & set(pod.hooks):
            yield from _test(snapshot, pod)
            continue
        for found in () if _is_over(pod) else _one(snapshot, pod):
            maker = (owners(pod) or [pod.name])[0]
            if (maker, found.what) not in told:  # of ten pods of one kind with one trouble, the first
                yield found
            told[maker, found.what] = component(pod)
    for workload in workloads:
        yield from _workload(snapshot, workload, pods, is_told=component(workload) in told.values())
    if not workloads and any(item.kind in WORKLOADS for item in snapshot.wanted):
        yield Diagnosis(
            NAME, State.WRONG, "", "none of the release's own are there yet", "see why, above and below"
        )


def _is_over(pod: Manifest) -> bool:
    """One that ended well, or that failed and has a maker: a Job (see `jobs`), or who makes another."""
    phase = at(pod, "status.phase")
    return phase == "Succeeded" or (phase == "Failed" and bool(owners(pod)))


def _one(snapshot: Snapshot, pod: Manifest) -> Iterator[Diagnosis]:
    for cause in why(pod, snapshot):
        yield Diagnosis(NAME, cause.state, pod.label, cause.what, cause.cure, cause.log)


def _test(snapshot: Snapshot, pod: Manifest) -> Iterator[Diagnosis]:
    if at(pod, "status.phase") == "Failed":
        what = "the last `helm test` failed here; it says nothing of how it is now"
        again = snapshot.at.helm("test", snapshot.release, "--logs")
        yield Diagnosis(NAME, State.UNKNOWN, pod.label, what, again)


def _workload(
    snapshot: Snapshot, item: Manifest, pods: list[Manifest], *, is_told: bool
) -> Iterator[Diagnosis]:
    wanted, ready = _counts(item)
    if wanted == 0:
        yield Diagnosis(NAME, State.FINE, item.label, "no pods are wanted of it (0 replicas)")
    elif ready >= wanted and at(item, "status.observedGeneration") == at(item, "metadata.generation"):
        yield Diagnosis(NAME, State.FINE, item.label, f"{ready} of {wanted} pods ready")
    elif not is_told:
        none = not any(component(pod) == component(item) for pod in pods)
        what = f"{ready} of {wanted} pods ready" + (": there is none; see refused" if none else "")
        yield Diagnosis(NAME, State.WRONG, item.label, what, cures.describe(snapshot, item))


def _counts(item: Manifest) -> tuple[int, int]:
    """How many pods it wants, and how many of its newest template are ready."""
    if item.kind == "DaemonSet":
        return number(item, "status.desiredNumberScheduled"), number(item, "status.numberReady")
    wanted, ready = number(item, "spec.replicas", 1), number(item, "status.readyReplicas")
    updated = number(item, "status.updatedReplicas") if item.kind == "Deployment" else ready
    return wanted, min(ready, updated)
