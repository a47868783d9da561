"""Volumes of pods that come from elsewhere, or are mounted elsewhere, than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, mapping
from chartgen.manifest import Manifest, Pod, pod

NAME = "volumes"
HELP = "Pods find their data on the same volume, at the same path."
# Sources that outlive a pod.
LASTING = (
    *("persistentVolumeClaim", "hostPath", "nfs", "csi", "cephfs", "rbd", "iscsi", "glusterfs", "fc"),
    *("awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "azureFile", "vsphereVolume"),
)
Lasting = Mapping[str, Any]  # what lies at a path: name of the container and path to source


def compare(pair: Pair) -> Iterator[Change]:
    """What lasts, by container and path; a workload that has another name is followed."""
    for view in pair.views:
        pairs = [(a.old, a.new) for a in view.both]
        for old, new in (*pairs, *view.moved):
            yield from _between(old, new, (view.case.name,))


def _between(old: Manifest, new: Manifest, under: tuple[str, ...]) -> Iterator[Change]:
    before, after = pod(old), pod(new)
    if not before or not after or old.hooks:
        return
    had, has = (_mounted(one, m) for one, m in ((before, old), (after, new)))
    for place, source in had.items():
        if has.get(place) == source:
            continue
        container, path = place
        what = (
            f"{path} in {container} comes from {_told(has[place])} now and came from {_told(source)}"
            if place in has
            else f"nothing that lasts lies at {path} in {container} any more; {_told(source)} did"
        )
        hint = "copy what is there before you upgrade, or keep where it comes from"
        yield change("volume swapped", f"{new.label} {path}", what, hint, overlays=under)


def _mounted(one: Pod, manifest: Manifest) -> dict[tuple[str, str], str]:
    """What lasts, by container and path."""
    import json

    sources = {}
    for volume in one.volumes:
        for kind in LASTING:
            if kind in volume:
                sources[str(volume.get("name"))] = f"{kind} {json.dumps(volume[kind], sort_keys=True)}"
    templates = mapping(manifest.data.get("spec")).get("volumeClaimTemplates")
    for template in templates if isinstance(templates, list) else ():
        name = str(mapping(mapping(template).get("metadata")).get("name"))
        sources[name] = f"volumeClaimTemplate {json.dumps(name)}"
    found = {}
    for container in one.containers:
        if container.kind == "init":
            continue
        mounts = container.data.get("volumeMounts")
        for mount in mounts if isinstance(mounts, list) else ():
            source = sources.get(str(mapping(mount).get("name")))
            if source:
                path = mount.get("subPath") or mount.get("subPathExpr")
                inside = f" at {path}" if path else ""
                found[container.name, str(mount.get("mountPath"))] = source + inside
    return found


def _told(source: str) -> str:
    kind, _, rest = source.partition(" ")
    data, _, inside = rest.partition("} at ")
    import json

    try:
        decoded = json.loads(data if not inside else f"{data}}}")
    except ValueError:
        decoded = rest
    name = mapping(decoded).get("claimName") or (decoded if isinstance(decoded, str) else "")
    return f"{kind} {name}".strip() + (f" at {inside}" if inside else "")
