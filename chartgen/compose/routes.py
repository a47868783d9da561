"""Which of the published ports people open in a browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.compose import plain
from chartgen.compose.notation import PortUse
from chartgen.compose.notice import Notice
from chartgen.compose.plan import Plan, is_kept_by
from chartgen.compose.tree import Map
from chartgen.frozen import Frozen

_USUAL = (80, 443, 8080, 3000)


class Routed(Frozen):
    """Routes of app.yaml, the component at `/`, and what is reached in another way."""

    routes: list[dict[str, str]]
    main: str
    notices: tuple[Notice, ...]


def routes(plan: Plan, components: Mapping[str, Any]) -> Routed:
    """What ushadow says, or `/` for the service that looks most like the one people see."""
    said = list(_said(plan, components))
    candidates = list(_candidates(plan, components))
    best = min(candidates, key=lambda found: _rank(plan, *found), default=None)
    found = said or ([_route(plan, *best)] if best else [])
    main = next((r["component"] for r in found if r["path"] == "/"), found[0]["component"] if found else "")
    chosen = {(r["component"], r.get("port", _first(plan, components, r["component"]))) for r in found}
    return Routed(found, main, tuple(_others(plan, components, chosen)))


def _candidates(plan: Plan, components: Mapping[str, Any]) -> Iterator[tuple[str, str, PortUse]]:
    for name, component in plan.components.items():
        service = plan.services[name]
        published = {port.target: port for port in service.ports if port.host in ("", "0.0.0.0", "::")}
        for key, port in plan.ports[name].items():
            web = key in ("http", "https") or (
                port.protocol == "tcp" and not is_kept_by(service) and key[:4] == "tcp-"
            )
            if web and port.target in published and key in components[component].get("ports", {}):
                yield name, key, published[port.target]


def _rank(plan: Plan, name: str, key: str, port: PortUse) -> tuple[bool, bool, bool]:
    """Least is what people most likely open."""
    return key not in ("http", "https"), is_kept_by(plan.services[name]), port.published not in _USUAL


def _route(plan: Plan, name: str, key: str, _port: PortUse) -> dict[str, str]:
    first = next(iter(plan.ports[name]))
    return {"path": "/", "component": plan.components[name], **({"port": key} if key != first else {})}


def _first(plan: Plan, components: Mapping[str, Any], component: str) -> str:
    return next(iter(components[component].get("ports", {})), "")


def _said(plan: Plan, components: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The routes that ushadow's metadata names."""
    every = plan.project.tree.get("x-ushadow")
    for name, component in plan.components.items():
        entry = every.get(name) if isinstance(every, Map) else None
        for route in (entry.get("routes") or ()) if isinstance(entry, Map) else ():
            path = plain.text_of(route.get("path")) if isinstance(route, Map) else ""
            number = plain.number(route.get("internal_port")) if isinstance(route, Map) else None
            key = plan.port_name(name, number or 0)
            if path.startswith("/") and key in components[component].get("ports", {}):
                named = {"port": key} if key != next(iter(plan.ports[name])) else {}
                yield {"path": path, "component": component, **named}


def _others(plan: Plan, components: Mapping[str, Any], chosen: set[tuple[str, str]]) -> Iterator[Notice]:
    for name, component in plan.components.items():
        service = plan.services[name]
        for port in service.ports:
            key = next((k for k, p in plan.ports[name].items() if p == port or p.target == port.target), "")
            if (
                (component, key) not in chosen
                and key in components[component].get("ports", {})
                and not port.host
            ):
                advice = f"kubectl port-forward service/RELEASE-{component} {port.target} reaches it"
                what = f"{name}: port {port.target} is published by no route"
                yield Notice(service.where("ports"), what, advice, "note", name)
