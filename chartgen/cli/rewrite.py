"""One scalar of a file that a person wrote, changed; every other byte stays."""

from __future__ import annotations

import re
from typing import Any

from chartgen import documents
from chartgen.errors import ChartgenError, ModelError

_LINE = r"(?P<before>{key}:[ \t]+)(?P<quote>[\"']?)[^\"'\s#]+(?P=quote)(?P<after>[ \t]*(?:#.*)?\r?\n?)"


def rewritten(text: bytes, file: str, key: str, value: str) -> bytes:
    """The text of a YAML file with another value for a key at its margin.

    Raises ChartgenError when it has a shape that only its author should change; ModelError for no YAML.
    """
    document = documents.load(text, file)
    number = document.line((key,)) - 1
    lines = re.split(r"(?<=\n)", text.decode())
    found = re.fullmatch(_LINE.format(key=re.escape(key)), lines[number]) if number < len(lines) else None
    if found:
        lines[number] = f"{found['before']}{found['quote']}{value}{found['quote']}{found['after']}"
    after = "".join(lines).encode()
    if not found or _data(after, file) != {**document.data, key: value}:
        raise ChartgenError(
            f"{file}: not in a shape that can be changed", f"write it by hand: {key}: {value}"
        )
    return after


def _data(text: bytes, file: str) -> Any:
    try:
        return documents.load(text, file).data
    except ModelError:
        return None
