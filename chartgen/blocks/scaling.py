"""More pods when there is more to do, and not all of them gone at once."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.model import App, Component
from chartgen.render import chart_file
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def _autoscaled(app: App) -> list[Component]:
    return [c for c in app.components.values() if c.scales and c.scaling.maxReplicas]


def _disrupted(app: App) -> list[Component]:
    # A budget for one pod that may not run twice only blocks the drain of its node.
    return [c for c in app.components.values() if c.scales and not c.scaling.singleton]


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for component in _autoscaled(app):
        yield chart_file(
            f"templates/{component.name}-hpa.yaml",
            "hpa.yaml.j2",
            app=app,
            component=component,
            metadata=metadata(app, component.name),
        )
    for component in _disrupted(app):
        yield chart_file(
            f"templates/{component.name}-pdb.yaml",
            "pdb.yaml.j2",
            app=app,
            component=component,
            metadata=metadata(app, component.name),
        )


def settings(app: App) -> Iterator[Setting]:
    percent = {"type": "integer", "minimum": 0, "maximum": 1000}
    for component in _autoscaled(app):
        path = (component.key, "autoscaling")
        pods = {"type": "integer", "minimum": 1, "maximum": 1000}
        yield Setting(
            (*path, "enabled"), False, {"type": "boolean"}, "Let the load decide how many pods run."
        )
        yield Setting((*path, "minReplicas"), 1, pods, "Pods at least.")
        yield Setting((*path, "maxReplicas"), component.scaling.maxReplicas, pods, "Pods at most.")
        yield Setting(
            (*path, "targetCPUUtilizationPercentage"),
            80,
            percent,
            "CPU in use, of what is requested; 0 ignores it.",
        )
        yield Setting(
            (*path, "targetMemoryUtilizationPercentage"),
            0,
            percent,
            "Memory in use, of what is requested; 0 ignores it.",
        )
        yield Setting((*path, "behavior"), {}, ref("horizontalPodAutoscalerBehavior"), "How fast it scales.")
    for component in _disrupted(app):
        path = (component.key, "pdb")
        yield Setting(
            (*path, "enabled"), False, {"type": "boolean"}, "Limit how many pods a drain may stop at once."
        )
        yield Setting(
            (*path, "maxUnavailable"), 1, ref("countOrPercent"), "Pods that may be gone, or a percentage."
        )


def rules(app: App) -> Iterator[Rule]:
    for component in _autoscaled(app):
        path = (component.key, "autoscaling")
        yield Rule(
            f"{component.key}.autoscaling: without a target there is nothing to scale by.",
            (
                Clause((*path, "enabled"), "is", True),
                Clause((*path, "targetCPUUtilizationPercentage"), "empty"),
                Clause((*path, "targetMemoryUtilizationPercentage"), "empty"),
            ),
        )
        yield Rule(
            f"{component.key}.autoscaling: minReplicas is above maxReplicas.",
            (
                Clause((*path, "enabled"), "is", True),
                Clause((*path, "minReplicas"), "above setting", (*path, "maxReplicas")),
            ),
        )


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
