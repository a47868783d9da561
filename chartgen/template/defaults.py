"""The texts in a chart's default values: some charts hand them to `tpl`, which executes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chartgen.template.origin import ELEMENT


def texts(values: object, path: tuple[str, ...]) -> list[str]:
    """Every string at or below a path, "*" being any key or index."""
    found: list[object] = [values]
    for key in path:
        found = [inner for one in found for inner in _step(one, key)]
    strings = []
    while found:
        value = found.pop()
        if isinstance(value, str):
            strings.append(value)
        found.extend(_step(value, ELEMENT))
    return strings[::-1]


def _step(value: object, key: str) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values() if key == ELEMENT else [value[key]] if key in value else []
    return value if isinstance(value, list) and key == ELEMENT else []
