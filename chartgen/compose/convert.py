"""Compose files to app.yaml: a function of the files and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.compose import check, routes, top
from chartgen.compose.carry import CARRIERS
from chartgen.compose.fitting import fitting
from chartgen.compose.images import can_call
from chartgen.compose.naming import slug
from chartgen.compose.notice import Notice, once
from chartgen.compose.parts import Carried, Parts, united
from chartgen.compose.plan import Plan, plan
from chartgen.compose.project import Asked, Project, load, refused
from chartgen.compose.rewrite import Rewriting
from chartgen.compose.service import Service, service
from chartgen.compose.source import Source
from chartgen.compose.text import brought, text
from chartgen.compose.tree import Map
from chartgen.errors import ModelError, Problem
from chartgen.frozen import Frozen
from chartgen.model.app import API_VERSION
from chartgen.model.load import load as load_app

# What a container that runs first has of a component.
_SIDECAR = ("image", "command", "args", "workingDir", "env", "volumes", "files", "resources")


class Conversion(Frozen):
    """What compose files come to: app.yaml, the files beside it, and what a person has to be told.

    `values` is the text of an overlay with what somebody has to bring; empty when nobody has to.
    """

    name: str
    text: str
    values: str
    files: Mapping[str, bytes]
    notices: tuple[Notice, ...]

    @property
    def lost(self) -> tuple[Notice, ...]:
        """What is not carried over."""
        return tuple(notice for notice in self.notices if notice.level == "lost")


def convert(asked: Asked, source: Source, name: str = "") -> Conversion:
    """The application that compose files describe, called `name` or as they say. Raises ModelError."""
    project = load(asked, source)
    services, left = _services(project, source)
    problems = list(check.problems(project, services))
    if not services:
        problems.append(
            Problem(asked.files[0], "no service is left", "declare one, or ask for its --profile")
        )
    if problems:
        raise refused(problems)
    planned = plan(project, services, source)
    parts = {n: _carried(planned, services[n]) for n in services}
    faults = [problem for found in parts.values() for problem in found.problems]
    if faults:
        raise refused(faults)
    app, notices = _app(planned, parts, slug(name or project.name, 40))
    every = (*project.notices, *left, *(n for found in parts.values() for n in found.notices), *notices)
    every = (*every, *top.notices(planned))
    written = text(app, planned.components, list(once(every)))
    _check(written)
    files = {path: data for found in parts.values() for path, data in found.files.items()}
    return Conversion(str(app["name"]), written, brought(app), files, tuple(once(every)))


def _services(project: Project, source: Source) -> tuple[dict[str, Service], list[Notice]]:
    found, left = dict[str, Service](), list[Notice]()
    for name, tree in project.services.items():
        if tree.get("provider"):
            advice = "name it under external, with its address"
            left.append(
                Notice(tree.mark("provider"), f"{name} is provided by a program of the machine", advice)
            )
        else:
            found[name] = service(name, tree, source, project.scope)
    for name, tree in project.jobs.items():
        triggers = tree.get("triggers")
        if isinstance(triggers, Map) and triggers.get("schedule"):
            found[name] = service(name, tree, source, project.scope, job=True)
        else:
            advice = "kubectl create job runs an image once"
            left.append(Notice(tree.mark("triggers"), f"the job {name} is started by hand alone", advice))
    return found, left


def _carried(planned: Plan, one: Service) -> Parts:
    of = Carried(one, planned, Rewriting(one, planned), one.name in planned.first)
    return sum((carrier.carry(of) for carrier in CARRIERS), Parts())


def _app(planned: Plan, parts: Mapping[str, Parts], name: str) -> tuple[dict[str, Any], list[Notice]]:
    components, shared = dict[str, Any](), dict[str, Any]()
    for compose_name, found in parts.items():
        shared = united(shared, found.app)
        if compose_name in planned.components:
            one = dict(found.component)
            sidecars = dict(_first(planned, parts, planned.services[compose_name]))
            components[planned.components[compose_name]] = {
                **one,
                **({"sidecars": sidecars} if sidecars else {}),
            }
    notices: list[Notice] = list(_made_by(components, shared))
    components = dict(fitting(planned, components, shared, notices))
    routed = routes.routes(planned, components)
    notices += routed.notices
    head = {
        "apiVersion": API_VERSION,
        "name": name,
        "version": "0.1.0",
        "appVersion": _version(components, routed.main),
        "description": f"{planned.project.name}, as its compose files describe it",
        "components": components,
    }
    return {**head, **shared, **({"routes": routed.routes} if routed.routes else {})}, notices


def _made_by(components: Mapping[str, Any], shared: dict[str, Any]) -> Iterator[Notice]:
    """Lets the likeliest image run the Jobs that make secrets, and says what it has to hold."""
    made = [block for block in shared.get("secrets", {}).values() if block["generate"] == "job"]
    if not made:
        return
    name = min(components, key=lambda n: can_call(str(components[n].get("image", {}).get("repository", ""))))
    for block in made:
        block["image"] = name
    what = f"the secrets are made in the image of {name}, which has to hold a shell, and curl or python3"
    yield Notice("", what, "name another under secrets, or bring them: secrets.NAME.existingSecret", "note")


def _version(components: Mapping[str, Any], main: str) -> str:
    """The tag of the component that people see, or of the first that has one."""
    names = [main] if main in components else []
    tags = [str(components[n]["image"].get("tag", "")) for n in (*names, *components)]
    return next(
        (tag for tag in tags if tag and tag[0].isalnum() and tag[-1].isalnum() and tag != "latest"), "1.0.0"
    )


def _first(planned: Plan, parts: Mapping[str, Parts], one: Service) -> Iterator[tuple[str, dict[str, Any]]]:
    """The containers that run before a service, those that they wait for before them."""
    for name in dict.fromkeys(_before(planned, one)):
        found = parts[name].component
        yield (
            slug(name.removeprefix(f"{one.name}-")),
            {**{key: found[key] for key in _SIDECAR if key in found}, "init": True},
        )


def _before(planned: Plan, one: Service) -> Iterable[str]:
    for name, how in one.depends_on.items():
        if name in planned.services and _ends(how):
            yield from _before(planned, planned.services[name])
            yield name


def _ends(how: Map) -> bool:
    return how.get("condition") == "service_completed_successfully"


def _check(written: str) -> None:
    """What was made is right, or nothing is written. Raises ModelError."""
    try:
        load_app(written, "app.yaml")
    except ModelError as error:
        hint = "change the compose files so that it can stand, or write app.yaml by hand"
        problems = [Problem(p.where, p.what, p.hint) for p in error.problems]
        raise ModelError("what these files come to is no application yet", hint, problems) from None
