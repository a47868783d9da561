"""The chart on disk is what its model generates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.chart import ChartFile
    from chartgen.checks.subject import Made

NAME = "in-sync"
HELP = "The chart is byte for byte what its app.yaml generates now."
_HINT = "run `chartgen generate`; move an edit of yours into app.yaml, an overlay or the app's own templates"


def check(made: Made) -> Iterator[Finding]:
    """File by file: missing, different, or nobody's. Without a model there is nothing to compare."""
    if made.expected is None:
        return
    there, wanted = made.chart.by_path, made.expected.by_path
    for path in sorted(there.keys() | wanted.keys()):
        if path not in there:
            yield Finding(NAME, Place(path), "is missing", _HINT)
        elif path not in wanted:
            what = "is not made by app.yaml"
            yield Finding(NAME, Place(path), what, "move it into the app's own templates, or delete it")
        elif there[path].data != wanted[path].data:
            what = "differs from what app.yaml makes"
            yield Finding(NAME, Place(path, _line(there[path], wanted[path])), what, _HINT)


def _line(there: ChartFile, wanted: ChartFile) -> int:
    """The first line, from 1, that differs."""
    pairs = zip(there.data.split(b"\n"), wanted.data.split(b"\n"), strict=False)
    same = 0
    for ours, theirs in pairs:
        if ours != theirs:
            break
        same += 1
    return same + 1
