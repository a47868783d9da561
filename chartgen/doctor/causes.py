"""Why a pod does not run, from its own status and from what Kubernetes said of it.

Sources: Kubernetes documentation, "Pod Lifecycle"; the reasons of waiting containers are those of
kubernetes/kubernetes pkg/kubelet/container/sync_result.go, pkg/kubelet/kuberuntime and pkg/kubelet/images.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chartgen.diagnoses import State
from chartgen.doctor import cures, images
from chartgen.doctor.events import latest
from chartgen.doctor.objects import at, condition, entries, inside, number
from chartgen.doctor.snapshot import Snapshot, Unread
from chartgen.manifest import Manifest

QUOTED = 6  # lines of a log
CONFIG = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"})
MOUNT = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")


class Cause(NamedTuple):
    """What keeps a pod from running, what helps, and the last lines of its log."""

    what: str
    cure: str
    log: tuple[str, ...] = ()
    state: State = State.WRONG


class Container(NamedTuple):
    """A container as the kubelet sees it."""

    name: str
    image: str
    is_init: bool
    ready: bool
    started: bool
    restarts: int
    waiting: Mapping[str, Any]
    ended: Mapping[str, Any]  # how it, or the one before it, ended; empty when none did
    is_over: bool  # it is not running, and not waiting to

    @property
    def title(self) -> str:
        return f"init container {self.name}" if self.is_init else f"container {self.name}"

    @property
    def has_failed(self) -> bool:
        return bool(self.ended) and self.ended.get("exitCode") != 0


def why(pod: Manifest, snapshot: Snapshot) -> Iterator[Cause]:
    """Each cause; of a pod that has only just been made, that it is not known yet. Nothing for a ready one
    that was never killed for its memory."""
    found = [*_status(pod, snapshot)]
    if not found and not is_ready(pod):
        found = [*_around(pod, snapshot)]
    yield from found


def is_ready(pod: Manifest) -> bool:
    return condition(pod, "Ready").get("status") == "True"


def containers(pod: Manifest) -> Iterator[Container]:
    """In the order in which they are started."""
    for path, is_init in (("status.initContainerStatuses", True), ("status.containerStatuses", False)):
        for entry in entries(pod, path):
            state, last = (inside(entry, name) for name in ("state", "lastState"))
            over = inside(state, "terminated")
            yield Container(
                str(entry.get("name")),
                str(entry.get("image")),
                is_init,
                ready=entry.get("ready") is True,
                started=entry.get("started") is True,
                restarts=number(Manifest(entry, ""), "restartCount"),
                waiting=inside(state, "waiting"),
                ended=over or inside(last, "terminated"),
                is_over=bool(over),
            )


def tail(snapshot: Snapshot, pod: str, container: str) -> tuple[str, ...]:
    """The last lines of a container that say anything."""
    return tuple(line for line in snapshot.log(pod, container) if line.strip())[-QUOTED:]


def _status(pod: Manifest, snapshot: Snapshot) -> Iterator[Cause]:
    placed = condition(pod, "PodScheduled")
    if placed.get("status") == "False":
        yield unplaced(pod, snapshot, str(placed.get("message") or placed.get("reason") or ""))
    if at(pod, "status.phase") == "Failed" and at(pod, "status.reason"):
        said = f"{at(pod, 'status.reason')}: {at(pod, 'status.message', 'no reason was given')}"
        yield Cause(f"was stopped: {said}", cures.describe(snapshot, pod))
    for container in containers(pod):
        yield from _container(pod, container, snapshot)


def _container(pod: Manifest, container: Container, snapshot: Snapshot) -> Iterator[Cause]:
    reason = str(container.waiting.get("reason") or "")
    if reason in images.REASONS:
        yield _image(pod, container, snapshot, reason)
    elif reason in CONFIG:
        yield _config(pod, container, snapshot, reason)
    elif container.ended.get("reason") == "OOMKilled":
        yield _memory(pod, container, snapshot)
    elif container.has_failed and not container.ready:
        yield _crash(pod, container, snapshot)
    elif reason == "CrashLoopBackOff":
        what = f"{container.title} ends again and again, without an error, and is expected to stay"
        yield Cause(
            what, cures.logs(snapshot, pod.name, container.name), tail(snapshot, pod.name, container.name)
        )


def _image(pod: Manifest, container: Container, snapshot: Snapshot, reason: str) -> Cause:
    events = latest(snapshot, pod, "Failed", "InspectFailed", "ErrImageNeverPull")
    told = events if images.pulled(events) in ("", container.image) else ""
    message = str(container.waiting.get("message") or "")
    if reason == "ImagePullBackOff" and images.pulled(told):
        message = told
    words = images.said(message) or reason
    return Cause(
        f"{container.title}: image {container.image} cannot be had: {words}",
        images.cure(snapshot, pod, reason, message),
    )


def _config(pod: Manifest, container: Container, snapshot: Snapshot, reason: str) -> Cause:
    message = str(container.waiting.get("message") or reason)
    what = f"{container.title} cannot be made: {message}"
    where = cures.key(snapshot, pod) or "COMPONENT"
    if "runAsNonRoot" in message or "non-numeric user" in message:
        user = cures.upgrade(snapshot, f"{where}.podSecurityContext.runAsUser=10001")
        return Cause(what, f"name a user that the image can run as:\n{user}")
    if "configmap" in message.lower() or "secret" in message.lower():
        return Cause(
            what, "make what is named here, or mend its name in the values; the pod starts by itself then"
        )
    return Cause(what, cures.describe(snapshot, pod))


def _memory(pod: Manifest, container: Container, snapshot: Snapshot) -> Cause:
    where = cures.key(snapshot, pod)
    limit = f"{where}.resources.limits.memory" if where else "resources.limits.memory"
    again = "runs again, and " if container.ready else ""
    what = f"{container.title} {again}was killed because it took more memory than its limit (OOMKilled)"
    return Cause(what, f"give it more:\n{cures.upgrade(snapshot, f'{limit}=2Gi')}")


def _crash(pod: Manifest, container: Container, snapshot: Snapshot) -> Cause:
    code = container.ended.get("exitCode")
    times = f", {container.restarts + 1} times so far" if container.restarts else ""
    told = str(container.ended.get("message") or "")
    what = f"{container.title} failed with exit code {code}{times}" + (
        f": {told.strip()}" if told.strip() else ""
    )
    command = cures.logs(snapshot, pod.name, container.name)
    unread = snapshot.logs.get((pod.name, container.name))
    if isinstance(unread, Unread):
        return Cause(what, f"its log is not shown ({unread.reason}):\n{command}")
    return Cause(what, command, tail(snapshot, pod.name, container.name))


def unplaced(pod: Manifest | None, snapshot: Snapshot, message: str) -> Cause:
    """A pod that no node takes: the scheduler's sentence, and the values that it is about."""
    where = (cures.key(snapshot, pod) if pod else "") or "COMPONENT"
    text = message.lower()
    if "persistentvolumeclaim" in text or "persistent volume" in text or "volume node affinity" in text:
        cure = "its volume decides: see claims, and " + snapshot.at.kubectl("get", "pvc,events")
    elif "pod affinity" in text:
        cure = "it runs where the pods run whose volume it uses, and none of them runs: mend those first"
    elif "insufficient" in text or "too many pods" in text:
        cure = "make room, or ask for less:\n" + cures.upgrade(
            snapshot, f"{where}.resources.requests.cpu=100m"
        )
    elif "taint" in text:
        cure = f"add {where}.tolerations to the values, or a node without the taint:\nkubectl describe nodes"
    elif "selector" in text or "affinity" in text:
        cure = (
            f"mend {where}.nodeSelector or {where}.affinity in the values:\nkubectl get nodes --show-labels"
        )
    else:
        cure = cures.describe(snapshot, pod) if pod else "kubectl get nodes"
    return Cause(f"no node takes it: {message or 'the scheduler gave no reason'}", cure)


def is_passing(mount: str) -> bool:
    """Whether a node only has not heard yet of a ConfigMap or Secret that is there: any new pod may see it.

    Source: kubernetes/kubernetes pkg/kubelet/util/manager/watch_based_manager.go.
    """
    return "failed to sync" in mount and "cache" in mount


def _around(pod: Manifest, snapshot: Snapshot) -> Iterator[Cause]:
    """What keeps a pod from getting ready whose containers have nothing to tell."""
    is_set_up = any(not container.waiting for container in containers(pod))
    mount, sandbox = (latest(snapshot, pod, *of) for of in (MOUNT, ("FailedCreatePodSandBox",)))
    if mount and not is_set_up and not is_passing(mount):
        yield Cause(f"its volumes cannot be mounted: {mount}", cures.describe(snapshot, pod))
    elif sandbox and not is_set_up:
        yield Cause(f"the node cannot set it up: {sandbox}", cures.describe(snapshot, pod))
    elif late := next((c for c in containers(pod) if c.started and not c.is_init and not c.ready), None):
        probe = latest(snapshot, pod, "Unhealthy") or "its readiness probe fails"
        logs = cures.logs(snapshot, pod.name, late.name)
        what = f"container {late.name} runs, and is not ready: {probe}"
        yield Cause(what, logs, tail(snapshot, pod.name, late.name))
    else:
        what = "is still starting, and nothing has gone wrong with it so far"
        yield Cause(what, "look again in a moment", state=State.UNKNOWN)
