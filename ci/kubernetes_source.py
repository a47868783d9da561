"""Read the schemas that the PyPI package kubernetes-validate carries, and strip them to what decides.

The package holds, per Kubernetes version, every type of the API as JSON Schema 2020-12; the folders
`-local-strict` refuse unknown fields. Words (descriptions) and `x-kubernetes-*` notes go.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
OLDEST = 29  # the minor version of the oldest Kubernetes we support
NOTES = {"description", "default", "$schema", "$id", "discriminator", "title"}


def folder() -> Path:
    return Path(str(kubernetes_validate.__file__)).parent / "kubernetes-json-schema"


def versions() -> tuple[str, ...]:
    """Every supported version the package carries, oldest first: `1.29`, `1.30`, ..."""
    found = (re.fullmatch(r"v1\.(\d+)\.0-local-strict", path.name) for path in folder().iterdir())
    return tuple(f"1.{n}" for n in sorted(int(m[1]) for m in found if m) if n >= OLDEST)


def strict(version: str) -> Path:
    return folder() / f"v{version}.0-local-strict"


def types(version: str) -> dict[str, Json]:
    """Every named type of `version`: full name -> schema as the package has it."""
    loaded: Json = json.loads((strict(version) / "_definitions.json").read_bytes())
    return dict(loaded["$defs"])


def name_of(ref: str) -> str:
    return ref.rsplit("/", 1)[-1]


def refs(schema: Any) -> Iterator[str]:
    """The names of the types that `schema` refers to."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):  # a field may be called so too
                yield name_of(value)
            else:
                yield from refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from refs(value)


def bare(schema: Json) -> Json:
    """`schema` without words and notes; nothing stands beside a `$ref`."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept: Json = {}
    for key in sorted(schema):
        if key in NOTES or key.startswith("x-kubernetes-"):
            continue
        kept[key] = _bare_part(key, schema[key])
    return kept


def _bare_part(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: bare(value[name]) for name in sorted(value)}
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return bare(value)
    if key in ("allOf", "anyOf", "oneOf"):
        return [bare(part) for part in value]
    return value
