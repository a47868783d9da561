"""What a run of checks found, printed: one file per format.

Every format is a function of the report alone, so the same run gives the same bytes. Text that came
from a chart is never trusted: each format escapes what its readers would execute, join or drop.
`color` asks for ANSI colours, and only the format for people has any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chartgen.report import json, junit, sarif, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.findings import Report


class Format(Protocol):
    """Prints a report, the last line break included."""

    def __call__(self, report: Report, *, color: bool = False) -> str: ...


FORMATS: Mapping[str, Format] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
