"""The way in from outside: an Ingress, or an HTTPRoute of the Gateway API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.blocks.shape import PodParts, Pods, main_port, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component
from chartgen.render import chart_file
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting

# Limits of one HTTPRoute: rules, matches of a rule, matches of all rules. Source: Gateway API v1.
_RULES, _MATCHES, _ALL_MATCHES = 16, 64, 127


def _serving(app: App) -> list[Component]:
    return [c for c in app.components.values() if c.serves]


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    if not app.routes:
        return
    yield chart_file(
        "templates/ingress.yaml",
        "ingress.yaml.j2",
        app=app,
        serving=_serving(app),
        main_port=main_port,
        metadata=metadata(
            app, "", "ingress", labels=".Values.ingress.labels", annotations=".Values.ingress.annotations"
        ),
    )
    routes = _routes(app)
    labels, annotations = ".Values.httpRoute.labels", ".Values.httpRoute.annotations"
    suffixes = ["", *(f"routes-{n}" for n in range(2, len(routes) + 1))]
    yield chart_file(
        "templates/httproute.yaml",
        "http_route.yaml.j2",
        app=app,
        routes=routes,
        metadata=[metadata(app, s, "http-route", labels=labels, annotations=annotations) for s in suffixes],
    )


Group = tuple[Component, str, list[str]]  # who answers, on which port, for which paths


def _groups(app: App) -> Iterator[Group]:
    """The paths of each component and port, in the order of the routes."""
    paths: dict[tuple[str, str], list[str]] = {}
    for route in app.routes:
        port = route.port or main_port(app.components[route.component])
        paths.setdefault((route.component, port), []).append(route.path)
    for (name, port), found in paths.items():
        for start in range(0, len(found), _MATCHES):
            yield app.components[name], port, found[start : start + _MATCHES]


def _routes(app: App) -> list[list[Group]]:
    """What fits into one HTTPRoute each. A Gateway sends a request to the longest path of all of them."""
    routes: list[list[Group]] = [[]]
    for group in _groups(app):
        paths = sum(len(found) for _, _, found in routes[-1])
        if len(routes[-1]) == _RULES or paths + len(group[2]) > _ALL_MATCHES:
            routes.append([])
        routes[-1].append(group)
    return routes


def settings(app: App) -> Iterator[Setting]:
    if not app.routes:
        return
    yield Setting(("ingress", "enabled"), False, {"type": "boolean"}, "Make an Ingress.")
    yield Setting(
        ("ingress", "className"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "Which controller serves it; empty means the default.",
    )
    yield Setting(
        ("ingress", "annotations"),
        {},
        ref("annotations"),
        "Annotations of the Ingress.",
        ({"cert-manager.io/cluster-issuer": "letsencrypt"},),
    )
    yield Setting(("ingress", "labels"), {}, ref("labels"), "Labels of the Ingress.")
    yield Setting(
        ("ingress", "hosts"),
        [],
        {"type": "array", "items": _host(app)},
        "Host names. Without `paths`, a host serves all routes of the application.",
        ([{"host": f"{app.name}.example.com"}],),
    )
    yield Setting(("ingress", "tls"), [], {"type": "array", "items": ref("ingressTLS")}, "Certificates.")
    yield from _http_route()


def _http_route() -> Iterator[Setting]:
    yield Setting(("httpRoute", "enabled"), False, {"type": "boolean"}, "Make an HTTPRoute.")
    yield Setting(("httpRoute", "annotations"), {}, ref("annotations"), "Annotations of the HTTPRoute.")
    yield Setting(("httpRoute", "labels"), {}, ref("labels"), "Labels of the HTTPRoute.")
    yield Setting(
        ("httpRoute", "parentRefs"),
        [],
        {"type": "array", "items": ref("routeParentRef"), "maxItems": 32},
        "The Gateways it belongs to.",
        ([{"name": "gateway", "sectionName": "https"}],),
    )
    yield Setting(
        ("httpRoute", "hostnames"),
        [],
        {"type": "array", "items": ref("hostnameOrWildcard"), "maxItems": 16},
        "Host names.",
    )
    yield Setting(
        ("httpRoute", "rules"),
        [],
        {"type": "array", "items": ref("routeRule"), "maxItems": 16},
        "Rules, instead of the routes of the application.",
    )


def _host(app: App) -> dict[str, Any]:
    components = sorted(c.name for c in _serving(app))
    path = {
        "type": "object",
        "properties": {
            "path": ref("httpPath"),
            "pathType": {"type": "string", "enum": ["Prefix", "Exact", "ImplementationSpecific"]},
            "service": {"type": "string", "enum": components},
            "port": ref("portName"),
        },
        "required": ["path", "service"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"host": ref("hostnameOrWildcard"), "paths": {"type": "array", "items": path}},
        "required": ["host"],
        "additionalProperties": False,
    }


def rules(app: App) -> Iterator[Rule]:
    if not app.routes:
        return
    yield Rule(
        "ingress.hosts: an Ingress needs at least one host.",
        (Clause(("ingress", "enabled"), "is", True), Clause(("ingress", "hosts"), "empty")),
    )
    yield Rule(
        "httpRoute.parentRefs: an HTTPRoute needs at least one Gateway.",
        (Clause(("httpRoute", "enabled"), "is", True), Clause(("httpRoute", "parentRefs"), "empty")),
    )


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
