"""What is wrong with one component: ports, mounts, environment, health, scaling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.model.app import App
from chartgen.model.component import Component, EnvFrom, Probe, Scaling, Sidecar
from chartgen.model.reference import Found, Path, keys_clash, known, port_of

LONGEST_PORT = 15  # characters; source: k8s.io/apimachinery, validation.IsValidPortName


def component_problems(app: App, component: Component) -> Iterator[Found]:
    """Every problem of a component."""
    path: Path = ("components", component.name)
    yield from _kind(app, path, component)
    yield from _scaling(app, path, component)
    yield from _sidecars(app, path, component)
    yield from _env(app, (*path, "env"), component.env)
    yield from _ports(path, component)
    yield from _volumes(app, path, component)
    yield from _pod_volumes(app, path, component)
    yield from _paths(app, path, component)
    for kind in ("startup", "liveness", "readiness"):
        probe: Probe | None = getattr(component.probes, kind)
        if probe is not None:
            yield from _probe((*path, "probes", kind), component, probe)


def _kind(app: App, path: Path, component: Component) -> Iterator[Found]:
    if component.kind == "CronJob" and not component.schedule:
        yield (*path, "schedule"), "a CronJob needs a schedule", 'for example "0 3 * * *"'
    if component.kind != "CronJob" and component.schedule:
        yield (*path, "schedule"), "only a CronJob has a schedule", "kind: CronJob, or remove it"
    if component.kind != "CronJob":
        return
    if component.ports:
        yield (*path, "ports"), "a CronJob has no Service", "remove the ports"
    if any(not sidecar.init for sidecar in component.sidecars.values()):
        yield (
            (*path, "sidecars"),
            "a Job ends when all its containers do, and a sidecar never does",
            "remove it, or let it run first (init: true)",
        )


def _scaling(app: App, path: Path, component: Component) -> Iterator[Found]:
    scaling, at = component.scaling, (*path, "scaling")
    if not component.scales:
        if scaling != Scaling():
            yield at, f"a {component.kind} is not scaled", "remove it"
        return
    if scaling.singleton and (scaling.replicas > 1 or scaling.maxReplicas):
        yield at, "a singleton has one replica", "remove replicas and maxReplicas, or singleton"
    if scaling.maxReplicas and scaling.maxReplicas < scaling.replicas:
        yield at, f"maxReplicas {scaling.maxReplicas} is below replicas {scaling.replicas}", "raise it"
    once = [
        n
        for n in component.mounts
        if n in app.volumes and app.volumes[n].once and not app.volumes[n].perReplica
    ]
    if once and scaling.replicas > 1:
        what = f"{scaling.replicas} replicas cannot share volume {once[0]!r}, which one node mounts"
        yield (*at, "replicas"), what, "one replica, or accessModes [ReadWriteMany]"


def _sidecars(app: App, path: Path, component: Component) -> Iterator[Found]:
    yield from keys_clash((*path, "sidecars"), component.sidecars)
    for name, sidecar in component.sidecars.items():
        at = (*path, "sidecars", name)
        if name == component.name:
            yield at, f"the component's own container is called {name!r}", "choose another name"
        if sidecar.init and sidecar.ports:
            yield (*at, "ports"), "what has ended before the component starts serves nobody", "remove them"
        yield from _env(app, (*at, "env"), sidecar.env)
        for scratch in sidecar.scratch:
            yield from known((*at, "scratch", scratch), "scratch folder", scratch, component.scratch)
        yield from _twice(
            (*at, "volumes"), [(n, m.path) for n, m in sidecar.volumes.items()], sidecar.scratch
        )


def _ports(path: Path, component: Component) -> Iterator[Found]:
    """In a pod the containers share their ports, and a Service finds them by name."""
    names: set[str] = set()
    numbers: dict[tuple[int, str], str] = {}
    yield from keys_clash((*path, "ports"), component.listens)
    for container in component.containers.values():
        at = _at(path, component, container)
        for name, port in container.ports.items():
            where = (*at, "ports", name)
            if len(name) > LONGEST_PORT:
                yield where, f"port name {name!r} is longer than {LONGEST_PORT} characters", "shorten it"
            if name in names:
                yield where, f"another container has a port {name!r}", "rename one of them"
            names.add(name)
            other = numbers.setdefault((port.port, port.protocol), name)
            if other != name:
                yield where, f"port {port.port}/{port.protocol} is also {other!r}", "use each once"
    yield from _service_ports(path, component)


def _at(path: Path, component: Component, container: Component | Sidecar) -> Path:
    if container is component:
        return path
    name = next(n for n, sidecar in component.sidecars.items() if sidecar is container)
    return (*path, "sidecars", name)


def _service_ports(path: Path, component: Component) -> Iterator[Found]:
    numbers: dict[tuple[int, str], str] = {}
    for name, port in component.exposed.items():
        other = numbers.setdefault((port.service_port, port.protocol), name)
        if other != name:
            what = f"port {port.service_port}/{port.protocol} of the Service is also {other!r}"
            yield (*path, "ports", name), what, "give one another servicePort"


def _volumes(app: App, path: Path, component: Component) -> Iterator[Found]:
    for container in component.containers.values():
        at = _at(path, component, container)
        for name in container.volumes:
            yield from known((*at, "volumes", name), "volume", name, app.volumes)
    for name in (n for n in component.mounts if n in app.volumes):
        volume = app.volumes[name]
        if volume.perReplica and component.kind != "StatefulSet":
            what = f"volume {name!r} is one for each replica"
            yield (*path, "volumes", name), what, "only a StatefulSet can mount it"
        if volume.once and component.kind == "DaemonSet":
            what = f"volume {name!r} is mounted by one node, and a DaemonSet runs on all"
            yield (*path, "volumes", name), what, "accessModes [ReadWriteMany], or another kind"


def _pod_volumes(app: App, path: Path, component: Component) -> Iterator[Found]:
    """The volumes of a pod are called by one name each, whatever they are."""
    restricted = component.security.restricted
    seeds = [s.name for s in app.seeds_of(component)]
    synced = [each.volume for each in app.synced_by(component)]
    groups: tuple[tuple[Path, list[str]], ...] = (
        (("volumes",), list(component.mounts)),
        (("scratch",), list(component.scratch)),
        (("files",), list(component.file_mounts)),
        (("sharedMemory",), ["shared-memory"] * bool(component.sharedMemory)),
        (("security", "restricted", "scratch"), list(restricted.scratch)),
        (("security", "restricted", "copies"), list(restricted.copies)),
        ((), ["seed-script"] * bool(seeds) + [f"seed-{s}{end}" for s in seeds for end in ("", "-existing")]),
        ((), ["git-sync-script"] * bool(synced) + [f"{s}{end}" for s in synced for end in ("", "-tmp")]),
    )
    taken: set[str] = set()
    for part, names in groups:
        for name in names:
            if name in taken:
                yield (*path, *part, name), f"the pod has a volume {name!r} already", "choose another name"
            taken.add(name)
    own = {f"copy-{n}" for n in restricted.copies} | {f"seed-{s}" for s in seeds}
    own |= {f"{s}{end}" for s in synced for end in ("", "-first")}
    for name in sorted(own & component.containers.keys()):
        yield path, f"the chart has a container {name!r} of its own in this pod", "choose another name"


def _paths(app: App, path: Path, component: Component) -> Iterator[Found]:
    restricted = component.security.restricted
    mounts = [(n, m.path) for n, m in component.volumes.items()]
    files = {name: mount.path for name, mount in component.files.items()}
    memory = {"sharedMemory": "/dev/shm"} if component.sharedMemory else {}
    others = {**component.scratch, **files, **memory, **restricted.scratch, **restricted.copies}
    yield from _twice((*path, "volumes"), mounts, others)
    places = {where.rstrip("/"): name for name, where in [*mounts, *others.items()]}
    for synced in app.synced_by(component):
        if taken := places.get(synced.path.rstrip("/")):
            what = (
                f"{synced.path} is where {taken!r} is mounted, and nobody can write to what comes out of git"
            )
            yield ("gitSync", synced.name, "path"), what, "choose another path"
        places[synced.path.rstrip("/")] = synced.name


def _twice(path: Path, mounts: list[tuple[str, str]], others: Mapping[str, str]) -> Iterator[Found]:
    """Two things at one place of a container."""
    seen: dict[str, str] = {}
    for name, where in [*mounts, *others.items()]:
        other = seen.setdefault(where.rstrip("/"), name)
        if other != name:
            yield (*path, name), f"{where} is also where {other!r} is mounted", "choose another path"


def _probe(path: Path, component: Component, probe: Probe) -> Iterator[Found]:
    tcp = [name for name, port in component.ports.items() if port.protocol == "TCP"]
    if probe.command and (probe.path or probe.port):
        yield path, "a probe runs a command or asks a port, not both", "remove one"
    if not probe.command and not tcp:
        what = f"component {component.name!r} has no TCP port to ask"
        yield path, what, "give it a port, or a command"
    elif probe.port:
        yield from known((*path, "port"), "port", probe.port, tcp)


def _env(app: App, path: Path, env: Mapping[str, Any]) -> Iterator[Found]:
    for name, value in env.items():
        if isinstance(value, EnvFrom):
            yield from _env_from(app, (*path, name), value)


def _env_from(app: App, path: Path, value: EnvFrom) -> Iterator[Found]:
    sources = [s for s in ("external", "secret", "component", "fieldPath") if getattr(value, s)]
    if len(sources) != 1:
        found = " and ".join(sources) or "none"
        yield path, f"exactly one source is needed, found {found}", "external, secret, component or fieldPath"
        return
    owners = {"key": "secret", "port": "component", "path": "component"}
    for part, owner in owners.items():
        if getattr(value, part) and not getattr(value, owner):
            yield (*path, part), f"{part!r} belongs to {owner}", "remove it"
    if value.path and value.form != "url":
        yield (*path, "path"), "only a URL has a path", "form: url"
    if value.external:
        yield from known((*path, "external"), "external service", value.external, app.external)
    if value.component:
        yield from port_of(app, path, value.component, value.port)
    if value.secret:
        yield from known((*path, "secret"), "secret", value.secret, app.secrets)
        keys = app.secrets[value.secret].keys if value.secret in app.secrets else {}
        if keys and (value.key or len(keys) > 1):
            yield from known((*path, "key"), "key", value.key, keys)
