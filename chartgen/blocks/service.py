"""A Service for each component that listens."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, IP, or_empty
from chartgen.model import App, Component
from chartgen.model.field import camel
from chartgen.render import chart_file
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def _serving(app: App) -> list[Component]:
    return [c for c in app.components.values() if c.serves]


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for component in _serving(app):
        values = f".Values.{component.key}.service"
        yield chart_file(
            f"templates/{component.name}-service.yaml",
            "service.yaml.j2",
            app=app,
            component=component,
            ports={name: p for name, p in component.ports.items() if p.exposed},
            metadata=metadata(
                app, component.name, labels=f"{values}.labels", annotations=f"{values}.annotations"
            ),
        )


def settings(app: App) -> Iterator[Setting]:
    for component in _serving(app):
        yield from _settings(component)


def _settings(component: Component) -> Iterator[Setting]:
    path = (component.key, "service")
    yield Setting(
        (*path, "type"),
        "ClusterIP",
        {"type": "string", "enum": ["ClusterIP", "NodePort", "LoadBalancer"]},
        "Who can reach it: the cluster, its nodes, or a load balancer.",
    )
    for name, port in component.ports.items():
        if port.exposed:
            yield Setting(
                (*path, "ports", camel(name)), port.service_port, ref("port"), f"Port {name} of the Service."
            )
            node_port = {"anyOf": [{"const": 0}, {"type": "integer", "minimum": 1, "maximum": 65535}]}
            yield Setting(
                (*path, "nodePorts", camel(name)),
                0,
                node_port,
                f"Port {name} on the nodes; 0 lets the cluster choose.",
            )
    ip = {"anyOf": [{"type": "string", "enum": ["", "None"]}, dict(IP)]}
    yield Setting((*path, "clusterIP"), "", ip, "Address in the cluster; `None` makes it headless.")
    policy = {"type": "string", "enum": ["", "Cluster", "Local"]}
    yield Setting((*path, "externalTrafficPolicy"), "", policy, "Where traffic from outside may go.")
    yield Setting((*path, "loadBalancerClass"), "", or_empty(DNS_SUBDOMAIN), "Which load balancer serves it.")
    yield Setting(
        (*path, "loadBalancerSourceRanges"),
        [],
        {"type": "array", "items": ref("cidr")},
        "Who may use the load balancer.",
    )
    yield Setting((*path, "annotations"), {}, ref("annotations"), "Annotations of the Service.")
    yield Setting((*path, "labels"), {}, ref("labels"), "Labels of the Service.")


def rules(app: App) -> Iterator[Rule]:
    for component in _serving(app):
        path = (component.key, "service")
        yield Rule(
            f"{component.key}.service.clusterIP: a headless Service has no port on nodes and no load balancer.",
            (Clause((*path, "clusterIP"), "is", "None"), Clause((*path, "type"), "is not", "ClusterIP")),
        )


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
