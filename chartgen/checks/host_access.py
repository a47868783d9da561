"""The node stays out of reach: its files, its container runtime, its namespaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.checks.subject import Item, finding, mapping, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.findings import Finding

NAME = "host-access"
HELP = "No object reaches the node: no hostPath, no container runtime socket, no namespace of the host."
_SOCKET = re.compile(r"(/var)?/run/(docker|containerd/containerd|crio/crio|cri-dockerd|podman/podman)\.sock")
_CLAIM = "use a PersistentVolumeClaim, a ConfigMap or an emptyDir"


def check(item: Item) -> Iterator[Finding]:
    """Pods and PersistentVolumes. What a person adds through the values is theirs, so a warning."""
    if item.kind == "PersistentVolume":
        for key in ("hostPath", "local"):
            if key in item.spec:
                yield finding(NAME, item, f"spec.{key}", "reaches the files of a node", _CLAIM, item.blame)
    if item.pod:
        yield from _volumes(item)
        yield from _namespaces(item)
        yield from _sockets(item)


def _volumes(item: Item) -> Iterator[Finding]:
    for path, volume in item.volumes:
        if "hostPath" in volume:
            where = mapping(volume["hostPath"]).get("path", "")
            yield finding(NAME, item, f"{path}.hostPath", f"mounts {where} of the node", _CLAIM, item.blame)


def _namespaces(item: Item) -> Iterator[Finding]:
    if item.pod is None:
        return
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if item.pod.spec.get(key):
            what = "shares a namespace with the node"
            yield finding(NAME, item, f"{item.pod.path}.{key}", what, "remove it", item.blame)


def _sockets(item: Item) -> Iterator[Finding]:
    """A socket is named in a mount, a variable or an argument; hostPath has been told of already."""
    for container in item.containers:
        for path, text in texts(container.data, container.path):
            if _SOCKET.search(text):
                what = f"uses the container runtime of the node ({text})"
                hint = "whoever holds it is root on the node: use the Kubernetes API with a ServiceAccount"
                yield finding(NAME, item, path, what, hint, item.blame)
