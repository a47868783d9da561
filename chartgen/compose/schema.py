"""Whether a compose file has the shape that the Compose Specification gives it, by its own JSON schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from chartgen import shipped
from chartgen.compose.tree import Map, Path, place
from chartgen.errors import Problem, near_miss

_CLOSED = ("additionalProperties", "unevaluatedProperties")
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


@cache
def published() -> Mapping[str, Any]:
    """The schema; source and licence are in data/compose.NOTICE."""
    found: dict[str, Any] = json.loads(shipped.read("data/compose.json"))
    return found


def problems(tree: Map) -> Iterator[Problem]:
    """Everything the schema has against a tree, with its place."""
    import jsonschema  # takes longer to load than a compose file takes to read

    validator = jsonschema.Draft202012Validator(published())
    seen: set[tuple[str, str]] = set()
    for error in validator.iter_errors(tree):
        for path, what, hint in _told(_nearest(error)):
            where = place(tree, path)
            if (where, what) not in seen:
                seen.add((where, what))
                yield Problem(where, what, hint)


def _nearest(error: Any) -> Any:
    """Of a choice, the fault of the alternative that was meant: the one of the same type."""
    while error.validator in ("oneOf", "anyOf") and error.context:
        deeper = [e for e in error.context if not (e.validator == "type" and len(e.relative_path) == 0)]
        if not deeper:
            return error
        error = max(deeper, key=lambda e: (len(e.absolute_path), e.validator in _CLOSED))
    return error


def _told(error: Any) -> Iterator[tuple[Path, str, str]]:
    path: Path = tuple(error.absolute_path)
    shown = ".".join(map(str, path)) or "the file"
    if error.validator in _CLOSED:
        known = keys_of(error.schema)
        for key in (k for k in error.instance if not _known(k, error.schema, known)):
            yield (*path, key), f"{shown}: unknown key {key!r}", near_miss(key, known)
    elif error.validator == "type":
        wanted = " or ".join(_TYPES[t] for t in _listed(error.validator_value))
        yield path, f"{shown} is {_kind(error.instance)}", f"wanted: {wanted}"
    elif error.validator in ("oneOf", "anyOf"):
        yield path, f"{shown} is {_kind(error.instance)}", f"wanted: {_wanted(error.context)}"
    elif error.validator == "enum":
        values = {str(v) for v in error.validator_value if v is not None}
        yield path, f"{shown} is {error.instance!r:.60}", near_miss(str(error.instance), values)
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        yield path, f"{shown} lacks {', '.join(missing)}", "write it down"
    elif error.validator == "uniqueItems":
        yield path, f"{shown} holds an item twice", "remove one"
    else:
        yield (
            path,
            f"{shown} is not what the Compose Specification allows here",
            f"{error.validator} is not met",
        )


def _wanted(context: Iterable[Any]) -> str:
    types = [t for e in context if e.validator == "type" for t in _listed(e.validator_value)]
    return " or ".join(dict.fromkeys(_TYPES[t] for t in types)) or "another form"


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"{str(value).lower() if isinstance(value, bool) else value!r:.60}"


def _known(key: str, schema: Mapping[str, Any], known: frozenset[str]) -> bool:
    import re

    patterns = [p for part in _parts(schema) for p in part.get("patternProperties", {})]
    return key in known or any(re.search(pattern, key) for pattern in patterns)


def keys_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """The keys that a mapping may have by a schema, through `$ref` and `allOf`."""
    return frozenset(key for part in _parts(schema) for key in part.get("properties", {}))


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    if "$ref" in schema:
        yield from _parts(definition(str(schema["$ref"]).rpartition("/")[2]))
    for part in schema.get("allOf", ()):
        yield from _parts(part)


def definition(name: str) -> Mapping[str, Any]:
    """A part of the schema by its name: `service`, `deployment`."""
    found: Mapping[str, Any] = published()["$defs"][name]
    return found
