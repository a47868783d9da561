"""One chart more in a chartgen.yaml that a person wrote: every line and comment of it stays."""

from __future__ import annotations

import re
from typing import Any

from chartgen import documents, project
from chartgen.errors import ChartgenError, ModelError


def entry(name: str, overlays: tuple[str, ...] = ()) -> dict[str, Any]:
    """What chartgen.yaml says under `charts` of a new chart."""
    known = {"overlays": list(overlays)} if overlays else {}
    return {name: {"app": f"apps/{name}", "chart": f"charts/{name}", **known}}


def added(text: bytes, file: str, name: str, overlays: tuple[str, ...] = ()) -> str:
    """The text of a chartgen.yaml with one chart more, and every other line as it was.

    Raises ChartgenError when it has a shape that only its author should change.
    """
    before = project.load(text, file)
    if name in before.charts:
        raise ChartgenError(
            f"{file}: it has a chart called {name}", "choose another name; nothing was written"
        )
    after = _inserted(text.decode(), name, overlays)
    try:
        charts = project.load(after.encode(), file).charts if after else {}
    except ModelError:
        charts = {}
    added = {key: entry for key, entry in charts.items() if key != name}
    if added != before.charts or name not in charts:
        block = documents.dump({"charts": entry(name, overlays)}).replace("\n", "\n    ").rstrip()
        raise ChartgenError(
            f"{file}: not in a shape that can be added to", f"add by hand, and try again:\n    {block}"
        )
    return after


def _inserted(text: str, name: str, overlays: tuple[str, ...]) -> str:
    """The lines of the new chart after the last one under `charts:`; nothing where that is not to be seen."""
    lines = re.split(r"(?<=\n)", text)
    start = next((n for n, line in enumerate(lines) if re.fullmatch(r"charts:\s*(#.*)?\s*", line)), None)
    inside = [] if start is None else _inside(lines, start + 1)
    if not inside:
        return ""
    indent = lines[inside[0]][: -len(lines[inside[0]].lstrip())]
    last = max(number for number in inside if lines[number].startswith(indent))
    new = "".join(f"{indent}{line}\n" for line in documents.dump(entry(name, overlays)).splitlines())
    return "".join([*lines[:last], lines[last].rstrip("\n") + "\n", new, *lines[last + 1 :]])


def _inside(lines: list[str], start: int) -> list[int]:
    """The numbers of the lines that say something, up to the next key at the margin."""
    end = next((n for n in range(start, len(lines)) if re.match(r"[^\s#]", lines[n])), len(lines))
    return [n for n in range(start, end) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
