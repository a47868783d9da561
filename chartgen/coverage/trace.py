"""What an instrumented chart says about its ways, taken out of what it renders."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Where a file ends: a document of a comment alone. One that ends with a line needs no line break before it,
# which a block scalar that keeps its line breaks would count.
_COMMENT = "#chartgen coverage "
OWN_DOCUMENT = f"---\n{_COMMENT}own "
NEXT_DOCUMENT = f"\n---\n{_COMMENT}next "
# Behind the message of `fail` and `required`.
MARK = "chartgen coverage d41f8a "
_SAID = re.compile(rf"{MARK}([0-9,]*);")


def cut(text: str) -> tuple[str, frozenset[int]]:
    """What a file rendered before it was instrumented, and the ways that it went."""
    for document in (OWN_DOCUMENT, NEXT_DOCUMENT):
        plain, found, numbers = text.rpartition(document)
        if found and re.fullmatch(r"[0-9,]*;\n?", numbers):
            return plain, _numbers([numbers.strip().rstrip(";")])
    return text, frozenset()


def said(message: str) -> frozenset[int]:
    """The ways that a template had gone when it failed, from Helm's error text."""
    return _numbers(_SAID.findall(message))


def _numbers(lists: Iterable[str]) -> frozenset[int]:
    return frozenset(int(number) for numbers in lists for number in numbers.split(",") if number)
