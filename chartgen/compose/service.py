"""One service or job of a project, with what is read from beside the compose files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartgen.compose import dotenv, plain
from chartgen.compose.interpolate import Scope
from chartgen.compose.merge import named, pairs, texts
from chartgen.compose.notation import FormError, MountUse, PortUse, mount, ports, words
from chartgen.compose.source import Source, fetched
from chartgen.compose.tree import Map
from chartgen.errors import Problem
from chartgen.frozen import Frozen


class Service(Frozen):
    """A service as compose runs it. `environment` has None where a variable is passed through."""

    name: str
    tree: Map
    environment: Mapping[str, tuple[str | None, str]]
    labels: Mapping[str, str]
    ports: tuple[PortUse, ...]
    exposed: tuple[PortUse, ...]
    mounts: tuple[tuple[MountUse, str], ...]
    problems: tuple[Problem, ...]
    job: bool = False

    def get(self, key: str, default: Any = None) -> Any:
        found = self.tree.get(key)
        return default if found is None else found

    def where(self, key: str) -> str:
        return self.tree.mark(key)

    def map(self, *path: str) -> Map:
        """A mapping inside the service; empty when there is none."""
        found: Any = self.tree
        for key in path:
            found = found.get(key) if isinstance(found, Map) else None
        return found if isinstance(found, Map) else Map(self.tree.where)

    def words(self, key: str) -> tuple[str, ...]:
        """`command` or `entrypoint` as words; none when it is not well formed, which is told elsewhere."""
        try:
            return words(self.get(key, []))
        except FormError:
            return ()

    @property
    def depends_on(self) -> Mapping[str, Map]:
        found = named(self.get("depends_on", Map()), "depends_on")
        return found if isinstance(found, Map) else {}

    @property
    def repository(self) -> str:
        """The image's repository, without what may be wrong with it."""
        return str(self.get("image", "")).partition("@")[0].partition(":")[0]


def service(name: str, tree: Map, source: Source, scope: Scope, job: bool = False) -> Service:
    """A service whose short forms are read; what is wrong with them is in its problems."""
    problems: list[Problem] = []
    found = {key: _ports(tree, key, problems) for key in ("ports", "expose")}
    return Service(
        name,
        tree,
        _environment(tree, source, scope, problems),
        _labels(tree, source, problems),
        found["ports"],
        found["expose"],
        _mounts(tree, problems),
        tuple(problems),
        job,
    )


def _ports(tree: Map, key: str, problems: list[Problem]) -> tuple[PortUse, ...]:
    found: list[PortUse] = []
    for item, where in texts(tree.get(key)).items():
        try:
            found += ports(item)
        except FormError as error:
            problems.append(Problem(where, error.what, error.hint))
    return tuple(dict.fromkeys(found))


def _mounts(tree: Map, problems: list[Problem]) -> tuple[tuple[MountUse, str], ...]:
    found: dict[str, tuple[MountUse, str]] = {}
    for item, where in texts(tree.get("volumes")).items():
        try:
            use = mount(item)
        except FormError as error:
            problems.append(Problem(where, error.what, error.hint))
            continue
        found[use.target] = (use, where or tree.mark("volumes"))
    for item, where in texts(tree.get("tmpfs")).items():
        path = plain.text_of(item).partition(":")[0]
        found[path] = (MountUse("tmpfs", "", path), where)
    return tuple(found.values())


def _environment(
    tree: Map, source: Source, scope: Scope, problems: list[Problem]
) -> dict[str, tuple[str | None, str]]:
    found: dict[str, tuple[str | None, str]] = {}
    for item, where in texts(tree.get("env_file")).items():
        words = item if isinstance(item, Map) else {"path": item}
        path, required = str(words.get("path", "")), plain.truth(words.get("required", True))
        data = fetched(source, path, where or tree.mark("env_file"), problems if required else [])
        text = (data or b"").decode("utf-8", "replace")
        if words.get("format") == "raw":
            lines = [line.partition("=") for line in text.splitlines() if "=" in line and line[:1] != "#"]
            found.update({name: (value, path) for name, _, value in lines})
        else:
            read = dotenv.parse(text, path, scope, problems)
            found.update({name: (value, path) for name, value in read.items()})
    written = pairs(tree.get("environment"))
    for name, value, mark in written.entries() if isinstance(written, Map) else ():
        given = scope.text(f"${{{name}}}") if value is None and name in scope.variables else None
        found[name] = (given if value is None else plain.text_of(value), mark)
    return found


def _labels(tree: Map, source: Source, problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item, where in texts(tree.get("label_file")).items():
        data = fetched(source, str(item), where or tree.mark("label_file"), problems) or b""
        found.update(dotenv.parse(data.decode("utf-8", "replace"), str(item), Scope({}), problems))
    for key in ("labels", "annotations"):
        written = pairs(tree.get(key))
        for name, value, _ in written.entries() if isinstance(written, Map) else ():
            found[name] = plain.text_of(value)
    return found
