"""What an object refers to by name: ConfigMaps, Secrets, claims, accounts, roles, Services, targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from chartgen.manifest.paths import below, follow
from chartgen.manifest.pods import pod

if TYPE_CHECKING:
    from chartgen.manifest.objects import Manifest


class Reference(NamedTuple):
    """One name. `key` is the key of a ConfigMap or Secret, or the port of a Service, "" for none.

    `path` leads to the name; `namespace` is "" unless the reference says another than the object's.
    """

    kind: str
    name: str
    key: str
    optional: bool
    path: str
    namespace: str = ""


class _Row(NamedTuple):
    """Where a name stands: under `field` of whatever `pattern` leads to, which is a `kind`.

    A `kind` beside the name says otherwise, and `only` this kind counts then.
    """

    pattern: str
    kind: str
    field: str = "name"
    keys: tuple[str, ...] = ()
    only: str = ""


_CONTAINER = (
    _Row("env[].valueFrom.configMapKeyRef", "ConfigMap", keys=("key",)),
    _Row("env[].valueFrom.secretKeyRef", "Secret", keys=("key",)),
    _Row("envFrom[].configMapRef", "ConfigMap"),
    _Row("envFrom[].secretRef", "Secret"),
)
_ITEMS = ("items[].key",)
_POD = (
    _Row("", "ServiceAccount", "serviceAccountName"),
    _Row("", "PriorityClass", "priorityClassName"),
    _Row("", "RuntimeClass", "runtimeClassName"),
    _Row("imagePullSecrets[]", "Secret"),
    _Row("volumes[].configMap", "ConfigMap", keys=_ITEMS),
    _Row("volumes[].secret", "Secret", "secretName", _ITEMS),
    _Row("volumes[].persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
    _Row("volumes[].projected.sources[].configMap", "ConfigMap", keys=_ITEMS),
    _Row("volumes[].projected.sources[].secret", "Secret", keys=_ITEMS),
    _Row("volumes[].csi.nodePublishSecretRef", "Secret"),
    _Row("volumes[].azureFile", "Secret", "secretName"),
    *(
        _Row(f"volumes[].{source}.secretRef", "Secret")
        for source in ("cephfs", "rbd", "iscsi", "flexVolume", "scaleIO", "storageos")
    ),
)
_PORT = ("port.name", "port.number")
_ROUTE = (
    _Row("spec.rules[].backendRefs[]", "Service", keys=("port",), only="Service"),
    _Row("spec.rules[].filters[].requestMirror.backendRef", "Service", keys=("port",), only="Service"),
)
_BINDING = (_Row("roleRef", ""), _Row("subjects[]", "", only="ServiceAccount"))
_SCALER = (_Row("spec.scaleTargetRef", "Deployment"),)
_WEBHOOK = (_Row("webhooks[].clientConfig.service", "Service", keys=("port",)),)
_CLAIM = (
    _Row("spec", "StorageClass", "storageClassName"),
    _Row("spec", "PersistentVolume", "volumeName"),
    _Row("spec.dataSource", "", only="PersistentVolumeClaim"),
    _Row("spec.dataSourceRef", "", only="PersistentVolumeClaim"),
)
_KINDS: Mapping[str, tuple[_Row, ...]] = {
    "Ingress": (
        _Row("spec.rules[].http.paths[].backend.service", "Service", keys=_PORT),
        _Row("spec.defaultBackend.service", "Service", keys=_PORT),
        _Row("spec.tls[]", "Secret", "secretName"),
        _Row("spec", "IngressClass", "ingressClassName"),
    ),
    **dict.fromkeys(("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"), _ROUTE),
    "Gateway": (_Row("spec.listeners[].tls.certificateRefs[]", "Secret", only="Secret"),),
    **dict.fromkeys(("RoleBinding", "ClusterRoleBinding"), _BINDING),
    **dict.fromkeys(("HorizontalPodAutoscaler", "ScaledObject"), _SCALER),
    "VerticalPodAutoscaler": (_Row("spec.targetRef", "Deployment"),),
    "StatefulSet": (
        _Row("spec", "Service", "serviceName"),
        _Row("spec.volumeClaimTemplates[].spec", "StorageClass", "storageClassName"),
    ),
    "ServiceAccount": (_Row("imagePullSecrets[]", "Secret"), _Row("secrets[]", "Secret")),
    "PersistentVolumeClaim": _CLAIM,
    **dict.fromkeys(("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"), _WEBHOOK),
    "APIService": (_Row("spec.service", "Service", keys=("port",)),),
}


def references(manifest: Manifest) -> tuple[Reference, ...]:
    """Every name in `manifest` that has to be the name of another object.

    A volume with `items` gives a reference for each key; what is not of the right type is passed over.
    """
    found = list(_all(_KINDS.get(manifest.kind, ()), manifest.data, ""))
    template = pod(manifest)
    if template:
        found += _all(_POD, template.spec, template.path)
        for container in template.containers:
            found += _all(_CONTAINER, container.data, container.path)
    return tuple(found)


def _all(rows: tuple[_Row, ...], data: Mapping[str, Any], path: str) -> Iterator[Reference]:
    for row in rows:
        for place, holder in follow(data, row.pattern, path):
            if isinstance(holder, dict | Mapping):
                yield from _one(row, holder, place)


def _one(row: _Row, holder: Mapping[str, Any], place: str) -> Iterator[Reference]:
    name = holder.get(row.field)
    kind = str((holder.get("kind") if row.field == "name" else "") or row.kind or row.only)
    if not isinstance(name, str) or not name or row.only not in ("", kind):
        return
    keys = [str(key) for pattern in row.keys for _, key in follow(holder, pattern)]
    for key in keys or [""]:
        optional = holder.get("optional") is True
        yield Reference(
            kind, name, key, optional, below(place, row.field), str(holder.get("namespace") or "")
        )
