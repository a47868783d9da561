"""What has to be read of a cluster for a plan: its own objects, those that it refers to, and rights."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.doctor.hosts import Reach, reaches, service
from chartgen.doctor.objects import entries
from chartgen.doctor.scripts import makes_secrets
from chartgen.doctor.site import Key, Right, Site, kind_of, needs
from chartgen.manifest import Manifest

RBAC = "rbac.authorization.k8s.io"
# Groups that are asked for whatever the plan holds: what it refers to is in them.
CERT_MANAGER = "cert-manager.io/v1"
GATEWAY = "gateway.networking.k8s.io/v1"
ALSO = ("v1", "scheduling.k8s.io/v1", "node.k8s.io/v1", CERT_MANAGER)
REFERRED = {
    **dict.fromkeys(("Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount"), "v1"),
    "PriorityClass": "scheduling.k8s.io/v1",
    "RuntimeClass": "node.k8s.io/v1",
}
DNS = Key("v1", "Service", "kube-system", "kube-dns")
# What Helm does to an object of a chart, to a hook, and to the Secret in which it keeps a release.
REGULAR, HOOK, KEPT = ("get", "create", "patch"), ("create", "delete"), ("get", "list", "create", "update")


def objects(site: Site) -> Iterator[Key]:
    """The objects of the plan, and what it refers to."""
    yield from (site.key(item) for item in site.plan.regular if not item.hooks)  # Helm makes hooks anew
    for kind, api_version in REFERRED.items():
        of_cluster = kind in ("PriorityClass", "RuntimeClass")
        for item, found in needs(site.plan, kind):
            space = "" if of_cluster else item.namespace or site.at.namespace
            yield Key(api_version, kind, space, found.name)
    for item in site.plan.regular:
        yield from gateways(site, item)
        if name := makes_secrets(item):
            yield Key("v1", "Secret", item.namespace or site.at.namespace, name)
    yield DNS
    for one in reaches(site.plan):
        if isinstance(one, Reach) and (key := service(one.host, site.at.namespace)[0]):
            yield key


def gateways(site: Site, item: Manifest) -> Iterator[Key]:
    """The Gateways that a route hangs on."""
    for parent in entries(item, "spec.parentRefs") if item.kind.endswith("Route") else ():
        if parent.get("kind", "Gateway") == "Gateway":
            space = str(parent.get("namespace") or item.namespace or site.at.namespace)
            yield Key(item.api_version, "Gateway", space, str(parent.get("name") or ""))


def rights(site: Site) -> Iterator[Right]:
    """What Helm, in the person's name, does in an install."""
    space = site.at.namespace
    yield Right("get", "", "namespaces", "", space)
    yield Right("create", "", "namespaces", "")
    yield from (Right(verb, "", "secrets", space) for verb in KEPT)
    for item in site.plan.regular:
        kind = kind_of(site.served, item)
        if kind is not None:
            where, group = site.key(item).namespace, item.api_version.rpartition("/")[0]
            yield from (Right(verb, group, kind.plural, where) for verb in (HOOK if item.hooks else REGULAR))
        yield from granted(site, item)
        yield from beyond(site, item)


def granted(site: Site, item: Manifest) -> Iterator[Right]:
    """What a Role gives: nobody may give what they have not, unless they may `escalate`. Source: Kubernetes
    documentation, "Using RBAC Authorization", restrictions on role creation."""
    if item.kind not in ("Role", "ClusterRole") or not item.api_version.startswith(f"{RBAC}/"):
        return
    space = site.key(item).namespace
    for rule in entries(item, "rules"):
        parts = [rule.get(key) for key in ("apiGroups", "resources", "verbs")]
        groups, resources, verbs = ([*map(str, p)] if isinstance(p, list) else [] for p in parts)
        named = rule.get("resourceNames")
        names = [*map(str, named)] if isinstance(named, list) and named else [""]
        for group in groups:
            for resource in resources:
                yield from (Right(verb, group, resource, space, name) for verb in verbs for name in names)


def beyond(site: Site, item: Manifest) -> Iterator[Right]:
    """The right to give what one has not."""
    if item.kind in ("Role", "ClusterRole") and item.api_version.startswith(f"{RBAC}/"):
        yield Right("escalate", RBAC, f"{item.kind.lower()}s", site.key(item).namespace)
