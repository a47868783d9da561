"""Reads what there is to know of a place before something is installed there, once, and without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from chartgen.cluster.gather import each, key_names, manifests
from chartgen.cluster.kubectl import Kubectl
from chartgen.cluster.rights import rights
from chartgen.doctor.before import wanted
from chartgen.doctor.site import RULES, SHARED, Key, Kind, Plan, Served, Site
from chartgen.doctor.snapshot import At, Unread
from chartgen.manifest import Manifest

LISTS = {"ResourceQuota": "resourcequotas", "LimitRange": "limitranges"}
SHARED_PATHS = {
    "StorageClass": "/apis/storage.k8s.io/v1/storageclasses",
    "IngressClass": "/apis/networking.k8s.io/v1/ingressclasses",
    "Node": "/api/v1/nodes",
}
SLICES = "kubernetes.io/service-name"


def survey(kubectl: Kubectl, release: str, at: At, plan: Plan, version: str) -> Site:
    """A site for a plan. The cluster must have been reached."""
    versions = dict.fromkeys([item.api_version for item in plan.manifests] + list(wanted.ALSO))
    served = dict(each(versions, lambda name: _kinds(kubectl, name)))
    site = Site(release, at, plan, version, served=served)
    paths = {kind: f"{_space(at.namespace)}/{LISTS[kind]}" for kind in RULES}
    paths |= {kind: SHARED_PATHS[kind] for kind in SHARED}
    lists = {kind: manifests(found, kind) for kind, found in each(paths, lambda k: kubectl.json(paths[k]))}
    space = kubectl.json(_space(at.namespace))
    here = Manifest(space, "cluster") if isinstance(space, Mapping) else space
    site = replace(site, namespace=here, lists=lists)
    keys = list(dict.fromkeys(wanted.objects(site)))
    site = replace(site, objects={key: _object(key, found) for key, found in _ask(kubectl, site, keys)})
    return replace(
        site,
        behind=_behind(kubectl, site),
        policies=_policies(kubectl, site),
        rights=rights(kubectl, wanted.rights(site), each),
    )


def _space(namespace: str) -> str:
    return f"/api/v1/namespaces/{quote(namespace, safe='')}"


def _kinds(kubectl: Kubectl, api_version: str) -> Served:
    """What a server has under a group and version. Source: Kubernetes documentation, "API discovery"."""
    found = kubectl.json(f"/{_base(api_version)}")
    if not isinstance(found, Mapping):
        return found
    listed = found.get("resources")
    return {
        str(entry.get("kind")): Kind(str(entry.get("name")), entry.get("namespaced") is True)
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, Mapping) and "/" not in str(entry.get("name"))
    }


def _base(api_version: str) -> str:
    parts = [quote(part, safe="") for part in api_version.split("/")]
    return "/".join(["apis" if len(parts) > 1 else "api", *parts])


def _ask(kubectl: Kubectl, site: Site, keys: Iterable[Key]) -> Iterable[tuple[Key, Any]]:
    """The objects that have a name in a kind that the server has."""
    paths = {key: path for key in keys if (path := _path(site, key))}
    return each(paths, lambda key: kubectl.json(paths[key]))


def _path(site: Site, key: Key) -> str:
    kinds = site.served.get(key.api_version)
    kind = kinds.get(key.kind) if isinstance(kinds, Mapping) else None
    if kind is None or not key.name:
        return ""
    space = f"/namespaces/{quote(key.namespace, safe='')}" if kind.namespaced else ""
    return f"/{_base(key.api_version)}{space}/{quote(kind.plural, safe='')}/{quote(key.name, safe='')}"


def _object(key: Key, found: Mapping[str, Any] | Unread | None) -> Manifest | Unread | None:
    """An object, with the names of its keys in the place of what a Secret or a ConfigMap holds."""
    if found is None or isinstance(found, Unread):
        return found
    data = {"apiVersion": key.api_version, **found, "kind": key.kind}
    if key.kind in ("Secret", "ConfigMap"):
        rest = {k: v for k, v in data.items() if k not in ("data", "binaryData", "stringData")}
        annotations = dict(_mapping(_mapping(rest.get("metadata")).get("annotations")))
        annotations.pop("kubectl.kubernetes.io/last-applied-configuration", None)  # it holds the data again
        meta = {**_mapping(rest.get("metadata")), "annotations": annotations}
        data = {**rest, "metadata": meta, "data": key_names(found)}
    return Manifest(data, "cluster")


def _behind(kubectl: Kubectl, site: Site) -> dict[Key, tuple[Manifest, ...] | Unread]:
    """The EndpointSlices of the Services that the plan reaches for."""

    def slices(key: Key) -> Any:
        selector = quote(f"{SLICES}={key.name}", safe="")
        space = f"/apis/discovery.k8s.io/v1/namespaces/{quote(key.namespace, safe='')}"
        return kubectl.json(f"{space}/endpointslices?labelSelector={selector}")

    there = [key for key in _services(site) if isinstance(site.objects.get(key), Manifest)]
    return {key: manifests(found, "EndpointSlice") for key, found in each(there, slices)}


def _policies(kubectl: Kubectl, site: Site) -> dict[str, tuple[Manifest, ...] | Unread]:
    spaces = list(dict.fromkeys(key.namespace for key in _services(site)))
    path = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"
    found = each(spaces, lambda space: kubectl.json(path.format(quote(space, safe=""))))
    return {space: manifests(answer, "NetworkPolicy") for space, answer in found}


def _services(site: Site) -> Iterator[Key]:
    """The Services that the plan reaches for, and the cluster's DNS."""
    made = {site.key(item) for item in site.plan.manifests}
    yield from (key for key in site.objects if key.kind == "Service" and key not in made)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
