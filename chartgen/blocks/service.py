"""A Service for each component that listens."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import IP
from chartgen.model import App, Component
from chartgen.model.field import camel
from chartgen.render import Fragment, chart_file
from chartgen.rules import Clause, Rule
from chartgen.settings import Path, Setting


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
            metadata=metadata(
                app, component.name, labels=f"{values}.labels", annotations=f"{values}.annotations"
            ),
        )
        for alias in component.aliases:
            yield _alias(app, component, alias)
    for component in app.components.values():
        if component.kind == "StatefulSet":
            yield chart_file(
                f"templates/{component.name}-headless-service.yaml",
                "service_headless.yaml.j2",
                app=app,
                component=component,
                metadata=metadata(app, f"{component.name}-headless", component.name),
            )


def _alias(app: App, component: Component, alias: str) -> ChartFile:
    return chart_file(
        f"templates/{component.name}-alias-{alias}-service.yaml",
        "service_alias.yaml.j2",
        app=app,
        component=component,
        alias=alias,
        metadata=metadata(app, alias, component.name, name=Fragment(alias)),
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
    yield from _ports(component, path)
    if component.aliases:
        names = ", ".join(component.aliases)
        help_ = f"Answer to these plain names as well: {names}. Two releases in one namespace cannot both."
        yield Setting((*path, "aliases"), True, {"type": "boolean"}, help_)
    ip = {"anyOf": [{"type": "string", "enum": ["", "None"]}, dict(IP)]}
    yield Setting((*path, "clusterIP"), "", ip, "Address in the cluster; `None` makes it headless.")
    policy = {"type": "string", "enum": ["", "Cluster", "Local"]}
    yield Setting((*path, "externalTrafficPolicy"), "", policy, "Where traffic from outside may go.")
    # A label's key: source k8s.io/kubernetes, pkg/apis/core/validation, ValidateLoadBalancerClassField.
    balancer = {"anyOf": [{"const": ""}, ref("labelKey")]}
    yield Setting((*path, "loadBalancerClass"), "", balancer, "Which load balancer serves it.")
    yield Setting(
        (*path, "loadBalancerSourceRanges"),
        [],
        {"type": "array", "items": ref("cidr")},
        "Who may use the load balancer.",
    )
    yield Setting((*path, "annotations"), {}, ref("annotations"), "Annotations of the Service.")
    yield Setting((*path, "labels"), {}, ref("labels"), "Labels of the Service.")


def _ports(component: Component, path: Path) -> Iterator[Setting]:
    node_port = {"anyOf": [{"const": 0}, {"type": "integer", "minimum": 1, "maximum": 65535}]}
    for name, port in component.exposed.items():
        key = camel(name)
        yield Setting((*path, "ports", key), port.service_port, ref("port"), f"Port {name} of the Service.")
        help_ = f"Port {name} on the nodes; 0 lets the cluster choose."
        yield Setting((*path, "nodePorts", key), 0, node_port, help_)


def rules(app: App) -> Iterator[Rule]:
    for component in _serving(app):
        path = (component.key, "service")
        yield Rule(
            f"{component.key}.service.clusterIP: a headless Service has no port on nodes "
            "and no load balancer.",
            (Clause((*path, "clusterIP"), "is", "None"), Clause((*path, "type"), "is not", "ClusterIP")),
        )


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
