"""Sites for tests of what is examined before an install, out of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chartgen.doctor.before import wanted
from chartgen.doctor.site import RULES, SHARED, Key, Kind, Plan, Right, Site
from chartgen.doctor.snapshot import At, Unread
from chartgen.documents import load_all
from chartgen.manifest import Manifest
from tests.unit.doctor.stage import NAMESPACE

INSTALL = "helm upgrade --install shop charts/shop"
# What a Kubernetes of today has of the kinds that these tests use.
CORE = {
    "Namespace": Kind("namespaces", False),
    **{
        kind: Kind(f"{kind.lower()}s", True)
        for kind in (*("Secret", "ConfigMap", "Service", "PersistentVolumeClaim", "ServiceAccount", "Pod"),)
    },
}
SERVED: Mapping[str, Mapping[str, Kind] | Unread | None] = {
    "v1": CORE,
    "apps/v1": {kind: Kind(f"{kind.lower()}s", True) for kind in ("Deployment", "StatefulSet")},
    "batch/v1": {"Job": Kind("jobs", True)},
    "networking.k8s.io/v1": {"Ingress": Kind("ingresses", True)},
    "autoscaling/v2": {"HorizontalPodAutoscaler": Kind("horizontalpodautoscalers", True)},
    "rbac.authorization.k8s.io/v1": {"Role": Kind("roles", True), "RoleBinding": Kind("rolebindings", True)},
    "scheduling.k8s.io/v1": {"PriorityClass": Kind("priorityclasses", False)},
    "node.k8s.io/v1": {"RuntimeClass": Kind("runtimeclasses", False)},
    "gateway.networking.k8s.io/v1": {
        "HTTPRoute": Kind("httproutes", True),
        "Gateway": Kind("gateways", True),
    },
    "cert-manager.io/v1": None,
}
DENIED = Unread('secrets is forbidden: User "eve" cannot get it')


def manifests(text: str) -> tuple[Manifest, ...]:
    return tuple(
        Manifest({"apiVersion": "v1", **data}, "templates/x.yaml") for data in load_all(text, "test")
    )


def site(
    text: str = "",
    *,
    there: str = "",
    lists: str = "",
    unread: Mapping[str, str] | None = None,
    objects: Mapping[Key, Manifest | Unread | None] | None = None,
    may: bool | Unread = True,
    may_not: tuple[str, ...] = (),
    plan: Mapping[str, Any] | None = None,
    **more: Any,
) -> Site:
    """A site for the objects of `text`. `there` is what was found of what it makes and needs; all else is not
    there. `lists` are objects of the namespace and of the cluster; `unread` says of which kinds nothing could
    be read. Every right is there, but for those of `may_not` (`create roles`)."""
    made = Plan("charts/shop", manifests(text), **(plan or {}))
    found = manifests(lists)
    read: dict[str, tuple[Manifest, ...] | Unread] = {
        kind: tuple(item for item in found if item.kind == kind) for kind in (*RULES, *SHARED)
    }
    read |= {kind: Unread(reason) for kind, reason in (unread or {}).items()}
    place = Site("shop", At("shop"), made, "v1.34.1", NAMESPACE, SERVED, read)
    place = replace(place, **{name: value for name, value in more.items() if name == "served"})
    present = {(item.kind, item.name): item for item in manifests(there)}
    named = {key: present.get((key.kind, key.name)) for key in wanted.objects(place)}
    rights: dict[Right, bool | Unread] = {
        right: False if may is True and str(right) in may_not else may for right in wanted.rights(place)
    }
    return replace(place, objects={**named, **(objects or {})}, rights=rights, **more)
