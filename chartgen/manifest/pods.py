"""The pods that objects make: where their template stands, and its containers and volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from chartgen.frozen import Frozen
from chartgen.manifest.paths import follow

if TYPE_CHECKING:
    from chartgen.manifest.objects import Manifest

# Where the pod template of a kind stands; its `spec` and `metadata` are below.
TEMPLATES = {
    "Pod": "",
    "Deployment": "spec.template",
    "StatefulSet": "spec.template",
    "DaemonSet": "spec.template",
    "ReplicaSet": "spec.template",
    "ReplicationController": "spec.template",
    "Job": "spec.template",
    "CronJob": "spec.jobTemplate.spec.template",
}
Kind = Literal["init", "sidecar", "regular"]


class Container(Frozen):
    """A container. `init` runs before the others and ends, a `sidecar` is an init container that stays."""

    kind: Kind
    data: Mapping[str, Any]
    path: str

    @property
    def name(self) -> str:
        return str(self.data.get("name") or "")


class Pod(Frozen):
    """A pod template. `path` leads to its spec (`spec.template.spec`; `spec` in a Pod)."""

    spec: Mapping[str, Any]
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    path: str
    containers: tuple[Container, ...]
    volumes: tuple[Mapping[str, Any], ...]


def pod(manifest: Manifest) -> Pod | None:
    """The pod template of a workload (or Pod); None for other kinds, and when there is no spec in it."""
    if manifest.kind not in TEMPLATES:
        return None
    where = TEMPLATES[manifest.kind]
    template = next((found for _, found in follow(manifest.data, where)), None)
    spec = _mapping(template, "spec")
    if not spec:
        return None
    metadata, path = _mapping(template, "metadata"), f"{where}.spec" if where else "spec"
    return Pod(
        spec,
        _mapping(metadata, "labels"),
        _mapping(metadata, "annotations"),
        path,
        tuple(_containers(spec, path)),
        tuple(volume for _, volume in follow(spec, "volumes[]") if isinstance(volume, Mapping)),
    )


def _containers(spec: Mapping[str, Any], path: str) -> Iterator[Container]:
    for place, data in follow(spec, "initContainers[]", path):
        if isinstance(data, dict | Mapping):
            yield Container("sidecar" if data.get("restartPolicy") == "Always" else "init", data, place)
    for place, data in follow(spec, "containers[]", path):
        if isinstance(data, dict | Mapping):
            yield Container("regular", data, place)


def _mapping(holder: Any, key: str) -> Mapping[str, Any]:
    found = holder.get(key) if isinstance(holder, dict | Mapping) else None
    return found if isinstance(found, dict | Mapping) else {}
