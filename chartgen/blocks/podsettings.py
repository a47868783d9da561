"""The settings that every pod has, whatever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.blocks.shape import or_nothing
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component, Probe
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def pod_settings(app: App, component: Component) -> Iterator[Setting]:
    """The settings of a component's pods, health first."""
    yield from _health(component)
    for name, default, schema, help_ in _table(component):
        yield Setting((component.key, name), default, schema, help_)


def _health(component: Component) -> Iterator[Setting]:
    helps = {
        "startup": "Holds the other probes back until the program has started. `null` removes it.",
        "liveness": "Restarts the container when it fails. `null` removes it.",
        "readiness": "Takes the pod out of its Service while it fails. `null` removes it.",
    }
    for kind, help_ in helps.items():
        probe: Probe | None = getattr(component.probes, kind)
        definition = "readinessProbe" if kind == "readiness" else "livenessProbe"
        schema = ref(definition) if probe else or_nothing(definition)
        yield Setting((component.key, f"{kind}Probe"), _probe(component, probe), schema, help_)
    sleep = component.preStopSleep
    lifecycle = {"preStop": {"exec": {"command": ["sh", "-c", f"sleep {sleep}"]}}} if sleep else {}
    yield Setting((component.key, "lifecycle"), lifecycle, ref("lifecycle"), "Hooks of the container.")


def _probe(component: Component, probe: Probe | None) -> dict[str, Any]:
    if probe is None:
        return {}
    timing = {
        "initialDelaySeconds": probe.initialDelaySeconds,
        "periodSeconds": probe.periodSeconds,
        "timeoutSeconds": probe.timeoutSeconds,
        "failureThreshold": probe.failureThreshold,
    }
    return {**_asks(component, probe), **{k: v for k, v in timing.items() if v}}


def _asks(component: Component, probe: Probe) -> dict[str, Any]:
    if probe.command:
        return {"exec": {"command": list(probe.command)}}
    port = probe.port or next(name for name, p in component.ports.items() if p.protocol == "TCP")
    return {"httpGet": {"path": probe.path, "port": port}} if probe.path else {"tcpSocket": {"port": port}}


def _dns(component: Component) -> dict[str, Any]:
    dns = component.dns
    options = {**({} if dns.ndots is None else {"ndots": str(dns.ndots)}), **dns.options}
    listed = [{"name": name, **({"value": value} if value else {})} for name, value in options.items()]
    parts = {"nameservers": list(dns.nameservers), "searches": list(dns.searches), "options": listed}
    return {name: part for name, part in parts.items() if part}


def _each(definition: str) -> Mapping[str, Any]:
    return {"type": "array", "items": ref(definition)}


def _table(component: Component) -> Iterator[tuple[str, Any, Mapping[str, Any], str]]:
    name = or_empty(DNS_SUBDOMAIN)
    seconds = {"type": "integer", "minimum": 0, "maximum": 86400}
    yield "annotations", {}, ref("annotations"), f"Annotations of the {component.kind}."
    yield "labels", {}, ref("labels"), f"Labels of the {component.kind}."
    yield "podAnnotations", dict(component.annotations), ref("annotations"), "Annotations of the pods."
    yield "podLabels", {}, ref("labels"), "Labels of the pods; the labels that select them stay."
    yield (
        "podSecurityContext",
        dict(component.security.pod),
        ref("podSecurityContext"),
        "Security context of the pods.",
    )
    yield (
        "dnsPolicy",
        component.dns.policy,
        {"type": "string", "enum": ["", *_POLICIES]},
        "DNS policy of the pods.",
    )
    yield "dnsConfig", _dns(component), ref("podDNSConfig"), "DNS configuration of the pods."
    hosts = [{"ip": ip, "hostnames": list(names)} for ip, names in component.hostAliases.items()]
    yield "hostAliases", hosts, _each("hostAlias"), "Entries of /etc/hosts."
    if component.sharedMemory:
        yield "sharedMemory", component.sharedMemory, ref("storageSize"), "Size of /dev/shm."
    yield "enableServiceLinks", False, {"type": "boolean"}, _LINKS
    grace = component.terminationGracePeriodSeconds
    yield "terminationGracePeriodSeconds", grace, seconds, "Seconds to stop in."
    yield "nodeSelector", {}, ref("labels"), "Labels of the nodes that may run the pods."
    yield "tolerations", [], _each("toleration"), "Taints that the pods tolerate."
    yield "affinity", {}, ref("affinity"), "Affinity of the pods."
    yield "topologySpreadConstraints", [], _each("topologySpreadConstraint"), "How the pods spread."
    yield "priorityClassName", "", name, "Priority class of the pods."
    yield "runtimeClassName", "", name, "Runtime class of the pods."
    yield "schedulerName", "", name, "Scheduler of the pods."
    yield "extraVolumes", [], _each("volume"), "More volumes. Host paths are refused."
    yield "extraInitContainers", [], _each("initContainer"), "More init containers, after those of the chart."
    yield "extraContainers", [], _each("extraContainer"), "More containers."


def pod_rules(component: Component) -> Iterator[Rule]:
    """What a pod's settings do not allow together.

    Source: kubernetes/kubernetes, pkg/apis/core/validation, validatePodDNSConfig.
    """
    key = component.key
    yield Rule(
        f"{key}.dnsPolicy: None leaves the pods without a name server: "
        f"name one in {key}.dnsConfig.nameservers.",
        (
            Clause((key, "dnsPolicy"), "is", "None"),
            Clause((key, "dnsConfig", "nameservers"), "empty", inside=True),
        ),
    )


_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
_LINKS = (
    "Whether each Service of the namespace becomes environment variables, "
    "which may clash with the program's own."
)
