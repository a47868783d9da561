"""The objects of a rendering as they are without Helm: nothing in them that only Helm reads or does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chartgen.manifest import Manifest
from chartgen.raw.jobs import one_off

# The hooks that run in the course of an install or an upgrade, which `kubectl apply` is. The tests, and what
# runs when a release is deleted or rolled back, have nobody who runs them.
APPLIED = frozenset({"pre-install", "post-install", "pre-upgrade", "post-upgrade"})
# What Helm's own labels and annotations begin with, and the label that says who manages an object.
# Source: Helm documentation, "Labels and Annotations", "Chart Hooks".
_HELM = ("helm.sh/", "meta.helm.sh/")
_MANAGED_BY = ("app.kubernetes.io/managed-by", "Helm")
# Kinds that are in no namespace. Of a kind that is not known here an object gets the namespace of the others:
# the API server takes it away where there is none. Source: k8s.io/apiserver, rest.BeforeCreate.
_IN_NO_NAMESPACE = frozenset(
    """APIService ClusterIssuer ClusterRole ClusterRoleBinding ClusterSecretStore CSIDriver
    CustomResourceDefinition GatewayClass IngressClass MutatingWebhookConfiguration Namespace PersistentVolume
    PriorityClass RuntimeClass StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    ValidatingWebhookConfiguration VolumeSnapshotClass""".split()
)


def applied(manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
    """The objects of a rendering but for tests, and hooks of what is no install and no upgrade."""
    return tuple(each for each in manifests if _is_applied(each))


def without_helm(manifests: Iterable[Manifest], namespace: str) -> tuple[Manifest, ...]:
    """The objects as `kubectl apply` brings them to a cluster, in their order.

    Helm's own labels and annotations are left out. An object that names no namespace gets `namespace`, as
    Helm would see to. A Job has a name of its own for all that it does, and goes an hour after it has ended:
    see `one_off`.
    """
    objects = [_plain(each, namespace) for each in applied(manifests)]
    return tuple(one_off(each, objects) if each.kind == "Job" else each for each in objects)


def in_clear_text(manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
    """The Secrets that hold something: in a file anybody who has it reads them."""
    held = ("data", "stringData")
    return tuple(m for m in manifests if m.kind == "Secret" and any(m.data.get(key) for key in held))


def _is_applied(manifest: Manifest) -> bool:
    hooks = {hook.lower() for hook in manifest.hooks}
    return not hooks or not APPLIED.isdisjoint(hooks)


def _plain(manifest: Manifest, namespace: str) -> Manifest:
    """The object in its namespace, without what Helm alone reads."""
    metadata = dict(_metadata(manifest.metadata))
    if not metadata.get("namespace") and manifest.kind not in _IN_NO_NAMESPACE:
        name = [key for key in ("name", "generateName") if key in metadata]
        metadata = {**{key: metadata.pop(key) for key in name}, "namespace": namespace, **metadata}
    return replace(manifest, data={**manifest.data, "metadata": metadata})


def _metadata(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in metadata.items():
        if key not in ("labels", "annotations") or not isinstance(value, Mapping):
            yield key, value
        elif kept := {name: text for name, text in value.items() if not _is_helms(name, text)}:
            yield key, kept


def _is_helms(name: str, value: Any) -> bool:
    return name.startswith(_HELM) or (name, value) == _MANAGED_BY
