"""Paths into rendered data: written for people, and followed through lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_ODD = re.compile(r"[./\[\] ]")


def below(path: str, key: str) -> str:
    """A path one step down: `spec.ports`; a key with dots, slashes or brackets goes in brackets."""
    if _ODD.search(key):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def follow(data: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """What stands at `pattern` (`rules[].backend.service`), each with its path; `[]` is every entry."""
    return _followed(data, _steps(pattern), 0, path)


@lru_cache(maxsize=512)
def _steps(pattern: str) -> tuple[tuple[str, bool], ...]:
    """The key of each step, "" for none, and whether every entry of a list is meant."""
    return tuple((step.removesuffix("[]"), step.endswith("[]")) for step in pattern.split("."))


def _followed(
    data: Any, steps: tuple[tuple[str, bool], ...], number: int, path: str
) -> Iterator[tuple[str, Any]]:
    for key, every in steps[number:]:
        number += 1
        if key:
            data = data.get(key) if isinstance(data, dict | Mapping) else None
            if data is None:
                return
            path = below(path, key)
        if every:
            entries = [(f"{path}[{n}]", e) for n, e in enumerate(data if isinstance(data, list) else ())]
            for place, entry in entries if number < len(steps) else ():
                yield from _followed(entry, steps, number, place)
            yield from entries if number == len(steps) else ()
            return
    if data is not None:
        yield path, data
