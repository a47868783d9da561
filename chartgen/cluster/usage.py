"""How much of the mounted volumes is free, as their nodes say it: a detail, for those who may ask a node.

Source: the kubelet's `/stats/summary` (kubernetes/kubelet pkg/apis/stats/v1alpha1), through the API server's
proxy, which takes the right to get `nodes/proxy`. Whoever has it not is told nothing about room, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chartgen.doctor.objects import at
from chartgen.doctor.snapshot import Snapshot, Usage, refers

if TYPE_CHECKING:
    from chartgen.cluster.kubectl import Kubectl

NODES = 5  # the most that are asked: ours are pods of one volume on one node


def usage(kubectl: Kubectl, snapshot: Snapshot) -> dict[str, Usage]:
    """Claims of the namespace to what is free on them."""
    claims = {name for _, name, _, _ in refers(snapshot.wanted, "PersistentVolumeClaim")}
    nodes = dict.fromkeys(str(at(pod, "spec.nodeName", "")) for pod in snapshot.seen("Pod")) if claims else {}
    found: dict[str, Usage] = {}
    for node in [node for node in nodes if node][:NODES]:
        summary = kubectl.json(f"/api/v1/nodes/{quote(node, safe='')}/proxy/stats/summary")
        if not isinstance(summary, Mapping):
            break
        found |= {name: told for name, told in _told(summary, snapshot.at.namespace) if name in claims}
    return found


def _told(summary: Mapping[str, Any], namespace: str) -> Iterator[tuple[str, Usage]]:
    for pod in _list(summary, "pods"):
        for volume in _list(pod, "volume"):
            claim = volume.get("pvcRef")
            if isinstance(claim, Mapping) and claim.get("namespace") == namespace:
                free, inodes = volume.get("availableBytes"), volume.get("inodesFree")
                if isinstance(free, int):
                    yield str(claim.get("name")), Usage(free, inodes if isinstance(inodes, int) else -1)


def _list(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
