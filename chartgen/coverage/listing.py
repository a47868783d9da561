"""Coverage as a listing: every template with its lines, and beside each line what was taken of it.

ok       3 | {{- if .Values.ingress.enabled }}
MISSING  9 | {{- with .Values.tls }}
           ^ with: then was never taken
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartgen.coverage.measure import Branch, Coverage
from chartgen.coverage.text import what
from chartgen.report.escape import path, visible

_OK, _MISSING, _CLOSED = "ok", "MISSING", "closed"


def render(found: Sequence[Coverage], threshold: float) -> str:
    """All files that branch, the share of each above it."""
    del threshold
    files = dict.fromkeys((c, branch.file) for c in found for branch in c.branches)
    return "\n".join("\n".join(_file(coverage, file)) + "\n" for coverage, file in files)


def _file(coverage: Coverage, file: str) -> Iterator[str]:
    own = [branch for branch in coverage.branches if branch.file == file]
    part = Coverage(file, tuple(own))
    count = f"{part.taken} of {part.reachable} branches taken, {part.percent:g}%"
    yield f"{visible(coverage.subject)} {visible(path(file))}: {count}"
    lines = coverage.sources.get(file, "").removesuffix("\n").split("\n")
    width = len(str(len(lines)))
    for number, source in enumerate(lines, 1):
        here = [branch for branch in own if branch.line == number]
        yield f"{_word(here):7} {number:{width}} | {visible(source)}".rstrip()
        yield from (f"{'':8}{'':{width}} {_mark(b)}" for b in here if not b.taken or b.reason)


def _word(branches: list[Branch]) -> str:
    """The worst that is to be said of a line."""
    if not branches:
        return ""
    if any(branch.missing or branch.contradicts for branch in branches):
        return _MISSING
    return _OK if any(branch.taken for branch in branches) else _CLOSED


def _mark(branch: Branch) -> str:
    if branch.contradicts:
        return f"^ column {branch.column}: {what(branch)} was taken, and {visible(branch.reason)}"
    why = f"cannot be taken: {visible(branch.reason)}" if branch.reason else "was never taken"
    return f"^ column {branch.column}: {what(branch)} {why}"
