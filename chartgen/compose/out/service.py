"""One component, or a container that runs before it, as a service of compose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.compose.out.words import amount, processors, service_name, text, variable
from chartgen.model import App, Component, EnvFrom, Image, Port, Probe, Sidecar

GRACE = 30  # seconds to stop in, where app.yaml says nothing
Pair = tuple[str, Any]


def service(app: App, component: Component, up: str, home: str) -> dict[str, Any]:
    """The service of a component. `up` leads to the folder of builds, `home` to that of app.yaml."""
    parts = (
        _image(app, component, up),
        _program(app, component),
        _ports(app, component),
        _health(component),
        _mounts(component, home),
        _security(component),
        _network(component),
        _deploy(component),
    )
    found = {key: value for part in parts for key, value in part if value not in ("", [], {}, None)}
    return {**found, **_order(app, component)}


def first(app: App, component: Component, name: str, home: str) -> dict[str, Any]:
    """The service of a container that runs to its end before the component starts."""
    of = component.sidecars[name]
    parts = (iter([("image", reference(app, of.image))]), _program(app, of), _mounts(of, home))
    found = {key: value for part in parts for key, value in part if value not in ("", [], {}, None)}
    return {**found, "restart": "no"}


def reference(app: App, image: Image) -> str:
    """An image in one text."""
    name = f"{image.registry}/{image.repository}" if image.registry else image.repository
    return f"{name}@{image.digest}" if image.digest else f"{name}:{image.tag or app.appVersion}"


def _image(app: App, component: Component, up: str) -> Iterator[Pair]:
    yield "image", reference(app, component.image)
    build = component.build
    if build:
        found = {"context": f"{up}{build.context}", "dockerfile": build.dockerfile, "target": build.target}
        args = {"args": dict(build.args)} if build.args else {}
        yield "build", {**{key: value for key, value in found.items() if value}, **args}
        yield "pull_policy", "build"
    elif component.image.pullPolicy != "IfNotPresent":
        yield "pull_policy", component.image.pullPolicy.lower()


def _program(app: App, of: Component | Sidecar) -> Iterator[Pair]:
    yield "entrypoint", [text(app, of.env, word) for word in of.command]
    yield "command", [text(app, of.env, word) for word in of.args]
    yield "working_dir", of.workingDir
    environment = {}
    for name, value in of.env.items():
        found = variable(app, value, name) if isinstance(value, EnvFrom) else text(app, of.env, value)
        if found is not None:
            environment[name] = found
    yield "environment", environment


def _ports(app: App, component: Component) -> Iterator[Pair]:
    """The component at `/` is published; the others are reached by each other alone."""
    main = app.main is not None and app.main.name == component.name and bool(app.routes)
    numbers = [_number(port) for port in component.ports.values()]
    if main and numbers:
        name = service_name(app, component.name).upper().replace("-", "_")
        yield "ports", [f"${{{name}_PORT:-{numbers[0]}}}:{numbers[0]}"]
        numbers = numbers[1:]
    if component.kind != "CronJob":
        yield "expose", numbers


def _number(port: Port) -> str:
    return str(port.port) if port.protocol == "TCP" else f"{port.port}/{port.protocol.lower()}"


def _health(component: Component) -> Iterator[Pair]:
    probes = component.probes
    probe = probes.liveness or probes.readiness
    if not probe or not (probe.path or probe.command):
        return
    found: dict[str, Any] = {
        "test": _test(component, probe),
        "interval": f"{probe.periodSeconds}s",
        "timeout": f"{probe.timeoutSeconds}s",
        "retries": probe.failureThreshold,
    }
    startup = probes.startup
    if startup:
        waits = max(startup.failureThreshold - probe.failureThreshold, 0) * startup.periodSeconds
        found |= {"start_period": f"{waits}s", "start_interval": f"{startup.periodSeconds}s"} if waits else {}
    yield "healthcheck", found


def _test(component: Component, probe: Probe) -> list[str]:
    if probe.command[:2] == ("sh", "-c") and len(probe.command) == 3:
        return ["CMD-SHELL", probe.command[2].replace("$", "$$")]
    if probe.command:
        return ["CMD", *(word.replace("$", "$$") for word in probe.command)]
    port = component.ports[probe.port] if probe.port else next(iter(component.ports.values()))
    address = f"http://localhost:{port.port}{probe.path}"
    # Neither program is in every image.
    return ["CMD-SHELL", f"curl -fsS {address} || wget -q --spider {address} || exit 1"]


def _mounts(of: Component | Sidecar, home: str) -> Iterator[Pair]:
    mounts: list[Any] = []
    for name, mount in of.volumes.items():
        entry: dict[str, Any] = {"type": "volume", "source": name, "target": mount.path}
        entry |= {"read_only": True} if mount.readOnly else {}
        entry |= {"volume": {"subpath": mount.subPath}} if mount.subPath else {}
        mounts.append(entry if mount.subPath else f"{name}:{mount.path}{':ro' * mount.readOnly}")
    for found in (f for f in of.files.values() if f.folder):
        source = f"{home}{found.folder}" + (f"/{found.file}" if found.file else "")
        mounts.append(f"{source}:{found.path}:ro")
    yield "volumes", mounts
    secrets = [
        {"source": found.secret, "target": found.path, "mode": int(found.mode, 8)}
        for found in of.files.values()
        if found.secret
    ]
    yield "secrets", secrets
    yield "tmpfs", list(of.scratch.values())
    if isinstance(of, Component) and of.sharedMemory:
        yield "shm_size", amount(of.sharedMemory)


def _security(component: Component) -> Iterator[Pair]:
    pod, own = component.security.pod, component.security.container
    user, group = (own.get(key, pod.get(key)) for key in ("runAsUser", "runAsGroup"))
    yield "user", "" if user is None else f"{user}:{group}" if group is not None else str(user)
    capabilities = own.get("capabilities", {})
    yield "cap_add", list(capabilities.get("add", ()))
    yield "cap_drop", list(capabilities.get("drop", ()))
    yield "read_only", own.get("readOnlyRootFilesystem") or None
    yield "privileged", own.get("privileged") or None
    yield "security_opt", ["no-new-privileges:true"] if own.get("allowPrivilegeEscalation") is False else []
    yield "group_add", [str(group) for group in pod.get("supplementalGroups", ())]
    yield "sysctls", {entry["name"]: entry["value"] for entry in pod.get("sysctls", ())}


def _network(component: Component) -> Iterator[Pair]:
    dns = component.dns
    ndots = [] if dns.ndots is None else [f"ndots:{dns.ndots}"]
    yield "dns", list(dns.nameservers)
    yield "dns_search", list(dns.searches)
    yield "dns_opt", [*ndots, *(f"{name}:{value}" if value else name for name, value in dns.options.items())]
    hosts = [f"{name}={address}" for address, names in component.hostAliases.items() for name in names]
    yield "extra_hosts", hosts
    yield "networks", {"default": {"aliases": list(component.aliases)}} if component.aliases else {}
    yield "annotations", dict(component.annotations)


def _deploy(component: Component) -> Iterator[Pair]:
    if component.terminationGracePeriodSeconds != GRACE:
        yield "stop_grace_period", f"{component.terminationGracePeriodSeconds}s"
    found: dict[str, Any] = {}
    if component.kind == "DaemonSet":
        found["mode"] = "global"
    if component.scaling.replicas != 1:
        found["replicas"] = component.scaling.replicas
    resources: dict[str, Any] = {}
    for name, part in (("limits", "limits"), ("requests", "reservations")):
        amounts: Mapping[str, Any] = component.resources.get(name, {})
        cpu = {"cpus": processors(amounts["cpu"])} if "cpu" in amounts else {}
        memory = {"memory": amount(amounts["memory"])} if "memory" in amounts else {}
        resources |= {part: {**cpu, **memory}} if cpu or memory else {}
    if component.kind != "CronJob":
        yield "deploy", {**found, **({"resources": resources} if resources else {})}
        return
    limits, requests = resources.get("limits", {}), resources.get("reservations", {})
    yield "cpus", limits.get("cpus")
    yield "mem_limit", limits.get("memory")
    yield "mem_reservation", requests.get("memory")


def _order(app: App, component: Component) -> dict[str, Any]:
    own = service_name(app, component.name)
    before = [f"{own}-{name}" for name, sidecar in component.sidecars.items() if sidecar.init]
    waits = {name: {"condition": "service_completed_successfully"} for name in before}
    if component.kind == "CronJob":
        return {"triggers": {"schedule": [component.schedule]}}
    return {**({"depends_on": waits} if waits else {}), "restart": "unless-stopped"}
