"""The cluster has every kind that the values ask for: what Kubernetes lacks comes from an operator."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.site import Site
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "kinds"
HELP = "The cluster has every kind of object that is going to be made."
# Who serves a kind. A cure names it; where it comes from is in its own documentation.
OPERATORS = {
    "ExternalSecret": "the External Secrets Operator",
    "HTTPRoute": "the Gateway API and a controller for it",
    "ServiceMonitor": "the Prometheus Operator",
    "PodMonitor": "the Prometheus Operator",
    "PrometheusRule": "the Prometheus Operator",
    "Certificate": "cert-manager",
    "ScaledObject": "KEDA",
    "VerticalPodAutoscaler": "the Vertical Pod Autoscaler",
}
# The setting that does without a kind, where a chart of ours makes it.
WITHOUT = {"HTTPRoute": "httpRoute.enabled=false"}


def examine(site: Site) -> Iterator[Diagnosis]:
    kinds: dict[tuple[str, str], Manifest] = {}
    for item in site.plan.manifests:
        kinds.setdefault((item.api_version, item.kind), item)
    lacking = 0
    for (api_version, kind), item in kinds.items():
        served = site.served.get(api_version, Unread("it was not asked for"))
        if isinstance(served, Unread):
            lacking += 1
            yield Diagnosis(NAME, State.UNKNOWN, f"{api_version} {kind}", served.reason)
        elif served is None or kind not in served:
            lacking += 1
            what = f"the cluster has no such kind, and {item.label} is one"
            yield Diagnosis(NAME, State.WRONG, f"{api_version} {kind}", what, _cure(site, api_version, kind))
    if not lacking:
        yield Diagnosis(NAME, State.FINE, "", f"the cluster has all {len(kinds)} kinds that are made")


def _cure(site: Site, api_version: str, kind: str) -> str:
    group = api_version.rpartition("/")[0]
    install = f"install {OPERATORS.get(kind, f'what brings {group or api_version}')}, then see:"
    look = site.kubectl("api-resources", f"--api-group={group}")
    if kind in WITHOUT:
        return f"{install}\n{look}\nor do without:\n{site.install(WITHOUT[kind])}"
    return f"{install}\n{look}\nor do without it in the values"
