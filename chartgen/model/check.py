"""What the walker cannot see: names that clash, references that lead nowhere, parts that contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.errors import near_miss
from chartgen.model.app import App
from chartgen.model.component import Component, EnvFrom, Probe
from chartgen.model.data import Seed
from chartgen.model.field import camel

Path = tuple[str | int, ...]
Found = tuple[Path, str, str]

# Keys of the values that have a meaning of their own, now or later, so that no component takes them.
RESERVED = frozenset(
    """autoscaling backup clusterDomain commonAnnotations commonLabels enabled external externalSecrets
    extraObjects fullnameOverride gitSync global httpRoute imagePullSecrets ingress monitoring nameOverride
    namespaceOverride networkPolicy persistence podSecurity rbac secrets seed serviceAccount tests""".split()
)
# Helm's YAML parser turns these keys into booleans.
BOOLEANS = frozenset("n y on off yes no true false".split())


def problems_of(app: App) -> Iterator[Found]:
    """Every contradiction of the application, each with the path where it stands."""
    yield from _names(app)
    yield from _suffixes(app)
    for component in app.components.values():
        yield from _component(app, component)
    for seed in app.seeds.values():
        yield from _seed(app, seed)
    for i, route in enumerate(app.routes):
        yield from _port(app, ("routes", i), route.component, route.port)
    for name, test in app.tests.items():
        yield from _port(app, ("tests", name), test.component, test.port)
    for name, secret in app.secrets.items():
        if secret.image:
            yield from _known(("secrets", name, "image"), "component", secret.image, app.components)
    yield from _own(app)


def _names(app: App) -> Iterator[Found]:
    groups: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("components", app.components),
        ("volumes", app.volumes),
        ("secrets", app.secrets),
        ("seeds", app.seeds),
        ("external", app.external),
    )
    for group, named in groups:
        keys: dict[str, str] = {}
        for name in named:
            key = camel(name)
            if group == "components" and key in RESERVED:
                yield (group, name), f"{name!r} is a block of every chart's values", "choose another name"
            if key in BOOLEANS:
                yield (group, name), f"{name!r} is a boolean in YAML", "choose another name"
            if len(name) > 30:
                yield (group, name), f"{name!r} is longer than 30 characters", "names of objects end with it"
            if keys.setdefault(key, name) != name:
                yield (group, name), f"{name!r} and {keys[key]!r} are both {key!r} in the values", ""


def suffixes(app: App) -> Iterator[tuple[str, str, Path]]:
    """Kind, suffix and origin of each object that has a name of its own."""
    for name in app.components:
        yield "component", name, ("components", name)
    for seed in app.seeds.values():
        yield "ConfigMap", seed.config_map, ("seeds", seed.name, "configMap")
        yield "component", seed.job_name, ("seeds", seed.name, "job")
    for secret in app.secrets.values():
        yield "Secret", secret.suffix, ("secrets", secret.name)
        yield "component", f"create-{secret.suffix}", ("secrets", secret.name)
    for name in app.volumes:
        yield "PersistentVolumeClaim", name, ("volumes", name)
    for name in app.tests:
        yield "Pod", f"test-{name}", ("tests", name)


def _suffixes(app: App) -> Iterator[Found]:
    seen: dict[tuple[str, str], Path] = {}
    for kind, suffix, path in suffixes(app):
        first = seen.setdefault((kind, suffix), path)
        if first != path:
            yield path, f"two objects would be called {suffix!r}", f"the other is {'.'.join(map(str, first))}"


def _known(path: Path, what: str, name: str, known: Iterable[str]) -> Iterator[Found]:
    names = list(known)
    if name not in names:
        yield (
            path,
            f"there is no {what} {name!r}",
            near_miss(name, names) or f"this application has no {what}",
        )


def _port(app: App, path: Path, component: str, port: str) -> Iterator[Found]:
    missing = list(_known((*path, "component"), "component", component, app.components))
    yield from missing
    if not missing:
        ports = {n: p for n, p in app.components[component].ports.items() if p.exposed}
        if not ports:
            yield (*path, "component"), f"component {component!r} has no port", "give it one under ports"
        elif port:
            yield from _known((*path, "port"), "port", port, ports)


def _component(app: App, component: Component) -> Iterator[Found]:
    path: Path = ("components", component.name)
    if (component.kind == "CronJob") != bool(component.schedule):
        yield (
            (*path, "schedule"),
            "a CronJob needs a schedule, and nothing else has one",
            'for example "0 3 * * *"',
        )
    if component.kind == "CronJob" and component.ports:
        yield (*path, "ports"), "a CronJob has no Service", "remove the ports"
    yield from _env(app, (*path, "env"), component.env)
    for name, sidecar in component.sidecars.items():
        yield from _env(app, (*path, "sidecars", name, "env"), sidecar.env)
        for volume in sidecar.volumes:
            yield from _known((*path, "sidecars", name, "volumes", volume), "volume", volume, app.volumes)
        for scratch in sidecar.scratch:
            yield from _known(
                (*path, "sidecars", name, "scratch"), "scratch folder", scratch, component.scratch
            )
    yield from _unique(path, component)
    yield from _volumes(app, path, component)
    for kind in ("startup", "liveness", "readiness"):
        probe: Probe | None = getattr(component.probes, kind)
        if probe is not None:
            yield from _probe((*path, "probes", kind), component, probe)


def _volumes(app: App, path: Path, component: Component) -> Iterator[Found]:
    for name in component.volumes:
        at = (*path, "volumes", name)
        yield from _known(at, "volume", name, app.volumes)
        if name in app.volumes and app.volumes[name].perReplica and component.kind != "StatefulSet":
            yield at, f"volume {name!r} is one for each replica", "only a StatefulSet can mount it"
        if name in component.scratch:
            yield at, f"{name!r} is a scratch folder too", "choose another name for one of them"
    restricted = component.security.restricted
    for name in restricted.copies:
        if name in {**component.scratch, **restricted.scratch, **component.volumes}:
            yield (
                (*path, "security", "restricted", "copies", name),
                f"{name!r} is taken",
                "choose another name",
            )


def _unique(path: Path, component: Component) -> Iterator[Found]:
    """One container port and one mount path may be named once in a pod's container."""
    seen: dict[tuple[int, str], str] = {}
    sidecars = {n: p for s in component.sidecars.values() for n, p in s.ports.items()}
    for name, port in [*component.ports.items(), *sidecars.items()]:
        if len(name) > 15:
            yield (*path, "ports", name), f"port name {name!r} is longer than 15 characters", ""
        other = seen.setdefault((port.port, port.protocol), name)
        if other != name:
            yield (
                (*path, "ports", name),
                f"port {port.port}/{port.protocol} is also {other!r}",
                "use each once",
            )
    mounts: dict[str, str] = {}
    paths = [(n, m.path) for n, m in component.volumes.items()] + list(component.scratch.items())
    for name, where in paths:
        if mounts.setdefault(where.rstrip("/"), name) != name:
            yield (
                (*path, "volumes", name),
                f"{where} is also where {mounts[where.rstrip('/')]!r} is mounted",
                "",
            )


def _probe(path: Path, component: Component, probe: Probe) -> Iterator[Found]:
    if probe.command and (probe.path or probe.port):
        yield path, "a probe runs a command or asks a port, not both", "remove one"
    if not probe.command and not component.ports:
        yield path, f"component {component.name!r} has no port to ask", "give it a port, or a command"
    if probe.port:
        yield from _known((*path, "port"), "port", probe.port, component.ports)


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
    if value.external:
        yield from _known((*path, "external"), "external service", value.external, app.external)
    if value.component:
        yield from _port(app, path, value.component, value.port)
    if value.secret:
        yield from _known((*path, "secret"), "secret", value.secret, app.secrets)
        keys = app.secrets[value.secret].keys if value.secret in app.secrets else {}
        if keys and (value.key or len(keys) > 1):
            yield from _known((*path, "key"), "key", value.key, keys)


def _seed(app: App, seed: Seed) -> Iterator[Found]:
    path: Path = ("seeds", seed.name)
    yield from _known((*path, "volume"), "volume", seed.volume, app.volumes)
    yield from _known((*path, "component"), "component", seed.component, app.components)
    component = app.components.get(seed.component)
    if component and seed.volume in app.volumes and seed.volume not in component.volumes:
        yield (
            (*path, "component"),
            f"{seed.component!r} does not mount volume {seed.volume!r}",
            "mount it there",
        )
    if component and component.kind == "CronJob":
        yield (*path, "component"), "a CronJob cannot own a seeded volume", "choose a long-running component"
    if seed.keySecret:
        yield from _known((*path, "keySecret"), "secret", seed.keySecret, app.secrets)
    for directory, mode in seed.directories.items():
        if len(mode) != 4 or mode[0] != "0" or not set(mode) <= set("01234567"):
            yield (*path, "directories", directory), f"{mode!r} is not a mode", 'four octal digits: "0755"'
    for entry in [*seed.directories, *seed.protected]:
        if (
            entry.startswith("/")
            or {"", ".", ".."} & set(entry.removesuffix("/").split("/"))
            or "\n" in entry
        ):
            yield path, f"{entry!r} is not a path inside the volume", "relative, without '..'"


def _own(app: App) -> Iterator[Found]:
    taken = {camel(c) for c in app.components}
    for dotted in app.own.settings:
        head = dotted.split(".")[0]
        if head in RESERVED - {"global"} or head in taken or head in BOOLEANS:
            yield ("own", "settings", dotted), f"{head!r} is taken", "put it under a key of your own"
    for i, rule in enumerate(app.own.rules):
        if any(len(clause) not in (2, 3) for clause in rule.refuses):
            yield ("own", "rules", i), "a clause is [path, op] or [path, op, value]", ""
