"""What is wrong with a project as a whole: names that lead nowhere, services that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartgen.compose.merge import named, texts
from chartgen.compose.project import Project
from chartgen.compose.service import Service
from chartgen.compose.tree import Map
from chartgen.errors import Problem, near_miss


def problems(project: Project, services: Mapping[str, Service]) -> Iterator[Problem]:
    """Every reference of a service to what is not there."""
    for service in services.values():
        yield from service.problems
        yield from _waits(project, services, service)
        yield from _named(project, service)
    yield from _circles(services)


def _waits(project: Project, services: Mapping[str, Service], service: Service) -> Iterator[Problem]:
    for name, how in service.depends_on.items():
        needed = str(how.get("required", True)).lower() != "false"
        if name not in services and needed:
            every = project.group("services")
            found = every.get(name)
            hint = near_miss(name, every) or "name a service"
            if isinstance(found, Map) and found.get("profiles"):
                hint = f"--profile {found['profiles'][0]} takes it in"
            what = f"{service.name} depends on {name}, which is not there"
            yield Problem(service.where("depends_on"), what, hint)


def _named(project: Project, service: Service) -> Iterator[Problem]:
    for use, where in service.mounts:
        if use.kind == "volume" and use.source:
            yield from _known(project, "volumes", use.source, where or service.where("volumes"), service)
    for group in ("secrets", "configs"):
        for item, where in texts(service.get(group)).items():
            name = str(item.get("source") if isinstance(item, Map) else item)
            yield from _known(project, group, name, where or service.where(group), service)
    networks = named(service.get("networks", Map()), "networks")
    for name in networks if isinstance(networks, Map) else ():
        if name != "default":
            yield from _known(project, "networks", name, service.where("networks"), service)


def _known(project: Project, group: str, name: str, where: str, service: Service) -> Iterator[Problem]:
    known = project.group(group)
    if name not in known:
        hint = near_miss(name, known) if known else f"declare it under {group} at the top"
        yield Problem(where, f"{service.name} names {group[:-1]} {name!r}, which is not declared", hint)


def _circles(services: Mapping[str, Service]) -> Iterator[Problem]:
    """Services that wait for each other: none of them could ever start."""
    told: set[str] = set()
    for start in services:
        trail, name = [start], start
        while name not in told:
            onward = [n for n in services[name].depends_on if n in services]
            name = next((n for n in onward if _leads_to(services, n, start)), "")
            if not name or name in trail:
                break
            trail.append(name)
        if name == start and start not in told and (len(trail) > 1 or start in services[start].depends_on):
            told |= set(trail)
            circle = " -> ".join([*trail, start])
            where = services[start].where("depends_on")
            yield Problem(where, f"services that wait for each other: {circle}", "let one of them not wait")


def _leads_to(services: Mapping[str, Service], start: str, end: str) -> bool:
    seen, todo = set[str](), [start]
    while todo:
        name = todo.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            todo += [n for n in services[name].depends_on if n in services]
    return False
