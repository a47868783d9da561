"""Volumes: claims that outlive the release, claims for each replica, and mounts."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import STORAGE_CLASS, Part, PodParts, Pods, literal, metadata, or_nothing
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, SUB_PATH, or_empty
from chartgen.model import App, Component, Mount, Volume
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting

# Argo CD reads `keep` as "do not delete with the application" only; not to prune needs its own word.
# Source: Argo CD documentation, "Sync Options".
KEEP = {"helm.sh/resource-policy": "keep", "argocd.argoproj.io/sync-options": "Prune=false"}
_RETAIN = f"(ternary {literal(KEEP)} dict {{}}.retain)"
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for volume in app.volumes.values():
        if volume.perReplica:
            continue
        values = f".Values.persistence.{volume.key}"
        yield chart_file(
            f"templates/{volume.name}-pvc.yaml",
            "pvc.yaml.j2",
            app=app,
            volume=volume,
            spec=fragment("claim_spec.yaml.j2", volume=volume),
            metadata=metadata(
                app,
                volume.name,
                labels=f"{values}.labels",
                annotations=f"{values}.annotations",
                own=_RETAIN.format(values),
                own_may_be_empty=True,
            ),
        )


def pod(app: App, component: Component) -> PodParts:
    every = {name: app.volumes[name] for name in component.mounts}
    return PodParts(
        volumes=tuple(_volume(app, v) for v in every.values() if not v.perReplica),
        mounts={
            name: tuple(Part(_mount(mount, app.volumes[volume])) for volume, mount in of.volumes.items())
            for name, of in component.containers.items()
        },
        claims=tuple(_claim_template(v) for v in every.values() if v.perReplica),
    )


def _volume(app: App, volume: Volume) -> Part:
    return Part(fragment("volume_claim.yaml.j2", app=app, volume=volume, certain=False))


def _mount(mount: Mount, volume: Volume) -> Fragment:
    values = "" if volume.perReplica else f".Values.persistence.{volume.key}.subPath"
    return fragment(
        "mount.yaml.j2",
        name=volume.name,
        path=mount.path,
        sub_path=mount.subPath,
        values_sub_path=values,
        read_only=mount.readOnly,
    )


def _claim_template(volume: Volume) -> Fragment:
    spec = fragment("claim_spec.yaml.j2", volume=volume)
    return fragment("claim_template.yaml.j2", volume=volume, spec=spec)


def settings(app: App) -> Iterator[Setting]:
    containers = [of for component in app.components.values() for of in component.containers.values()]
    # Mounted by somebody who does not say which folder of it.
    chosen = {name for of in containers for name, mount in of.volumes.items() if not mount.subPath}
    for volume in app.volumes.values():
        yield from _claim(volume)
        if not volume.perReplica:
            yield from _single(volume, volume.name in chosen)


def _claim(volume: Volume) -> Iterator[Setting]:
    path = ("persistence", volume.key)
    yield Setting(
        (*path, "storageClass"),
        "",
        STORAGE_CLASS,
        "Storage class; empty means the cluster's default, `-` means none (a volume made by hand).",
    )
    yield Setting(
        (*path, "accessModes"),
        list(volume.accessModes),
        {
            "type": "array",
            "items": {"type": "string", "enum": list(_MODES)},
            "minItems": 1,
            "uniqueItems": True,
            "$comment": "must have ReadWriteOncePod alone, or not at all",
            "not": {"contains": {"const": "ReadWriteOncePod"}, "minItems": 2},
        },
        "Who may mount it. Cannot change once the claim exists.",
    )
    yield Setting(
        (*path, "size"),
        volume.size,
        ref("storageSize"),
        "How much is asked for. A claim may grow, never shrink.",
        ("10Gi",),
    )
    yield Setting((*path, "selector"), {}, ref("labelSelector"), "Labels of the volume to bind.")
    yield Setting((*path, "volumeName"), "", or_empty(DNS_SUBDOMAIN), "The volume to bind.")
    yield Setting(
        (*path, "dataSource"), {}, or_nothing("typedLocalObjectReference"), "What a new claim is filled from."
    )
    yield Setting(
        (*path, "dataSourceRef"), {}, or_nothing("typedObjectReference"), "What a new claim is filled from."
    )


def _single(volume: Volume, chosen: bool) -> Iterator[Setting]:
    path = ("persistence", volume.key)
    about = f" {volume.description}" if volume.description else ""
    yield Setting((*path, "enabled"), volume.enabled, {"type": "boolean"}, f"Keep it when pods go.{about}")
    yield Setting(
        (*path, "existingClaim"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "Use this claim instead of making one.",
        ("my-claim",),
    )
    if chosen:
        yield Setting((*path, "subPath"), "", or_empty(SUB_PATH), "Folder of the volume to use.")
    yield Setting(
        (*path, "retain"),
        volume.retain,
        {"type": "boolean"},
        "Keep the claim when the release is uninstalled.",
    )
    yield Setting((*path, "annotations"), {}, ref("annotations"), "Annotations of the claim.")
    yield Setting((*path, "labels"), {}, ref("labels"), "Labels of the claim.")


def rules(app: App) -> Iterator[Rule]:
    for volume in app.volumes.values():
        path = ("persistence", volume.key)
        yield Rule(
            f"persistence.{volume.key}: dataSource and dataSourceRef say the same thing, give one.",
            (Clause((*path, "dataSource"), "set"), Clause((*path, "dataSourceRef"), "set")),
        )
