"""Fields without a value: a key that was printed while what belongs behind it was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import EXTRA, finding
from chartgen.manifest.paths import below

if TYPE_CHECKING:
    from chartgen.checks.subject import Item
    from chartgen.findings import Finding

NAME = "blank"
HELP = "No field of an object is left without a value."


def check(item: Item) -> Iterator[Finding]:
    """Objects that a person adds are the person's."""
    if item.manifest.source == EXTRA:
        return
    for path in _blank(item.manifest.data, ""):
        yield finding(NAME, item, path, "the field has no value", "print its key only where there is one")


def _blank(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _blank(inner, below(path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _blank(inner, f"{path}[{index}]")
    elif value is None:
        yield path
