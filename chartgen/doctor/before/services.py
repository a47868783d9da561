"""What the application needs beside itself is where its URLs say: Services with ready pods.

Nothing is run in the cluster, so a name outside it is not tried: it may resolve here and not there. What a
network lets through is not to be read either; a NetworkPolicy in the way is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.before.wanted import DNS
from chartgen.doctor.hosts import Reach, Sealed, reaches, service
from chartgen.doctor.objects import at, entries, inside
from chartgen.doctor.site import Key, Site
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "services"
HELP = "The services that the application needs are there, and the cluster's DNS is."


def examine(site: Site) -> Iterator[Diagnosis]:
    yield _dns(site)
    made = {site.key(item) for item in site.plan.regular}
    for one in reaches(site.plan):
        if isinstance(one, Sealed):
            what = f"its URL lies in Secret/{one.secret}, which is not looked into"
            yield Diagnosis(NAME, State.UNKNOWN, one.variable, what)
        elif service(one.host, site.at.namespace)[0] not in made:
            yield _one(site, one)


def _dns(site: Site) -> Diagnosis:
    found, ready = site.objects.get(DNS), _ready(site, DNS)
    if isinstance(found, Unread) or isinstance(ready, Unread):
        why = found.reason if isinstance(found, Unread) else ready.reason if isinstance(ready, Unread) else ""
        return Diagnosis(NAME, State.UNKNOWN, "DNS", why)
    if found is None:
        what = "there is no Service kube-dns in kube-system: this cluster's DNS is called otherwise"
        return Diagnosis(
            NAME, State.UNKNOWN, "DNS", what, site.kubectl("get", "services", "--all-namespaces")
        )
    if not ready:
        cure = site.kubectl("get", "pods", "--namespace", DNS.namespace)
        return Diagnosis(NAME, State.WRONG, "DNS", "no pod behind the cluster's DNS is ready", cure)
    return Diagnosis(NAME, State.FINE, "DNS", f"{ready} ready behind Service kube-dns")


def _one(site: Site, one: Reach) -> Diagnosis:
    key, is_sure = service(one.host, site.at.namespace)
    subject = f"{one.variable} {one.host}" + (f":{one.port}" if one.port else "")
    found = site.objects.get(key) if key else None
    if key is None or (found is None and not is_sure):
        what = "is outside the cluster: whether its pods reach it cannot be told from here"
        return Diagnosis(
            NAME, State.UNKNOWN, subject, what, "chartgen runs nothing in a cluster; helm test asks"
        )
    if isinstance(found, Unread):
        return Diagnosis(NAME, State.UNKNOWN, subject, found.reason)
    if found is None:
        what = f"there is no Service {key.name} in namespace {key.namespace}"
        return Diagnosis(NAME, State.WRONG, subject, what, _cure(site, one))
    return _there(site, one, key, found, subject)


def _there(site: Site, one: Reach, key: Key, found: Manifest, subject: str) -> Diagnosis:
    label = f"Service/{key.name}"
    if at(found, "spec.type") == "ExternalName":
        what = f"{label} stands for {at(found, 'spec.externalName', '?')}, outside the cluster"
        return Diagnosis(NAME, State.UNKNOWN, subject, what)
    ports = [port.get("port") for port in entries(found, "spec.ports")]
    headless = at(found, "spec.clusterIP") == "None"  # it has no ports of its own: pods are reached directly
    if one.port and ports and one.port not in ports and not headless:
        what = f"{label} has no port {one.port}, only {', '.join(map(str, ports))}"
        return Diagnosis(NAME, State.WRONG, subject, what, _cure(site, one))
    ready = _ready(site, key)
    if isinstance(ready, Unread):
        return Diagnosis(NAME, State.UNKNOWN, subject, f"{label} is there: {ready.reason}")
    if not ready:
        cure = site.kubectl("get", "pods", "--namespace", key.namespace)
        return Diagnosis(NAME, State.WRONG, subject, f"no pod behind {label} is ready", cure)
    return _open(site, key, found, subject, f"{label} is there, {ready} ready behind it")


def _open(site: Site, key: Key, found: Manifest, subject: str, what: str) -> Diagnosis:
    """Whether a NetworkPolicy may keep ours away from it."""
    policies = site.policies.get(key.namespace, ())
    if isinstance(policies, Unread):
        return Diagnosis(NAME, State.FINE, subject, f"{what}; network policies were not to be read")
    selector = inside(inside(found.data, "spec"), "selector")
    guards = [one.name for one in policies if _guards(one, selector)]
    if guards:
        look = site.kubectl("describe", "networkpolicy", guards[0], "--namespace", key.namespace)
        what = f"{what}; NetworkPolicy/{guards[0]} of namespace {key.namespace} decides who gets in"
        return Diagnosis(NAME, State.UNKNOWN, subject, what, look)
    return Diagnosis(NAME, State.FINE, subject, what)


def _guards(policy: Manifest, selector: Mapping[str, Any]) -> bool:
    """Whether it selects the pods of a Service for what comes in. An expression is taken to select them."""
    kinds = str(at(policy, "spec.policyTypes", "Ingress"))
    wanted = inside(inside(inside(policy.data, "spec"), "podSelector"), "matchLabels")
    return "Ingress" in kinds and all(selector.get(key, value) == value for key, value in wanted.items())


def _ready(site: Site, key: Key) -> int | Unread:
    """Addresses that are ready. An unset condition means ready (API reference)."""
    slices = site.behind.get(key, ())
    if isinstance(slices, Unread):
        return slices
    found = [one for part in slices for one in entries(part, "endpoints")]
    ready = [one for one in found if inside(one, "conditions").get("ready") is not False]
    return len({str(inside(one, "targetRef").get("name") or one.get("addresses")) for one in ready})


def _cure(site: Site, one: Reach) -> str:
    name = site.plan.externals.get(one.variable)
    if name:
        return f"install it there, or say where it is:\n{site.install(f'external.{name}.url=URL')}"
    return f"install it there, or mend {one.variable} in the values"
