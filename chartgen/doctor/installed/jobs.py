"""Jobs, hooks above all: each came to its end, or why it did not, with the last lines of its log.

A Job that ran out of time takes its pods along (activeDeadlineSeconds, Kubernetes documentation, "Jobs"), so
what they died of is read from the events that are left of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures, images
from chartgen.doctor.causes import MOUNT, Cause, containers, is_passing, tail, unplaced
from chartgen.doctor.events import Event, gone_pods
from chartgen.doctor.objects import at, condition, owners, uid
from chartgen.doctor.snapshot import Hook, Record, Snapshot
from chartgen.manifest import Manifest

NAME = "jobs"
HELP = "Every Job of the release, its hooks included, came to its end."


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    jobs = _newest(snapshot.all("Job"))
    for job in jobs:
        yield from _one(snapshot, job)
    names = {job.name for job in jobs}
    record = snapshot.record
    for hook in record.hooks if isinstance(record, Record) else ():
        if hook.manifest.kind == "Job" and hook.manifest.name not in names and not hook.is_test:
            yield from _gone(snapshot, hook)


def _newest(jobs: tuple[Manifest, ...]) -> list[Manifest]:
    """All of them, but of a CronJob's only the last one."""
    by_maker: dict[str, Manifest] = {}
    for job in sorted(jobs, key=lambda job: str(at(job, "metadata.creationTimestamp", ""))):
        by_maker[(owners(job) or [uid(job) or job.name])[0]] = job
    return list(by_maker.values())


def _one(snapshot: Snapshot, job: Manifest) -> Iterator[Diagnosis]:
    failed = condition(job, "Failed")
    if condition(job, "Complete").get("status") == "True":
        when = ", in an earlier install or upgrade" if snapshot.is_earlier(job.name) else ""
        yield Diagnosis(NAME, State.FINE, job.label, f"came to its end{when}")
    elif failed.get("status") == "True":
        cause = _cause(snapshot, job)
        when = "in an earlier install or upgrade, " if snapshot.is_earlier(job.name) else ""
        what = f"failed ({when}{failed.get('reason')}): {cause.what}"
        yield Diagnosis(NAME, State.WRONG, job.label, what, cause.cure, cause.log)
    elif at(job, "spec.suspend") is True:
        what = "is suspended, and runs when somebody resumes it"
        yield Diagnosis(NAME, State.WRONG, job.label, what, cures.describe(snapshot, job))
    elif ended := next(_ended(snapshot, job), None):
        yield Diagnosis(NAME, State.WRONG, job.label, f"tries again: {ended.what}", ended.cure, ended.log)
    else:
        yield Diagnosis(NAME, State.UNKNOWN, job.label, "has not ended yet", "look again in a moment")


def _cause(snapshot: Snapshot, job: Manifest) -> Cause:
    found = [
        *_ended(snapshot, job),
        *_traces(snapshot, job.name, str(at(job, "metadata.creationTimestamp", ""))),
    ]
    said = condition(job, "Failed").get("message") or "no reason was given"
    again = f"its pods are gone, and what was said of them too: look while it runs\n{cures.upgrade(snapshot)}"
    return found[0] if found else Cause(str(said), again)


def _ended(snapshot: Snapshot, job: Manifest) -> Iterator[Cause]:
    """How its pods failed that are still there, the newest first."""
    pods = [pod for pod in snapshot.seen("Pod") if uid(job) in owners(pod)]
    for pod in sorted(pods, key=lambda pod: str(at(pod, "metadata.creationTimestamp", "")), reverse=True):
        for container in containers(pod):
            if container.has_failed:
                what = f"{container.title} failed with exit code {container.ended.get('exitCode')}"
                command = cures.logs(snapshot, pod.name, container.name)
                yield Cause(what, command, tail(snapshot, pod.name, container.name))


def _traces(snapshot: Snapshot, job: str, since: str = "") -> Iterator[Cause]:
    """What kept its pods from running that are gone."""
    found = gone_pods(snapshot, job, since)
    maker = next((item for item in snapshot.wanted if item.label == f"Job/{job}"), None)
    for event in reversed(found):
        if event.reason == "Failed" and (image := images.pulled(event.message)):
            cure = images.cure(snapshot, maker, "", event.message) if maker else cures.upgrade(snapshot)
            yield Cause(f"image {image} cannot be had: {images.said(event.message)}", cure)
    for event in _newest_of(found, "FailedScheduling"):
        yield unplaced(maker, snapshot, event.message)
    for event in _newest_of([event for event in found if not is_passing(event.message)], *MOUNT):
        yield Cause(
            f"its volumes cannot be mounted: {event.message}", snapshot.at.kubectl("get", "pvc,configmaps")
        )
    for event in _newest_of(found, "Failed", "FailedCreatePodSandBox", "BackOff"):
        yield Cause(event.message, cures.upgrade(snapshot))


def _newest_of(found: list[Event], *reasons: str) -> list[Event]:
    return [event for event in found if event.reason in reasons][-1:]


def _gone(snapshot: Snapshot, hook: Hook) -> Iterator[Diagnosis]:
    """A hook whose Job is not there any more, as its delete policy wants: Helm remembers how it ended."""
    job = hook.manifest
    if hook.phase == "Succeeded":
        yield Diagnosis(NAME, State.FINE, job.label, "came to its end, and was removed as it should be")
    elif hook.phase == "Failed":
        cause = next(_traces(snapshot, job.name), Cause("and was removed", cures.upgrade(snapshot)))
        yield Diagnosis(NAME, State.WRONG, job.label, f"failed: {cause.what}", cause.cure, cause.log)
    elif hook.phase == "Running":
        yield Diagnosis(
            NAME, State.UNKNOWN, job.label, "was started and is not there", "look again in a moment"
        )
