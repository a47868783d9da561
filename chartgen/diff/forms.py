"""What a JSON Schema says, apart from how it is written: its words left out, its references followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.kubernetes.definitions import PREFIX

Schema = Any  # a mapping, or True or False
# What people read, and what no document is judged by. `format` neither Helm nor we judge.
WORDS = frozenset(
    "$schema $id $comment title description default examples deprecated readOnly writeOnly x-chartgen format "
    "definitions $defs".split()
)
DEEP = 24  # levels; schemas that refer to themselves end here


def definitions(root: Mapping[str, Any]) -> Mapping[str, Any]:
    found = root.get("definitions") or root.get("$defs") or {}
    return found if isinstance(found, Mapping) else {}


def resolved(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    """What a `$ref` leads to; a reference that leads elsewhere stays, and is compared as it is."""
    for _ in range(DEEP):
        target = schema.get("$ref") if isinstance(schema, Mapping) else None
        name = str(target).removeprefix(PREFIX).removeprefix("#/$defs/")
        if target is None or name not in definitions:
            break
        schema = definitions[name]
    return schema


def references(schema: Schema) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(PREFIX).removeprefix("#/$defs/")
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def plain(schema: Schema) -> Any:
    """A schema without the words that nothing is judged by, inside too."""
    if isinstance(schema, Mapping):
        named = {"properties", "patternProperties", "dependencies"}
        return {
            key: {name: plain(part) for name, part in value.items()}
            if key in named and isinstance(value, Mapping)
            else (value if key in ("enum", "const", "required") else plain(value))
            for key, value in schema.items()
            if key not in WORDS
        }
    return [plain(part) for part in schema] if isinstance(schema, list) else schema


def text(found: Any) -> str:
    return json.dumps(found, sort_keys=True)
