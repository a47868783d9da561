"""What objects refer to exists: in the rendering, in the cluster by a person's word, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, Scene, entries, finding, mapping, once
from chartgen.errors import near_miss
from chartgen.findings import Finding

if TYPE_CHECKING:
    from chartgen.manifest import Reference

NAME = "references"
HELP = "Every ConfigMap, Secret, claim, account, role, key and volume that is named exists, and in time."
# Made by Kubernetes in every namespace, or in every cluster.
BUILT_IN = {
    "ConfigMap": ("kube-root-ca.crt",),
    "ServiceAccount": ("default",),
    "PriorityClass": ("system-cluster-critical", "system-node-critical"),
    "ClusterRole": ("cluster-admin", "admin", "edit", "view", "system:auth-delegator"),
}
CLUSTER_WIDE = (
    *("ClusterRole", "PriorityClass", "RuntimeClass", "StorageClass", "IngressClass"),
    "PersistentVolume",
)
# Helm waits for these before anything that is not a hook is there.
EARLY = ("pre-install", "pre-upgrade", "pre-rollback")


def check(scene: Scene) -> Iterator[Finding]:
    """References between objects, then the mounts of volumes inside each pod."""
    made = {(kind, name) for item in scene.items for kind, name in _makes(item)}
    for item in scene.items:
        for reference in item.references:
            if reference.kind != "Service":  # the business of `ports`
                yield from _reference(scene, item, reference, made)
        yield from _mounts(item)


def _reference(
    scene: Scene, item: Item, reference: Reference, made: set[tuple[str, str]]
) -> Iterator[Finding]:
    kind, name = reference.kind, reference.name
    own = scene.namespace(item)
    target = scene.find(kind, name, reference.namespace or own) or _cluster_wide(scene, kind, name)
    if target:
        yield from _key(item, reference, target)
        yield from _in_time(item, reference, target)
    elif not (
        reference.optional
        or reference.namespace not in ("", own)
        or _known(scene, kind, name)
        or (kind, name) in made
    ):
        near = near_miss(name, (i.name for i in scene.of(kind)))
        hint = f"make it, or name one that exists in the values{f'; {near}' if near else ''}"
        yield finding(NAME, item, reference.path, f"there is no {kind} {name!r}", hint, item.blame)


def _cluster_wide(scene: Scene, kind: str, name: str) -> Item | None:
    if kind not in CLUSTER_WIDE:
        return None
    return next((i for i in scene.of(kind) if i.name == name), None)


def _known(scene: Scene, kind: str, name: str) -> bool:
    """Whether somebody else vouches for it: Kubernetes, or a person who wrote its name in the values."""
    return name in BUILT_IN.get(kind, ()) or name in scene.given


def _key(item: Item, reference: Reference, target: Item) -> Iterator[Finding]:
    if not reference.key or reference.optional or target.kind not in ("ConfigMap", "Secret"):
        return
    keys = {key for part in ("data", "stringData", "binaryData") for key in mapping(target.data.get(part))}
    if reference.key not in keys:
        what = f"{target.manifest.label} has no key {reference.key!r}"
        yield finding(NAME, item, reference.path, what, near_miss(reference.key, keys), item.blame)


def _in_time(item: Item, reference: Reference, target: Item) -> Iterator[Finding]:
    """A hook that runs first cannot wait for what comes after it.

    Source: Helm, pkg/action/install.go: hooks before the install run to their end, ordered by weight,
    before any object that is not a hook is created.
    """
    early = [hook for hook in item.hooks if hook in EARLY]
    if not early or reference.optional:
        return
    hint = "run the hook later (post-install), or make what it needs a hook of the same kind and lower weight"
    for hook in early:
        if hook == "pre-install" and not target.hooks:
            what = f"{hook} runs before {target.manifest.label} is created, and waits for ever"
            yield finding(NAME, item, reference.path, what, hint, item.blame)
        elif hook in target.hooks and _order(target) > _order(item):
            what = f"{hook} runs before {target.manifest.label}, whose hook weight is higher"
            yield finding(NAME, item, reference.path, what, hint, item.blame)


def _order(item: Item) -> tuple[int, str]:
    """Hooks run by weight, then by name, whatever their kind. Source: Helm, hooks.go, hookByWeight."""
    try:
        weight = int(item.annotations.get("helm.sh/hook-weight", 0))
    except ValueError:
        weight = 0
    return weight, item.name


@once
def _makes(item: Item) -> Iterator[tuple[str, str]]:
    """What an object brings into being that the rendering does not show."""
    match item.kind:
        case "ExternalSecret":
            yield "Secret", str(mapping(item.spec.get("target")).get("name") or item.name)
        case "SealedSecret":
            yield "Secret", item.name
        case "Certificate":
            yield "Secret", str(item.spec.get("secretName", ""))
        case "Ingress" if any(key.startswith("cert-manager.io/") for key in item.annotations):
            yield from (("Secret", str(tls.get("secretName", ""))) for _, tls in entries(item.spec, "tls"))
        case "Job" if item.hooks:
            yield from (("Secret", name) for c in item.containers for name in _creates(c.data))


def _creates(container: Mapping[str, Any]) -> Iterator[str]:
    """The Secret that our own hook Job creates: its script reads the name from SECRET_NAME."""
    for _, entry in entries(container, "env"):
        if entry.get("name") == "SECRET_NAME":
            yield str(entry.get("value", ""))


@once
def _mounts(item: Item) -> Iterator[Finding]:
    volumes = {str(volume.get("name")) for _, volume in item.volumes}
    volumes |= {
        str(mapping(claim.get("metadata")).get("name"))
        for _, claim in entries(item.spec, "volumeClaimTemplates")
    }
    for container in item.containers:
        for key in ("volumeMounts", "volumeDevices"):
            for path, mount in entries(container.data, key, container.path):
                name = str(mount.get("name"))
                if name not in volumes:
                    what = f"mounts the volume {name!r}, which the pod does not have"
                    yield finding(NAME, item, path, what, near_miss(name, volumes), item.blame)
