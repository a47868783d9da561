"""Ports: what sends somewhere names a port that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, Scene, entries, finding, mapping, once
from chartgen.errors import near_miss
from chartgen.findings import Finding
from chartgen.manifest.paths import below

if TYPE_CHECKING:
    from chartgen.manifest import Container, Reference

NAME = "ports"
HELP = "Services, Ingresses, routes and probes name ports that exist, and no port stands twice."
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def check(scene: Scene) -> Iterator[Finding]:
    """Containers, Services, then what points at Services."""
    for item in scene.pods:
        yield from _containers(item)
    for item in scene.of("Service"):
        yield from _service(scene, item)
    for item in scene.items:
        for reference in item.references:
            if reference.kind == "Service":
                yield from _backend(scene, item, reference)


@once
def _containers(item: Item) -> Iterator[Finding]:
    """Ports of containers that run side by side share one address; server-side apply keys them too."""
    together: dict[str, str] = {}
    for container in item.containers:
        seen = together if _lasting(container) else {}
        for path, port in entries(container.data, "ports", container.path):
            yield from _twice(item, path, seen, _number(port, "containerPort"))
            if port.get("name"):
                yield from _twice(item, path, seen, f"port name {port['name']!r}")
        yield from _probes(item, container)


def _lasting(container: Container) -> bool:
    """Whether it runs beside the others, and does not end before they start."""
    return container.kind != "init"


def _number(port: Mapping[str, Any], key: str) -> str:
    return f"port {port.get(key)}/{port.get('protocol', 'TCP')}"


def _twice(item: Item, path: str, seen: dict[str, str], what: str) -> Iterator[Finding]:
    if what in seen:
        hint = "remove one of the two: Helm 4 applies server-side and fails on duplicates"
        yield finding(NAME, item, path, f"{what} stands at {seen[what]} already", hint, item.blame)
    seen.setdefault(what, path)


def _probes(item: Item, container: Container) -> Iterator[Finding]:
    """A probe or hook that names its port, against the ports of its own container."""
    names = {str(port["name"]) for _, port in entries(container.data, "ports") if port.get("name")}
    lifecycle = mapping(container.data.get("lifecycle"))
    actions = [(below(container.path, p), container.data.get(p)) for p in PROBES]
    actions += [(below(f"{container.path}.lifecycle", p), lifecycle.get(p)) for p in ("postStart", "preStop")]
    for path, action in actions:
        for way in ("httpGet", "tcpSocket"):
            port = mapping(mapping(action).get(way)).get("port")
            if isinstance(port, str) and port not in names:
                what = f"the container has no port named {port!r}"
                yield finding(NAME, item, f"{path}.{way}.port", what, near_miss(port, names), item.blame)


def _service(scene: Scene, item: Item) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    ports = list(entries(item.spec, "ports", "spec"))
    for path, port in ports:
        yield from _twice(item, path, seen, _number(port, "port"))
        if port.get("name"):
            yield from _twice(item, path, seen, f"port name {port['name']!r}")
        elif len(ports) > 1:
            hint = "the API server asks for names as soon as there are two ports"
            yield finding(NAME, item, path, "has no name", hint, item.blame)
        yield from _target(scene, item, path, port)


def _target(scene: Scene, item: Item, path: str, port: Mapping[str, Any]) -> Iterator[Finding]:
    """The target port must be open in every pod that the Service selects."""
    selector = mapping(item.spec.get("selector"))
    target = port.get("targetPort", port.get("port"))
    protocol = port.get("protocol", "TCP")
    for other in scene.selected(selector, scene.namespace(item)):
        open_ports = [p for c in other.containers if _lasting(c) for _, p in entries(c.data, "ports")]
        key = "name" if isinstance(target, str) else "containerPort"
        if not any(p.get(key) == target and p.get("protocol", "TCP") == protocol for p in open_ports):
            what = f"no container of {other.manifest.label} has the port {target!r} ({protocol})"
            hint = f"its ports: {_list(open_ports, 'containerPort')}"
            yield finding(NAME, item, f"{path}.targetPort", what, hint, item.blame)


def _backend(scene: Scene, item: Item, reference: Reference) -> Iterator[Finding]:
    """The Service that an Ingress, a route or a StatefulSet names; in another namespace it is not ours."""
    own, path = scene.namespace(item), reference.path
    service = scene.find("Service", reference.name, reference.namespace or own)
    if service:
        yield from _backend_port(item, reference, service)
    elif reference.namespace in ("", own) and reference.name not in scene.given:
        near = near_miss(reference.name, (i.name for i in scene.of("Service")))
        yield finding(NAME, item, path, f"there is no Service {reference.name!r}", near, item.blame)


def _backend_port(item: Item, reference: Reference, service: Item) -> Iterator[Finding]:
    ports = [port for _, port in entries(service.spec, "ports")]
    known = {str(port.get(key)) for port in ports for key in ("name", "port")}
    if reference.key and reference.key not in known:
        what = f"{service.manifest.label} has no port {reference.key!r}"
        hint = f"its ports: {_list(ports, 'port')}"
        yield finding(NAME, item, reference.path, what, hint, item.blame)


def _list(ports: list[Mapping[str, Any]], key: str) -> str:
    """`http (80), dns (53)`."""
    words = (f"{p['name']} ({p.get(key)})" if p.get("name") else str(p.get(key)) for p in ports)
    return ", ".join(words) or "none"
