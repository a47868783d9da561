"""A volume of a few hundred kilobytes, to be filled up or made read-only while a release uses it.

It is the memory that one pod, the holder, has as an emptyDir with a limit: on its node that is a mount of its
own, in the kubelet's folder of the pod, and a PersistentVolume leads there. So it works on every cluster that
lets a test make a PersistentVolume of hostPath and a pod with SYS_ADMIN, which the holder needs to remount.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.cluster.kubernetes import Namespace, Object
from tests.cluster.release import BACKEND

SIZE = "1Mi"
ROOM = "/small"
HOLDER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "holder"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "holder",
                "image": BACKEND,
                "imagePullPolicy": "IfNotPresent",
                "command": ["sleep", "3600"],
                "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}},
                "volumeMounts": [{"name": "room", "mountPath": ROOM}],
            }
        ],
        "volumes": [{"name": "room", "emptyDir": {"medium": "Memory", "sizeLimit": SIZE}}],
    },
}
# mount(2) with MS_REMOUNT: of the file system, and so for every pod that has it. The image has no mount(8).
REMOUNT = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"none", sys.argv[1].encode(), None, 32 | int(sys.argv[2]), None):
    sys.exit(os.strerror(ctypes.get_errno()))
"""
# The mount of /etc/hosts tells where the kubelet keeps the pod, or the end of it where that is a mount.
WHERE = "while read -r _ _ _ path at _; do [ $at != /etc/hosts ] || echo $path; done </proc/self/mountinfo"


@dataclass(frozen=True)
class SmallVolume:
    """The PersistentVolume `name`, for the claim of one release."""

    holder: Namespace
    name: str

    def values(self) -> dict[str, Any]:
        return {"persistence": {"config": {"storageClass": "-", "volumeName": self.name, "size": SIZE}}}

    def run(self, *command: str) -> None:
        self.holder.ask("exec", "holder", "--", *command).checked()

    def fill(self) -> None:
        """Not one byte more can be written."""
        self.run("sh", "-c", f"! cat /dev/zero >{ROOM}/filler 2>/dev/null")

    def free(self) -> None:
        self.run("rm", f"{ROOM}/filler")

    def read_only(self) -> None:
        self.run("python3", "-c", REMOUNT, ROOM, "1")

    def writable(self) -> None:
        self.run("python3", "-c", REMOUNT, ROOM, "0")


@contextmanager
def small_volume(holder: Namespace, user: Namespace) -> Iterator[SmallVolume]:
    """A volume for the claim ushadow-config in the namespace `user`."""
    holder.apply(json.dumps(HOLDER))
    holder.ask("wait", "pod/holder", "--for=condition=Ready", "--timeout=120s").checked()
    name = f"{user.name}-small"
    user.apply(json.dumps(_volume(name, user, holder.get("pod", "holder"), _kubelet(holder))))
    try:
        yield SmallVolume(holder, name)
    finally:
        user.ask("delete", "persistentvolume", name, "--wait=false", "--ignore-not-found")


def _kubelet(holder: Namespace) -> str:
    path = holder.ask("exec", "holder", "--", "sh", "-c", WHERE).checked().output.strip()
    root, _, _ = path.partition("/pods/")
    return "/var/lib/kubelet" if root.endswith("/lib/kubelet") else root


def _volume(name: str, user: Namespace, pod: Object, kubelet: str) -> Object:
    folder = f"{kubelet}/pods/{pod['metadata']['uid']}/volumes/kubernetes.io~empty-dir/room"
    node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [pod["spec"]["nodeName"]]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": SIZE},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": user.name, "name": "ushadow-config"},
            "hostPath": {"path": folder, "type": "Directory"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
        },
    }
