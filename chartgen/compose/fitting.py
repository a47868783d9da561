"""What each service may ask for alone, and not all together with a volume that one node mounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.compose.notice import Notice
from chartgen.compose.plan import Plan

# The order in which a component's keys are read best.
_ORDER = (
    "description", "image", "build", "kind", "schedule", "command", "args", "workingDir", "env", "ports",
    "aliases", "annotations", "probes", "resources", "volumes", "scratch", "sharedMemory", "files", "dns",
    "hostAliases", "security", "scaling", "sidecars", "terminationGracePeriodSeconds",
)  # fmt: skip


def fitting(
    plan: Plan, components: dict[str, Any], shared: dict[str, Any], notices: list[Notice]
) -> Iterator[tuple[str, Any]]:
    """The components with all that contradicts taken out; what is taken out is added to `notices`."""
    names = {component: name for name, component in plan.components.items()}
    for name, component in components.items():
        service = plan.services[names[name]]
        where = service.tree.where
        if component.get("kind") == "CronJob":
            for key in ("ports", "probes", "scaling", "aliases"):
                component.pop(key, None)
        _single(component, shared, notices, (where, service.name))
        if not component.get("ports"):
            component.pop("aliases", None)
        yield name, {key: component[key] for key in _ORDER if key in component}


def _single(
    component: dict[str, Any], shared: dict[str, Any], notices: list[Notice], at: tuple[str, str]
) -> None:
    scaling = component.get("scaling", {})
    once = [v for v in component.get("volumes", {}) if not shared["volumes"][v].get("perReplica")]
    where, service = at
    if component.get("kind") == "DaemonSet":
        component.pop("scaling", None)
        for volume in once:
            shared["volumes"][volume]["accessModes"] = ["ReadWriteMany"]
            what = f"{service}: every node mounts the volume {volume}"
            advice = "its storage class has to offer ReadWriteMany"
            notices.append(Notice(where, what, advice, "note", service))
    elif scaling.get("replicas", 1) > 1 and (once or scaling.get("singleton")):
        what = f"{service}: {scaling['replicas']} replicas of what keeps data"
        advice = (
            "one runs; more need a volume that several nodes mount, or a program that shares its data itself"
        )
        notices.append(Notice(where, what, advice, "lost", service))
        scaling.pop("replicas")
        if not scaling:
            component.pop("scaling")
