"""The components themselves: what runs their pods, and every setting of a pod."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.answers import for_component
from chartgen.blocks.container import container, container_settings
from chartgen.blocks.podsettings import pod_settings
from chartgen.blocks.shape import (
    Part,
    Place,
    PodParts,
    Pods,
    env_sources,
    listing,
    metadata,
    placement,
    pod_context,
)
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.model import App, Component, EnvFrom
from chartgen.render import Fragment, chart_file, data, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting

TEMPLATES = {"CronJob": "cronjob.yaml.j2"}


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for component in app.components.values():
        kind = component.kind.lower()
        yield chart_file(
            f"templates/{component.name}-{kind}.yaml",
            TEMPLATES.get(component.kind, "deployment.yaml.j2"),
            app=app,
            component=component,
            answers=for_component(app, component),
            metadata=metadata(
                app,
                component.name,
                labels=f".Values.{component.key}.labels",
                annotations=f".Values.{component.key}.annotations",
            ),
            pod=_pod(app, component, pods[component.name]),
            claims=pods[component.name].claims,
        )


def _pod(app: App, component: Component, parts: PodParts) -> Fragment:
    values = f".Values.{component.key}"
    main = container(app, component, parts)
    sidecars = [container(app, component, parts, sidecar) for sidecar in component.sidecars]
    return fragment(
        "pod.yaml.j2",
        app=app,
        component=component,
        checksums=Fragment(" ".join(parts.checksums)),
        context=pod_context(app, component),
        placement=placement(component),
        init_containers=listing("initContainers", parts.init_containers, f"{values}.extraInitContainers"),
        containers=listing("containers", [Part(t) for t in [main, *sidecars]], f"{values}.extraContainers"),
        volumes=listing("volumes", parts.volumes, f"{values}.extraVolumes"),
    )


def pod(app: App, component: Component) -> PodParts:
    """Scratch folders, what the restricted profile needs, and environment that names a component or a field."""
    needs = component.security.restricted
    volumes = [Part(_empty_dir(name)) for name in component.scratch]
    mounts = [Part(_mount(name, path)) for name, path in component.scratch.items()]
    only = 'eq .Values.podSecurity "restricted"'
    for name, path in {**needs.scratch, **needs.copies}.items():
        volumes.append(Part(_empty_dir(name), only))
        mounts.append(Part(_mount(name, path), only))
    copies = [
        Part(fragment("copy.yaml.j2", app=app, component=component, name=name, path=path), only)
        for name, path in needs.copies.items()
    ]
    return PodParts(_sources(app, component), tuple(copies), tuple(volumes), tuple(mounts))


def _empty_dir(name: str) -> Fragment:
    return Fragment(f"- name: {name}\n  emptyDir: {{}}")


def _mount(name: str, path: str) -> Fragment:
    return fragment("mount.yaml.j2", name=name, path=path, sub_path="", values_sub_path="", read_only=False)


def _sources(app: App, component: Component) -> dict[Place, Fragment]:
    found = ((at, _source(app, value)) for at, value in env_sources(component).items())
    return {at: text for at, text in found if text}


def _source(app: App, value: EnvFrom) -> Fragment | None:
    if value.fieldPath:
        return Fragment(f"valueFrom:\n  fieldRef:\n    fieldPath: {data(value.fieldPath)}")
    if not value.component:
        return None
    target = app.components[value.component]
    port = value.port or next(iter(target.exposed))
    return fragment(
        "env_component.yaml.j2", app=app, component=target, port=port, form=value.form, path=value.path
    )


def settings(app: App) -> Iterator[Setting]:
    for component in app.components.values():
        yield from container_settings(component)
        yield from _kind_settings(app, component)
        yield from pod_settings(app, component)


def _kind_settings(app: App, component: Component) -> Iterator[Setting]:
    key = component.key
    if component.scales:
        yield Setting(
            (key, "replicaCount"),
            component.scaling.replicas,
            {"type": "integer", "minimum": 0, "maximum": 1000},
            "Number of pods.",
        )
    if component.kind == "CronJob":
        yield from _cron_settings(component)
        return
    yield Setting(
        (key, "revisionHistoryLimit"),
        3,
        {"type": "integer", "minimum": 0},
        "Old revisions kept for a rollback.",
    )
    if component.kind == "Deployment":
        once = any(app.volumes[v].once for v in component.volumes)
        yield from _strategy(
            key, "strategy", "Recreate" if once else "RollingUpdate", ("Recreate", "RollingUpdate")
        )
    else:
        yield from _strategy(key, "updateStrategy", "RollingUpdate", ("OnDelete", "RollingUpdate"))
    if component.kind == "StatefulSet":
        yield from _stateful_settings(app, component)


def _strategy(key: str, name: str, default: str, kinds: tuple[str, ...]) -> Iterator[Setting]:
    rolling = {"strategy": "rollingUpdateDeployment"}.get(name, "rollingUpdateStatefulSetStrategy")
    yield Setting(
        (key, name, "type"),
        default,
        {"type": "string", "enum": list(kinds)},
        "How pods are replaced. A volume that one node mounts needs Recreate."
        if name == "strategy"
        else "How pods are replaced.",
    )
    yield Setting((key, name, "rollingUpdate"), {}, ref(rolling), "Pace of a RollingUpdate.")


def _stateful_settings(app: App, component: Component) -> Iterator[Setting]:
    key = component.key
    yield Setting(
        (key, "podManagementPolicy"),
        "OrderedReady",
        {"type": "string", "enum": ["OrderedReady", "Parallel"]},
        "Whether pods start one after another.",
    )
    if any(app.volumes[v].perReplica for v in component.volumes):
        retain = all(app.volumes[v].retain for v in component.volumes if app.volumes[v].perReplica)
        policy = "Retain" if retain else "Delete"
        yield Setting(
            (key, "persistentVolumeClaimRetentionPolicy"),
            {"whenDeleted": policy, "whenScaled": "Retain"},
            ref("statefulSetPersistentVolumeClaimRetentionPolicy"),
            "What happens to the claims of the replicas.",
        )


def _cron_settings(component: Component) -> Iterator[Setting]:
    key = component.key
    count = {"type": "integer", "minimum": 0}
    yield Setting((key, "schedule"), component.schedule, ref("cron"), "When it runs, in cron's five fields.")
    yield Setting(
        (key, "timeZone"),
        "",
        {"anyOf": [{"const": ""}, ref("timeZone")]},
        "Time zone of the schedule.",
        ("Europe/Berlin",),
    )
    yield Setting((key, "suspend"), False, {"type": "boolean"}, "Stops starting new Jobs.")
    yield Setting(
        (key, "concurrencyPolicy"),
        "Forbid",
        {"type": "string", "enum": ["Allow", "Forbid", "Replace"]},
        "What happens when the last Job still runs.",
    )
    yield Setting((key, "successfulJobsHistoryLimit"), 3, count, "Finished Jobs that are kept.")
    yield Setting((key, "failedJobsHistoryLimit"), 1, count, "Failed Jobs that are kept.")
    yield Setting((key, "backoffLimit"), 3, count, "Retries of a failing Job.")
    yield Setting((key, "activeDeadlineSeconds"), 0, count, "Seconds until a Job is stopped; 0 means never.")
    yield Setting(
        (key, "restartPolicy"),
        "OnFailure",
        {"type": "string", "enum": ["OnFailure", "Never"]},
        "Whether a failed container is started again in its pod.",
    )


def rules(app: App) -> Iterator[Rule]:
    for component in app.components.values():
        if component.scales and component.scaling.singleton:
            yield Rule(
                f"{component.key}.replicaCount: {component.name} is not safe to run twice, so 1 replica is the most.",
                (Clause((component.key, "replicaCount"), "above", 1),),
            )
        for name in component.volumes:
            volume = app.volumes[name]
            if component.kind == "Deployment" and not volume.perReplica:
                yield from _shared(component, volume.key)


def _shared(component: Component, volume: str) -> Iterator[Rule]:
    claim = ("persistence", volume)
    modes = (*claim, "accessModes")
    once = (
        Clause((*claim, "enabled"), "is", True),
        Clause(modes, "has not", "ReadWriteMany"),
        Clause(modes, "has not", "ReadOnlyMany"),
    )
    if not component.scaling.singleton:
        yield Rule(
            f"{component.key}.replicaCount: a volume that one node mounts (persistence.{volume}.accessModes) "
            "allows one replica.",
            (*once, Clause((component.key, "replicaCount"), "above", 1)),
        )
    yield Rule(
        f"{component.key}.strategy.type: a volume that one node mounts (persistence.{volume}.accessModes) needs "
        "Recreate, or the new pod waits for a volume that the old one holds.",
        (*once, Clause((component.key, "strategy", "type"), "is", "RollingUpdate")),
    )
    if component.scaling.maxReplicas:
        yield Rule(
            f"{component.key}.autoscaling: a volume that one node mounts (persistence.{volume}.accessModes) "
            "allows one replica.",
            (*once, Clause((component.key, "autoscaling", "enabled"), "is", True)),
        )
