"""One scalar of a file that a person wrote, changed or added; every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def placed(text: bytes, file: str, path: tuple[str, ...], value: str) -> bytes:
    """The text of a YAML file with a text at a path of block mappings; what is lacking of them is added.

    Raises ChartgenError when it has a shape that only its author should change; ModelError for no YAML.
    """
    document = documents.load(text, file)
    before = document.data or {}
    wanted = _with(before, path, value)
    lines = re.split(r"(?<=\n)", text.decode())
    for after in _candidates(document, lines, path, value):
        if _data(after.encode(), file) == wanted:
            return after.encode()
    raise ChartgenError(
        f"{file}: not in a shape that can be changed", f"write it by hand: {'.'.join(path)}: {value}"
    )


def _candidates(
    document: documents.Document, lines: list[str], path: tuple[str, ...], value: str
) -> Iterator[str]:
    """Texts that may be what is wanted: the scalar changed, or the key added below the deepest one there."""
    if path in document.lines:
        number = document.line(path) - 1
        found = re.fullmatch(f"(?P<indent>[ \\t]*){_LINE.format(key=re.escape(path[-1]))}", lines[number])
        if found:
            quote = found["quote"]
            new = f"{found['indent']}{found['before']}{quote}{value}{quote}{found['after']}"
            yield "".join([*lines[:number], new, *lines[number + 1 :]])
        return
    depth = next((d for d in range(len(path) - 1, 0, -1) if path[:d] in document.lines), 0)
    data: Any = value
    for key in reversed(path[depth:]):
        data = {key: data}
    block = documents.dump(data)
    if not depth:
        yield "".join([*lines[:-1], lines[-1].rstrip("\n"), "\n" if lines[-1] else "", block])
        return
    number = document.line(path[:depth])  # the line below the key
    own = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for indent in (_below(lines, number, own), own + 2):
        new = "".join(f"{' ' * indent}{line}\n" for line in block.splitlines())
        yield "".join([*lines[: number - 1], lines[number - 1].rstrip("\n") + "\n", new, *lines[number:]])


def _below(lines: list[str], number: int, own: int) -> int:
    """How far the first key below a key is to the right; a step further where there is none."""
    says = (line for line in lines[number:] if line.strip() and not line.lstrip().startswith("#"))
    following = next(says, "")
    indent = len(following) - len(following.lstrip())
    return indent if indent > own else own + 2


def _with(data: Any, path: tuple[str, ...], value: str) -> Any:
    under = data if isinstance(data, dict) else {}
    return value if not path else {**under, path[0]: _with(under.get(path[0]), path[1:], value)}


def _data(text: bytes, file: str) -> Any:
    try:
        return documents.load(text, file).data
    except ModelError:
        return None
