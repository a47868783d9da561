"""Names of compose as names of app.yaml, which are names of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chartgen.model.check import LONGEST_NAME, LONGEST_SUFFIX
from chartgen.model.field import NAME, camel
from chartgen.model.reference import BOOLEANS, RESERVED

__all__ = ["LONGEST_SUFFIX", "is_name", "slug", "unique"]


def is_name(text: str) -> bool:
    """Whether Kubernetes takes a text as the name of a Service."""
    return re.fullmatch(NAME, text) is not None and len(text) <= 63


def slug(text: str, limit: int = LONGEST_NAME, instead: str = "app") -> str:
    """The nearest name: lower case, `-` for what is not allowed, a letter first."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if found and not found[0].isalpha():
        found = f"{instead[:1]}-{found}"
    return (found or instead)[:limit].strip("-")


def unique(names: Iterable[str], limit: int = LONGEST_NAME, taken: Iterable[str] = ()) -> dict[str, str]:
    """A name of app.yaml for each name of compose; two never are the same key of the values."""
    found: dict[str, str] = {}
    keys = {camel(name) for name in taken}
    for name in names:
        chosen = plain = slug(name, limit)
        number = 2
        while camel(chosen) in keys | RESERVED | BOOLEANS:
            ending = "-app" if camel(plain) in RESERVED | BOOLEANS and number == 2 else f"-{number}"
            chosen = plain[: limit - len(ending)].rstrip("-") + ending
            number += 1
        keys.add(camel(chosen))
        found[name] = chosen
    return found
