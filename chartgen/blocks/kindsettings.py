"""The settings and rules that depend on what runs a component: a Deployment, a CronJob, ..."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.kubernetes.definitions import ref
from chartgen.model import App, Component
from chartgen.rules import Clause, Rule
from chartgen.settings import Path, Setting

COUNT = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}  # an int32 of the API


def kind_settings(app: App, component: Component) -> Iterator[Setting]:
    """How many pods, and how they are replaced or started."""
    key = component.key
    if component.kind == "CronJob":
        yield from _cron_settings(component)
        return
    if component.scales:
        replicas = {**COUNT, "maximum": 1000}
        yield Setting((key, "replicaCount"), component.scaling.replicas, replicas, "Number of pods.")
    yield Setting((key, "revisionHistoryLimit"), 3, COUNT, "Old revisions kept for a rollback.")
    yield from _strategy(app, component)
    if component.kind == "StatefulSet":
        yield from _stateful_settings(app, component)


def _strategy(app: App, component: Component) -> Iterator[Setting]:
    name, kinds, default = "updateStrategy", ["OnDelete", "RollingUpdate"], "RollingUpdate"
    help_, pace = "How pods are replaced.", "rollingUpdateStatefulSetStrategy"
    if component.kind == "DaemonSet":
        pace = "rollingUpdateDaemonSet"
    if component.kind == "Deployment":
        name, kinds, pace = "strategy", ["Recreate", "RollingUpdate"], "rollingUpdateDeployment"
        help_ += " A volume that one node mounts needs Recreate."
        if component.scaling.singleton or any(app.volumes[v].once for v in component.mounts):
            default = "Recreate"
    path = (component.key, name)
    yield Setting((*path, "type"), default, {"type": "string", "enum": kinds}, help_)
    if component.kind != "Deployment" or not component.scaling.singleton:
        yield Setting((*path, "rollingUpdate"), {}, ref(pace), "Pace of a RollingUpdate.")


def _stateful_settings(app: App, component: Component) -> Iterator[Setting]:
    yield Setting(
        (component.key, "podManagementPolicy"),
        "OrderedReady",
        {"type": "string", "enum": ["OrderedReady", "Parallel"]},
        "Whether pods start one after another. Cannot change once the StatefulSet exists.",
    )
    own = [app.volumes[v] for v in component.mounts if app.volumes[v].perReplica]
    if own:
        policy = "Retain" if any(volume.retain for volume in own) else "Delete"
        yield Setting(
            (component.key, "persistentVolumeClaimRetentionPolicy"),
            {"whenDeleted": policy, "whenScaled": "Retain"},
            ref("statefulSetPersistentVolumeClaimRetentionPolicy"),
            "What happens to the claims of the replicas.",
        )


def _cron_settings(component: Component) -> Iterator[Setting]:
    key = component.key
    zone = {"anyOf": [{"const": ""}, ref("timeZone")]}
    yield Setting((key, "schedule"), component.schedule, ref("cron"), "When it runs, in cron's five fields.")
    yield Setting((key, "timeZone"), "", zone, "Time zone of the schedule.", ("Europe/Berlin",))
    yield Setting((key, "suspend"), False, {"type": "boolean"}, "Stops starting new Jobs.")
    yield Setting(
        (key, "concurrencyPolicy"),
        "Forbid",
        {"type": "string", "enum": ["Allow", "Forbid", "Replace"]},
        "What happens when the last Job still runs.",
    )
    yield Setting((key, "successfulJobsHistoryLimit"), 3, COUNT, "Finished Jobs that are kept.")
    yield Setting((key, "failedJobsHistoryLimit"), 1, COUNT, "Failed Jobs that are kept.")
    yield Setting((key, "backoffLimit"), 3, COUNT, "Retries of a failing Job.")
    yield Setting((key, "activeDeadlineSeconds"), 0, COUNT, "Seconds until a Job is stopped; 0 means never.")
    yield Setting(
        (key, "restartPolicy"),
        "OnFailure",
        {"type": "string", "enum": ["OnFailure", "Never"]},
        "Whether a failed container is started again in its pod.",
    )


def kind_rules(app: App, component: Component) -> Iterator[Rule]:
    """What a program that may not run twice, and a volume that one node mounts, do not allow."""
    key = component.key
    if component.scales and component.scaling.singleton:
        alone = f"{component.name} is not safe to run twice"
        yield Rule(
            f"{key}.replicaCount: {alone}, so 1 replica is the most.",
            (Clause((key, "replicaCount"), "above", 1),),
        )
        if component.kind == "Deployment":
            yield Rule(
                f"{key}.strategy.type: {alone}, and RollingUpdate starts a pod before it stops another.",
                (Clause((key, "strategy", "type"), "is", "RollingUpdate"),),
            )
    for name in component.mounts:
        if not app.volumes[name].perReplica and component.kind != "CronJob":
            yield from _shared(component, ("persistence", app.volumes[name].key))


def _shared(component: Component, claim: Path) -> Iterator[Rule]:
    key, modes = component.key, (*claim, "accessModes")
    once = (
        Clause((*claim, "enabled"), "is", True),
        Clause(modes, "has not", "ReadWriteMany"),
        Clause(modes, "has not", "ReadOnlyMany"),
    )
    volume = f"a volume that one node mounts ({'.'.join(modes)})"
    if component.kind == "DaemonSet":
        sentence = f"{component.name} runs on every node, and one node alone would mount the volume."
        yield Rule(f"{'.'.join(modes)}: {sentence}", once)
        return
    if not component.scaling.singleton:
        several = Clause((key, "replicaCount"), "above", 1)
        yield Rule(f"{key}.replicaCount: {volume} allows one replica.", (*once, several))
    if component.scaling.maxReplicas:
        scaled = Clause((key, "autoscaling", "enabled"), "is", True)
        yield Rule(f"{key}.autoscaling: {volume} allows one replica.", (*once, scaled))
    if component.kind == "Deployment" and not component.scaling.singleton:
        rolling = Clause((key, "strategy", "type"), "is", "RollingUpdate")
        sentence = "needs Recreate, or the new pod waits for a volume that the old one holds."
        yield Rule(f"{key}.strategy.type: {volume} {sentence}", (*once, rolling))
