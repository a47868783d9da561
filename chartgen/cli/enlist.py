"""One chart more in a chartgen.yaml that a person wrote: every line and comment of it stays."""

from __future__ import annotations

import re
from typing import Any

from chartgen import documents, project
from chartgen.errors import ChartgenError, ModelError


def entry(name: str) -> dict[str, Any]:
    """What chartgen.yaml says under `charts` of a new chart."""
    return {name: {"app": f"apps/{name}", "chart": f"charts/{name}"}}


def added(text: bytes, file: str, name: str) -> str:
    """The text of a chartgen.yaml with one chart more, and every other line as it was.

    Raises ChartgenError when it has a shape that only its author should change.
    """
    before = project.load(text, file)
    if name in before.charts:
        raise ChartgenError(
            f"{file}: it has a chart called {name}", "choose another name; nothing was written"
        )
    after = _inserted(text.decode(), name)
    try:
        charts = project.load(after.encode(), file).charts if after else {}
    except ModelError:
        charts = {}
    added = {key: entry for key, entry in charts.items() if key != name}
    if added != before.charts or name not in charts:
        block = documents.dump({"charts": entry(name)}).replace("\n", "\n    ").rstrip()
        raise ChartgenError(
            f"{file}: not in a shape that can be added to", f"add by hand, and try again:\n    {block}"
        )
    return after


def _inserted(text: str, name: str) -> str:
    """The lines of the new chart after the last one under `charts:`; nothing where that is not to be seen."""
    lines = text.splitlines(keepends=True)
    start = next((n for n, line in enumerate(lines) if re.fullmatch(r"charts:\s*(#.*)?\s*", line)), None)
    if start is None:
        return ""
    inside = [n for n in range(start + 1, _end(lines, start + 1)) if lines[n].strip()]
    first = next((n for n in inside if not lines[n].lstrip().startswith("#")), None)
    if first is None:
        return ""
    indent = lines[first][: -len(lines[first].lstrip())]
    last = max(n for n in inside if lines[n].startswith(indent) and not lines[n].lstrip().startswith("#"))
    new = "".join(f"{indent}{line}\n" for line in documents.dump(entry(name)).splitlines())
    return "".join([*lines[:last], lines[last].rstrip("\n") + "\n", new, *lines[last + 1 :]])


def _end(lines: list[str], start: int) -> int:
    """Where the block ends: at the next line that begins at the margin, and is no comment."""
    return next((n for n in range(start, len(lines)) if re.match(r"[^\s#]", lines[n])), len(lines))
