"""Compose files as one project: read, interpolated, extended, included, merged, held against the schema."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from chartgen.compose import dotenv, plain, schema
from chartgen.compose.extends import Extending
from chartgen.compose.interpolate import Scope, TemplateError
from chartgen.compose.merge import merge, texts
from chartgen.compose.notice import Notice
from chartgen.compose.paths import rooted
from chartgen.compose.read import read
from chartgen.compose.sensitive import is_secret
from chartgen.compose.source import Source, below, fetched
from chartgen.compose.tree import Map, each, settled
from chartgen.errors import ModelError, Problem
from chartgen.frozen import Frozen

GROUPS = ("services", "jobs", "volumes", "networks", "secrets", "configs", "models")


class Project(Frozen):
    """What the files say together. `services` are those that the profiles leave, by their names."""

    name: str
    tree: Map
    services: Mapping[str, Map]
    jobs: Mapping[str, Map]
    scope: Scope
    notices: tuple[Notice, ...]

    def group(self, name: str) -> Map:
        """A part at the top: volumes, networks, secrets, configs."""
        found = self.tree.get(name)
        return found if isinstance(found, Map) else Map()


class Asked(Frozen):
    """What the person asked for beside the files."""

    files: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = "app"  # what the source's own folder is called


def load(asked: Asked, source: Source) -> Project:
    """The project of compose files. Raises ModelError with everything that is wrong with it."""
    problems: list[Problem] = []
    folder = posixpath.dirname(asked.files[0])
    scope = _scope(asked, folder, source, problems)
    loading = _Loading(source, problems)
    tree = settled(loading.unit(asked.files, folder, scope, ()))
    if not problems:
        problems.extend(schema.problems(tree))
    if problems:
        raise refused(problems)
    name = str(tree.get("name") or posixpath.basename(folder) or asked.folder)
    services, notices = _chosen(tree, asked.profiles)
    return Project(name, tree, services, _jobs(tree), scope, (*notices, *_unset(scope)))


def refused(problems: Iterable[Problem]) -> ModelError:
    """The error that tells all problems, each once, in the order of their places."""
    found = sorted(dict.fromkeys(problems), key=_order)
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return ModelError(f"compose files: {count}", problems=found)


def _order(problem: Problem) -> tuple[str, int]:
    name, _, line = problem.where.partition(":")
    return name, plain.number(line.partition(":")[0]) or 0


def _scope(asked: Asked, folder: str, source: Source, problems: list[Problem]) -> Scope:
    """The variables: those given, then the files named, then `.env` beside the first compose file."""
    given = Scope(asked.variables, is_secret)
    names = asked.env_files
    if not names and source.file(usual := below(folder, ".env")) is not None:
        names = (usual,)
    found: dict[str, str] = {}
    for name in names:
        data = fetched(source, below("", name), name, problems)
        if data is not None:
            found.update(dotenv.parse(data.decode("utf-8", "replace"), name, given.under(found), problems))
    return given.under(found)


class _Loading:
    """Reads files for one project; everything that is wrong with any lands in one list."""

    def __init__(self, source: Source, problems: list[Problem]) -> None:
        self._source, self._problems = source, problems

    def unit(
        self, files: Iterable[str], base: str, scope: Scope, trail: tuple[str, ...], where: str = ""
    ) -> Map:
        """Files merged in their order, with what they include; paths are relative to `base`.

        `where` is the place that names them, if one does.
        """
        merged = Map()
        for path in files:
            tree = self._file(path, where or path, scope)
            extending = Extending(lambda other, at: self._file(other, at, scope), self._problems)
            if tree is not None:
                merged = merge(merged, extending.applied(tree, path, base), (), self._problems)
        include = merged.pop("include", None)
        merged = rooted(merged, base)
        return self._included(merged, include, base, scope, trail) if include else merged

    def _file(self, path: str, where: str, scope: Scope) -> Map | None:
        data = fetched(self._source, path, where, self._problems)
        if data is None:
            return None
        merged = Map(path)
        for tree in read(data, path, self._problems):
            merged = merge(merged, each(tree, lambda v, m: self._text(v, m, scope)), (), self._problems)
        return merged

    def _text(self, value: Any, where: str, scope: Scope) -> Any:
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            return scope.text(value)
        except TemplateError as error:
            self._problems.append(Problem(where, error.what, error.hint))
            return ""

    def _included(self, tree: Map, include: Any, base: str, scope: Scope, trail: tuple[str, ...]) -> Map:
        result = Map(tree.where)
        for entry, where in texts(include).items():
            words = entry if isinstance(entry, Map) else {"path": entry}
            files = [below(base, str(path)) for path in texts(words.get("path"))]
            again = [path for path in files if path in trail]
            if again or not files:
                what = f"files that include each other: {' -> '.join((*trail, *again))}"
                self._problems.append(Problem(where, what, "let one of them stand alone"))
                continue
            inner = below(base, str(words["project_directory"])) if "project_directory" in words else None
            folder = inner or posixpath.dirname(files[0])
            scoped = self._scope(words.get("env_file"), base, folder, scope, where)
            found = self.unit(files, folder, scoped, (*trail, *files), where)
            self._unite(result, found, where)
        united: Map = merge(result, tree, (), self._problems)
        return united

    def _unite(self, result: Map, found: Map, where: str) -> None:
        for group in GROUPS:
            for name, value, mark in (found.get(group) or Map()).entries():
                into = result.setdefault(group, Map(found.mark(group)))
                if name in into and into[name] != value:
                    what = f"two included files define {group[:-1]} {name!r} differently"
                    self._problems.append(Problem(where, what, f"one is at {into.mark(name)}, one at {mark}"))
                into.put(name, value, mark)

    def _scope(self, named: Any, base: str, folder: str, scope: Scope, where: str) -> Scope:
        names = [below(base, str(name)) for name in texts(named)]
        if not names and folder != base and self._source.file(usual := below(folder, ".env")) is not None:
            names = [usual]
        found: dict[str, str] = {}
        for name in names:
            data = fetched(self._source, name, where, self._problems)
            if data is not None:
                text = data.decode("utf-8", "replace")
                found.update(dotenv.parse(text, name, scope.under(found), self._problems))
        return scope.under(found)


def _chosen(tree: Map, profiles: tuple[str, ...]) -> tuple[dict[str, Map], list[Notice]]:
    services, notices = dict[str, Map](), list[Notice]()
    for name, service, mark in (tree.get("services") or Map()).entries():
        wanted = [str(profile) for profile in service.get("profiles") or ()]
        if not wanted or "*" in profiles or set(wanted) & set(profiles):
            services[name] = service
        else:
            advice = f"--profile {wanted[0]} takes it in"
            notices.append(Notice(mark, f"{name} is left out: its profile was not asked for", advice, "note"))
    return services, notices


def _jobs(tree: Map) -> dict[str, Map]:
    return {name: job for name, job, _ in (tree.get("jobs") or Map()).entries()}


def _unset(scope: Scope) -> list[Notice]:
    return [
        Notice(".env", f"the variable {name} has no value: it counts as empty", f"--env {name}=VALUE", "note")
        for name in scope.unset
    ]
