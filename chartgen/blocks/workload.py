"""The components themselves: what runs their pods, and every setting of a pod."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.answers import for_component
from chartgen.blocks.container import container, container_rules, container_settings
from chartgen.blocks.kindsettings import kind_rules, kind_settings
from chartgen.blocks.podsettings import pod_rules, pod_settings
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
from chartgen.model import App, Component, EnvFrom
from chartgen.render import Fragment, chart_file, data, fragment
from chartgen.rules import Rule
from chartgen.settings import Setting

TEMPLATES = {"CronJob": "cronjob.yaml.j2"}


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for component in app.components.values():
        kind = component.kind.lower()
        yield chart_file(
            f"templates/{component.name}-{kind}.yaml",
            TEMPLATES.get(component.kind, "component.yaml.j2"),
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
    made = {name: Part(container(app, component, parts, name)) for name in component.sidecars}
    first = tuple(part for name, part in made.items() if component.sidecars[name].init)
    beside = tuple(part for name, part in made.items() if not component.sidecars[name].init)
    return fragment(
        "pod.yaml.j2",
        app=app,
        component=component,
        checksums=Fragment(" ".join(parts.checksums)),
        context=pod_context(app, component),
        placement=placement(component),
        init_containers=listing(
            "initContainers", (*parts.init_containers, *first), f"{values}.extraInitContainers"
        ),
        containers=listing("containers", (Part(main), *beside), f"{values}.extraContainers"),
        volumes=listing("volumes", parts.volumes, f"{values}.extraVolumes"),
    )


def pod(app: App, component: Component) -> PodParts:
    """Scratch folders, what the restricted profile needs, and variables that name a component or a field."""
    needs = component.security.restricted
    volumes = [Part(_empty_dir(name)) for name in component.scratch]
    mounts = {
        n: [Part(_mount(*found)) for found in of.scratch.items()] for n, of in component.containers.items()
    }
    if component.sharedMemory:
        volumes.append(Part(_memory(component)))
        mounts[component.name].append(Part(_mount("shared-memory", "/dev/shm")))
    only = 'eq .Values.podSecurity "restricted"'
    for name, path in {**needs.scratch, **needs.copies}.items():
        volumes.append(Part(_empty_dir(name), only))
        mounts[component.name].append(Part(_mount(name, path), only))
    copies = [
        Part(fragment("copy.yaml.j2", app=app, component=component, name=name, path=path), only)
        for name, path in needs.copies.items()
    ]
    by_container = {name: tuple(found) for name, found in mounts.items()}
    return PodParts(_sources(app, component), tuple(copies), tuple(volumes), by_container)


def _empty_dir(name: str) -> Fragment:
    return Fragment(f"- name: {name}\n  emptyDir: {{}}")


def _memory(component: Component) -> Fragment:
    size = f"{{{{ .Values.{component.key}.sharedMemory | quote }}}}"
    return Fragment(f"- name: shared-memory\n  emptyDir:\n    medium: Memory\n    sizeLimit: {size}")


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
        yield from kind_settings(app, component)
        yield from pod_settings(app, component)


def rules(app: App) -> Iterator[Rule]:
    for component in app.components.values():
        yield from kind_rules(app, component)
        yield from pod_rules(component)
        yield from container_rules(component)
