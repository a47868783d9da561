"""A failing document made as small as it can be while it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chartgen.verify.document import Document

TRIES = 150  # documents that are tried at most


def shrunk(document: Document, fails: Callable[[Document], bool], tries: int = TRIES) -> Document:
    """The smallest document found that still `fails`; the same one when nothing can go.

    Parts are left out, the largest first, then values are made plainer, until nothing can go any more.
    """
    left = tries
    while True:
        for smaller in _smaller(document):
            if left <= 0:
                return document
            left -= 1
            if fails(smaller):
                document = smaller
                break
        else:
            return document


def _smaller(value: Any) -> Iterator[Any]:
    """Values of the same type that are a step smaller, the boldest step first."""
    if isinstance(value, Mapping):
        yield from _of_map(value)
    elif isinstance(value, list):
        half = len(value) // 2
        if half:
            yield from (value[:half], value[half:])
        yield from (value[:n] + value[n + 1 :] for n in range(len(value)))
        for n, item in enumerate(value):
            yield from ([*value[:n], smaller, *value[n + 1 :]] for smaller in _smaller(item))
    elif isinstance(value, str) and len(value) > 1:
        half = len(value) // 2
        yield from ("a", value[:half], value[half:]) if value != "a" else ()
    elif isinstance(value, int | float) and not isinstance(value, bool) and value not in (0, 1):
        yield from (0, 1)


def _of_map(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    keys = list(value)
    if len(keys) > 3:
        for part in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
            yield {key: inner for key, inner in value.items() if key not in part}
    for key in keys:
        yield {other: inner for other, inner in value.items() if other != key}
    for key in keys:
        for smaller in _smaller(value[key]):
            yield {**value, key: smaller}
