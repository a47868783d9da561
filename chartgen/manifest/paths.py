"""Paths into rendered data: written for people, and followed through lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ODD = re.compile(r"[./\[\] ]")


def below(path: str, key: str) -> str:
    """A path one step down: `spec.ports`; a key with dots, slashes or brackets goes in brackets."""
    if _ODD.search(key):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def follow(data: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """What stands at `pattern` (`rules[].backend.service`), each with its path; `[]` is every entry."""
    step, _, rest = pattern.partition(".")
    key = step.removesuffix("[]")
    found = data.get(key) if isinstance(data, Mapping) and key else data
    where = below(path, key) if key else path
    if step.endswith("[]"):
        entries = enumerate(found) if isinstance(found, list) else ()
        pairs = [(f"{where}[{index}]", entry) for index, entry in entries]
    else:
        pairs = [] if found is None else [(where, found)]
    for place, entry in pairs:
        yield from follow(entry, rest, place) if rest else [(place, entry)]
