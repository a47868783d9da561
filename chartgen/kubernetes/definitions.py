"""The `definitions` block of a values schema: the types that values pass through to Kubernetes.

They are those of the oldest Kubernetes we support, refined (see `ci/kubernetes_refined.yaml`), so that
what the schema accepts is accepted by every supported server. Draft-07, self-contained, no words.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from chartgen import shipped
from chartgen.errors import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chartgen.settings import Schema

PREFIX = "#/definitions/"


@cache
def _all() -> dict[str, Schema]:
    loaded: dict[str, Schema] = json.loads(shipped.read("data/definitions.json"))
    return loaded


def names() -> tuple[str, ...]:
    """The names of all definitions, sorted."""
    return tuple(_all())


def ref(name: str) -> Schema:
    """A schema that refers to the definition `name`; KeyError with the near miss when there is none."""
    _known(name)
    return {"$ref": PREFIX + name}


def definitions(wanted: Iterable[str]) -> dict[str, Schema]:
    """The definitions `wanted` and every other one they lead to, and no more, sorted by name."""
    todo, found = list(wanted), set[str]()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += references(_known(name))
    return {name: _all()[name] for name in sorted(found)}


def references(schema: Any) -> Iterator[str]:
    """The names of the definitions that `schema`, a schema or any part of one, refers to directly."""
    todo = [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            target = part.get("$ref")
            if isinstance(target, str) and target.startswith(PREFIX):
                yield target.removeprefix(PREFIX)
            todo += part.values()
        elif isinstance(part, list | tuple):
            todo += part


def _known(name: str) -> Schema:
    try:
        return _all()[name]
    except KeyError:
        raise KeyError(f"no definition {name!r}; {near_miss(name, _all())}") from None
