"""Faults in values.schema.json: each thing that it asks for, no longer asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ci.mutation.mutant import Mutant

FILE = "values.schema.json"
_LIMITS = (
    "pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf enum const"
    " minItems maxItems uniqueItems minProperties maxProperties required additionalProperties propertyNames"
    " not if then allOf anyOf oneOf type"
).split()
# Keywords that hold schemas by a name of the chart's, which are no keywords themselves.
_MAPS = ("properties", "patternProperties", "definitions", "$defs")
Path: TypeAlias = tuple[str | int, ...]


def mutants(text: str) -> Iterator[Mutant]:
    """The schema without each keyword that limits something, and without each Rule that it carries."""
    whole = json.loads(text)
    for path, holder in _schemas(whole, ()):
        for word in _LIMITS:
            if word in holder:
                yield _without(text, whole, (*path, word), f"removed {word}")
    for number, _ in enumerate(whole.get("x-chartgen", {}).get("rules", ())):
        yield _without(text, whole, ("x-chartgen", "rules", number), "removed Rule")


def _schemas(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every schema in a schema."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _schemas(item, (*path, number))
        return
    if not isinstance(value, dict):
        return
    yield path, value
    for key, below in value.items():
        if key in _MAPS and isinstance(below, dict):
            for name, schema in below.items():
                yield from _schemas(schema, (*path, key, name))
        elif key not in ("enum", "const", "default", "examples", "x-chartgen", "required"):
            yield from _schemas(below, (*path, key))


def _without(text: str, whole: Any, path: Path, operator: str) -> Mutant:
    """The whole file again: where a keyword stands in the text does not matter, which one is gone does."""
    changed = json.loads(json.dumps(whole))
    holder = changed
    for part in path[:-1]:
        holder = holder[part]
    del holder[path[-1]]
    where = "/".join(map(str, path))
    return Mutant(FILE, 0, f"{operator} at {where}", 1, text, json.dumps(changed, indent=2) + "\n")
