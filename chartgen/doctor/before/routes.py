"""Somebody serves the way in: an ingress class, or the Gateways that routes hang on."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.before import wanted
from chartgen.doctor.objects import at, entries, inside
from chartgen.doctor.site import Key, Site
from chartgen.doctor.snapshot import Unread
from chartgen.errors import near_miss
from chartgen.manifest import Manifest

NAME = "routes"
HELP = "An ingress class or a Gateway serves the way in."
DEFAULT = "ingressclass.kubernetes.io/is-default-class"
OLD = "kubernetes.io/ingress.class"


def examine(site: Site) -> Iterator[Diagnosis]:
    ways = [item for item in site.plan.regular if item.kind == "Ingress"]
    for item in ways:
        yield _ingress(site, item)
    for item in site.plan.regular:
        for key in wanted.gateways(site, item):
            ways.append(item)
            yield _gateway(site, item, key)
    if not ways:
        yield Diagnosis(NAME, State.FINE, "", "no Ingress and no route is asked for")


def _ingress(site: Site, item: Manifest) -> Diagnosis:
    named = at(item, "spec.ingressClassName") or inside(item.metadata, "annotations").get(OLD)
    classes = {one.name: one for one in site.all("IngressClass")}
    choose = site.install("ingress.className=CLASS")
    cure = f"install an Ingress controller, or name the class of one (kubectl get ingressclass):\n{choose}"
    if named and str(named) in classes:
        of = at(classes[str(named)], "spec.controller", "?")
        return Diagnosis(NAME, State.FINE, item.label, f"class {named} is there, for controller {of}")
    if named:
        near = near_miss(str(named), classes)
        what = f"there is no IngressClass {named}" + (f"; {near}" if near else "")
        return Diagnosis(NAME, State.WRONG, item.label, what, cure)
    default = [n for n, c in classes.items() if inside(c.metadata, "annotations").get(DEFAULT) == "true"]
    if len(default) == 1:
        return Diagnosis(NAME, State.FINE, item.label, f"names no class; {default[0]} is the default")
    if not classes:
        return Diagnosis(NAME, State.WRONG, item.label, "names no class, and the cluster has none", cure)
    what = f"names no class, and none is the default of {', '.join(classes)}"
    return Diagnosis(NAME, State.WRONG, item.label, what, cure)


def _gateway(site: Site, item: Manifest, key: Key) -> Diagnosis:
    label = f"Gateway/{key.name}"
    if not isinstance(site.served.get(key.api_version), dict):
        return Diagnosis(NAME, State.UNKNOWN, label, "the cluster has no Gateways: see kinds")
    found = site.objects.get(key, Unread("it was not asked for"))
    look = site.kubectl("get", "gateways", "--all-namespaces")
    if isinstance(found, Unread):
        return Diagnosis(NAME, State.UNKNOWN, label, found.reason, look)
    if found is None:
        what = f"is not in namespace {key.namespace}, and {item.label} hangs on it"
        return Diagnosis(
            NAME, State.WRONG, label, what, f"name one that is there (httpRoute.parentRefs):\n{look}"
        )
    home = item.namespace or site.at.namespace
    opens = [
        inside(inside(one, "allowedRoutes"), "namespaces").get("from")
        for one in entries(found, "spec.listeners")
    ]
    if key.namespace != home and opens and all(way in (None, "Same") for way in opens):
        what = f"takes routes of its own namespace alone, {key.namespace}, and {item.label} is in {home}"
        cure = "let a listener of it allow them (allowedRoutes.namespaces.from):\n"
        edit = site.kubectl("edit", "gateway", key.name, "--namespace", key.namespace)
        return Diagnosis(NAME, State.WRONG, label, what, cure + edit)
    return Diagnosis(NAME, State.FINE, label, f"is there, and {item.label} may hang on it")
