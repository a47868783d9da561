"""app.yaml to compose and back: nothing is lost that both can say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen.compose import schema
from chartgen.compose.convert import convert
from chartgen.compose.out.file import is_edited, text
from chartgen.compose.project import Asked, load
from chartgen.model import App, Component, EnvFrom, Probe
from chartgen.model.load import load as load_app
from tests.apps import made
from tests.compose.made import PROJECTS, Given
from tests.compose.made import made as converted


def project(name: str) -> App:
    """An application of the tests, or one that compose files came to."""
    if name not in PROJECTS:
        return made.app(name)
    return replace(load_app(converted(name).text), files=tuple(sorted(converted(name).files.items())))


def there_and_back(app: App) -> App:
    files = {"compose.yaml": text(app, "./", "./").encode(), **dict(app.files)}
    found = convert(Asked(("compose.yaml",)), Given(files))
    return replace(load_app(found.text), files=tuple(sorted(found.files.items())))


def said(app: App, component: Component) -> dict[str, Any]:
    """What compose can say of a component, without the names that it has no word for."""
    probe = component.probes.liveness or component.probes.readiness
    asked = probe if probe and (probe.path or probe.command) else None
    own, pod = component.security.container, component.security.pod
    return {
        "image": replace(component.image, tag=component.image.tag or app.appVersion, pullPolicy=""),
        "build": component.build,
        "command": component.command,
        "args": component.args,
        "workingDir": component.workingDir,
        "env": {n: _variable(app, v) for n, v in component.env.items() if _sayable(v)},
        "ports": {(p.port, p.protocol) for p in component.ports.values()},
        "probe": _asks(component, asked),
        "volumes": {(m.path, m.readOnly) for m in component.volumes.values()},
        "scratch": set(component.scratch.values()),
        "files": {(m.path, bool(m.secret)): _files(app, m.folder, m.file) for m in component.files.values()},
        "resources": _amounts(component),
        "dns": (component.dns.ndots, component.dns.nameservers, component.dns.searches),
        "hosts": component.hostAliases,
        "user": (own.get("runAsUser"), own.get("capabilities"), own.get("readOnlyRootFilesystem")),
        "groups": pod.get("supplementalGroups"),
        "schedule": component.schedule,
        "global": component.kind == "DaemonSet",
        "annotations": component.annotations,
        "grace": component.terminationGracePeriodSeconds if component.kind != "CronJob" else 0,
        "first": {name for name, sidecar in component.sidecars.items() if sidecar.init},
    }


def _sayable(value: object) -> bool:
    return not (isinstance(value, EnvFrom) and value.fieldPath)


def _variable(app: App, value: Any) -> Any:
    """A variable by what it means: `$(NAME)` and the names of secrets are matters of one side."""
    if not isinstance(value, EnvFrom):
        return "text"
    if value.secret:
        return "secret", value.key or next(iter(app.secrets[value.secret].keys))
    if value.external:
        external = app.external[value.external]
        return "external", external.scheme, external.host, external.port, external.path
    exposed = app.components[value.component].exposed
    port = exposed[value.port or next(iter(exposed))].port if value.form != "host" else 0
    return "component", value.component, value.form, port, value.path


def _asks(component: Component, probe: Probe | None) -> Any:
    if probe is None or component.kind == "CronJob":
        return None
    port = probe.port or next(iter(component.ports), "")
    number = component.ports[port].port if probe.path else 0
    return (
        probe.path,
        number,
        probe.command,
        probe.periodSeconds,
        probe.timeoutSeconds,
        probe.failureThreshold,
    )


def _files(app: App, folder: str, file: str) -> Any:
    if not folder:
        return None
    brought = {p.removeprefix(f"{folder}/"): d for p, d in app.files if p.startswith(f"{folder}/")}
    return brought[file] if file else brought


def _amounts(component: Component) -> dict[tuple[str, str], float]:
    """In thousandths of a processor and in bytes."""
    units: dict[str, int] = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}
    found: dict[tuple[str, str], float] = {}
    for part in ("limits", "requests"):
        for name, amount in component.resources.get(part, {}).items():
            written = str(amount)
            if name == "cpu" and component.kind == "CronJob" and part == "requests":
                continue  # of a job, compose says none
            if name == "cpu":
                found[part, name] = float(written[:-1]) if written[-1] == "m" else float(written) * 1000
            elif name == "memory":
                unit = next((u for u in units if written.endswith(u)), "")
                found[part, name] = float(written.removesuffix(unit)) * units.get(unit, 1)
    return found


@pytest.mark.parametrize("name", [*made.APPS, *PROJECTS])
def test_what_both_can_say_comes_back(name: str) -> None:
    app = project(name)
    back = there_and_back(app)
    assert set(back.components) == set(app.components)
    for own in app.components:
        before, after = said(app, app.components[own]), said(back, back.components[own])
        assert {k: (v, after[k]) for k, v in before.items() if after[k] != v} == {}
    served = {(route.path, route.component) for route in app.routes}
    assert served in ({(route.path, route.component) for route in back.routes}, set())


@pytest.mark.parametrize("name", [*made.APPS, *PROJECTS])
def test_what_is_made_is_a_compose_file_and_the_same_each_time(name: str) -> None:
    app = project(name)
    written = text(app, "./", "./")
    loaded = load(Asked(("compose.yaml",)), Given({"compose.yaml": written.encode()}))
    assert (list(schema.problems(loaded.tree)), written, is_edited(written)) == (
        [],
        text(app, "./", "./"),
        False,
    )
    assert is_edited(f"{written}# mine\n")


def test_ushadow_is_built_from_source_with_its_configuration_on_a_volume() -> None:
    written = text(made.app("ushadow"), "../", "../apps/ushadow/")
    found = load(Asked(("compose/c.yaml",)), Given({"compose/c.yaml": written.encode()}))
    backend, frontend = found.services["ushadow-backend"], found.services["ushadow-frontend"]
    assert [s["build"]["context"] for s in (backend, frontend)] == ["ushadow/backend", "ushadow/frontend"]
    assert (backend["pull_policy"], "config:/config" in backend["volumes"]) == ("build", True)
    assert found.tree["x-ushadow"]["ushadow-backend"]["requires"] == ["mongodb", "redis"]


def test_the_committed_file_is_what_app_yaml_says() -> None:
    path = made.ROOT / "compose" / "ushadow-compose.yaml"
    assert path.read_text() == text(made.app("ushadow"), "../", "../apps/ushadow/")
