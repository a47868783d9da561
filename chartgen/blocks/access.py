"""Who the pods are, and what they may ask of the Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component
from chartgen.render import chart_file
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def _asks(app: App) -> bool:
    return any(c.kubernetesAccess for c in app.components.values())


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    yield chart_file("templates/serviceaccount.yaml", "service_account.yaml.j2", app=app)
    if _asks(app):
        yield chart_file("templates/rbac.yaml", "rbac.yaml.j2", app=app)


def settings(app: App) -> Iterator[Setting]:
    yield Setting(
        ("serviceAccount", "create"), True, {"type": "boolean"}, "Make a ServiceAccount for the pods."
    )
    yield Setting(
        ("serviceAccount", "name"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "Its name; empty means the full name of the release.",
    )
    yield Setting(
        ("serviceAccount", "annotations"), {}, ref("annotations"), "Annotations of the ServiceAccount."
    )
    yield Setting(("serviceAccount", "labels"), {}, ref("labels"), "Labels of the ServiceAccount.")
    if not _asks(app):
        return
    rules_ = {"type": "array", "items": ref("policyRule")}
    yield Setting(
        ("rbac", "create"), False, {"type": "boolean"}, "Let the pods that need it use the Kubernetes API."
    )
    yield Setting(
        ("rbac", "scope"),
        "namespace",
        {"type": "string", "enum": ["namespace", "cluster"]},
        "Grant the rules in the release's namespace (and rbac.namespaces), or in all of them.",
    )
    yield Setting(
        ("rbac", "namespaces"),
        [],
        {"type": "array", "items": ref("dnsLabel"), "uniqueItems": True},
        "More namespaces to grant the rules in.",
    )
    yield Setting(("rbac", "rules"), [dict(r) for r in app.rbac.rules], rules_, "What they may do.")
    yield Setting(("rbac", "extraRules"), [], rules_, "What they may do as well.")


def rules(app: App) -> Iterator[Rule]:
    if _asks(app):
        yield Rule(
            "rbac.create: the account `default` is everybody's. "
            "Set serviceAccount.create or serviceAccount.name.",
            (
                Clause(("rbac", "create"), "is", True),
                Clause(("serviceAccount", "create"), "is", False),
                Clause(("serviceAccount", "name"), "empty"),
            ),
        )


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
