"""The compose file of an application, with what ushadow wants to know of each service."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from chartgen import documents
from chartgen.compose.out.service import first, service
from chartgen.compose.out.words import service_name
from chartgen.model import App, Component, EnvFrom

MARK = "# Made by `chartgen compose` from app.yaml: change it there. Sum of what follows: "
_HEAD = """# {name} for Docker Compose, and for ushadow, which reads x-ushadow. What has a `build` is built
# from source; without its `pull_policy: build`, a published image is taken.
"""


def text(app: App, up: str, home: str) -> str:
    """The compose file. `up` leads from it to the folder that builds start in, `home` to that of app.yaml."""
    body = "".join(f"\n{documents.dump({key: value})}" for key, value in _parts(app, up, home))
    return f"{_HEAD.format(name=app.name)}{MARK}{_sum(body)}\n{body}"


def is_edited(written: str) -> bool:
    """Whether a file is not as it was made, or was never made here."""
    _, mark, rest = written.partition(MARK)
    kept, _, body = rest.partition("\n")
    return not mark or kept != _sum(body)


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _parts(app: App, up: str, home: str) -> Iterator[tuple[str, Any]]:
    yield "name", app.name
    yield "x-ushadow", {service_name(app, c.name): _about(app, c) for c in app.components.values()}
    services: dict[str, Any] = {}
    jobs: dict[str, Any] = {}
    for component in app.components.values():
        name = service_name(app, component.name)
        (jobs if component.kind == "CronJob" else services)[name] = service(app, component, up, home)
        for sidecar in (n for n, s in component.sidecars.items() if s.init):
            services[f"{name}-{sidecar}"] = first(app, component, sidecar, home)
    groups = {"services": services, "jobs": jobs, "volumes": _volumes(app), "secrets": _secrets(app)}
    yield from ((key, value) for key, value in groups.items() if value)


def _about(app: App, component: Component) -> dict[str, Any]:
    """What ushadow shows of a service, and the services that it requires and does not find here."""
    values = [v for c in component.containers.values() for v in c.env.values() if isinstance(v, EnvFrom)]
    requires = list(dict.fromkeys(app.external[v.external].host for v in values if v.external))
    routes = [
        {"path": route.path, "internal_port": _port(component, route.port)}
        for route in app.routes
        if route.component == component.name
    ]
    about: dict[str, Any] = {"display_name": f"{app.name} {component.name}".replace("-", " ").title()}
    about |= {"description": component.description} if component.description else {}
    about |= {"requires": requires} if requires else {}
    return {**about, **({"routes": routes} if routes else {})}


def _port(component: Component, name: str) -> int:
    return component.exposed[name or next(iter(component.exposed))].port


def _volumes(app: App) -> dict[str, Any]:
    mounted = {name for component in app.components.values() for name in component.mounts}
    return {name: {} for name in app.volumes if name in mounted}


def _secrets(app: App) -> dict[str, Any]:
    """Secrets that are mounted as files, by the variable that holds them."""
    found = {}
    for component in app.components.values():
        for mount in component.file_mounts.values():
            if mount.secret:
                key = mount.key or next(iter(app.secrets[mount.secret].keys))
                found[mount.secret] = {"environment": key}
    return found
