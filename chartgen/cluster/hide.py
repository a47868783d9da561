"""Logs and messages without what is secret: applied where they are read, before anything else sees them.

Known values are those of the Secrets that the release refers to, in the forms that programs print. Passwords
in URLs go as well, for they may come from the values of the chart.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

SHOWN = "***"
SHORTEST = 4  # characters: to hide an "a" would hide everything
_PASSWORD = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s@]+(?=@)", re.IGNORECASE)


class Hidden:
    """Takes values out of text. The longest goes first, for one may hold another."""

    def __init__(self, values: Iterable[bytes]) -> None:
        forms = {form for value in values for form in _forms(value) if len(form) >= SHORTEST}
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._values = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        found = self._values.sub(SHOWN, text) if self._values else text
        return _PASSWORD.sub(rf"\g<before>{SHOWN}", found)


def _forms(value: bytes) -> Iterator[str]:
    """A value as it may be printed: as it is, line by line, quoted for JSON or a URL, in base64."""
    text = value.decode("utf-8", "replace").strip()
    yield text
    yield from (line.strip() for line in text.splitlines())
    yield json.dumps(text)[1:-1]
    yield quote(text, safe="")
    for data in {value, value.strip()}:
        yield base64.b64encode(data).decode().rstrip("=")
        yield base64.urlsafe_b64encode(data).decode().rstrip("=")
