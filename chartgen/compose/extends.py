"""`extends`: a service that begins as another one, of the same file or of another.

Source: the Compose Specification, "extends".
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from chartgen.compose.merge import merge
from chartgen.compose.paths import rooted
from chartgen.compose.source import below
from chartgen.compose.tree import Map, settled
from chartgen.errors import Problem, near_miss

Opened = Callable[[str, str], Map | None]  # a path, and where it is named: that file's tree
Trail = tuple[tuple[str, str], ...]


class Extending:
    """Replaces `extends` by what it stands for, in the files that `opened` gives."""

    def __init__(self, opened: Opened, problems: list[Problem]) -> None:
        self._opened, self._problems = opened, problems
        self._circles: set[frozenset[tuple[str, str]]] = set()  # those that have been told

    def applied(self, tree: Map, path: str, base: str) -> Map:
        """A file's tree, whose own name is `path` and whose paths are relative to `base`."""
        result = Map(tree.where, tree.entries())
        for group in ("services", "jobs"):
            named = result.get(group)
            if isinstance(named, Map):
                found = Map(named.where)
                for name, service, mark in named.entries():
                    found.put(name, self._service(name, service, named, (path, base), ()), mark)
                result.put(group, found, result.mark(group))
        return result

    def _service(self, name: str, service: Any, beside: Map, file: tuple[str, str], trail: Trail) -> Any:
        if not isinstance(service, Map) or "extends" not in service:
            return service
        where = service.mark("extends")
        rest = Map(service.where, (entry for entry in service.entries() if entry[0] != "extends"))
        if (file[0], name) in trail:
            circle = " -> ".join(n for _, n in (*trail, (file[0], name)))
            if frozenset(trail) not in self._circles:
                self._tell(where, f"services that extend each other: {circle}", "let one of them stand alone")
            self._circles.add(frozenset(trail))
            return rest
        base = self._base(name, service["extends"], where, beside, file, (*trail, (file[0], name)))
        return (
            merge(settled(base), rest, ("services", name), self._problems) if isinstance(base, Map) else rest
        )

    def _base(
        self, name: str, asked: Any, where: str, beside: Map, file: tuple[str, str], trail: Trail
    ) -> Map | None:
        words = asked if isinstance(asked, Map) else {"service": asked}
        wanted, other = str(words.get("service", "")), words.get("file")
        if other:
            path = below(file[1], str(other))
            tree = self._opened(path, where)
            if tree is None:
                return None
            folder = posixpath.dirname(path)
            services, file = rooted(tree, folder).get("services") or Map(), (path, folder)
        else:
            services = beside
        if wanted not in services:
            hint = near_miss(wanted, services) or "name a service of that file"
            self._tell(where, f"{name} extends {wanted!r}, and {file[0]} has no such service", hint)
            return None
        found = self._service(wanted, services[wanted], services, file, trail)
        return found if isinstance(found, Map) else None

    def _tell(self, where: str, what: str, hint: str) -> None:
        self._problems.append(Problem(where, what, hint))
