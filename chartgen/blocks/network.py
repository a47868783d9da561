"""Who may talk to whom."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, either, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.model import App, Component
from chartgen.render import Fragment, chart_file
from chartgen.rules import Rule
from chartgen.settings import Setting


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    routed = {r.component for r in app.routes}
    for component in app.components.values():
        yield chart_file(
            f"templates/{component.name}-networkpolicy.yaml",
            "network_policy.yaml.j2",
            app=app,
            component=component,
            routed=component.name in routed,
            metadata=metadata(app, component.name),
        )
    if app.secrets:
        yield _jobs(app)


def _jobs(app: App) -> ChartFile:
    names = [f"create-{secret.suffix}" for secret in app.secrets.values()]
    source = f'eq (include "{app.name}.secret.{{}}.source" .) "job"'
    needed = either(source.format(secret.name) for secret in app.secrets.values())
    return chart_file(
        "templates/create-secrets-networkpolicy.yaml",
        "network_policy_jobs.yaml.j2",
        app=app,
        names=names,
        needed=Fragment(needed),
    )


def settings(app: App) -> Iterator[Setting]:
    peers = {"type": "array", "items": ref("networkPolicyPeer")}
    path = ("networkPolicy",)
    yield Setting(
        (*path, "enabled"),
        False,
        {"type": "boolean"},
        "Let only those in who need to. Takes a network that enforces it.",
    )
    if app.routes:
        yield Setting(
            (*path, "ingress", "from"),
            [],
            peers,
            "Who may reach the components that have a route, besides this release: the pods of the Ingress "
            "controller or of the Gateway.",
            ([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}],),
        )
    if any(c.serves for c in app.components.values()):
        yield Setting(
            (*path, "ingress", "extra"),
            [],
            {"type": "array", "items": ref("networkPolicyIngressRule")},
            "More rules for what comes in, to every component.",
        )
    yield Setting(
        (*path, "egress", "enabled"),
        False,
        {"type": "boolean"},
        "Limit what goes out too: to this release, DNS, and egress.to.",
    )
    yield Setting(
        (*path, "egress", "to"),
        [],
        {"type": "array", "items": ref("networkPolicyEgressRule")},
        "Rules for what may go out: databases, the Kubernetes API.",
    )


def rules(app: App) -> Iterator[Rule]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
