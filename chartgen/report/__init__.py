"""What a run of checks found, an examination of a release, or a comparison, printed: one file per format.

Every format is a function of the report alone, so the same run gives the same bytes. Text that came
from a chart or a cluster is never trusted: each format escapes what its readers would execute, join or drop.
`color` asks for ANSI colours, and only the format for people has any.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.changes import Comparison
    from chartgen.diagnoses import Examined
    from chartgen.findings import Report


class Format(Protocol):
    """Prints a report, the last line break included."""

    def __call__(self, report: Report, *, color: bool = False) -> str: ...


class DiagnosisFormat(Protocol):
    """The same for an examined release."""

    def __call__(self, examined: Examined, *, color: bool = False) -> str: ...


class DiffFormat(Protocol):
    """The same for two versions of a chart."""

    def __call__(self, comparison: Comparison, *, color: bool = False) -> str: ...


def _format(name: str) -> Any:
    """The format in the module `name`, imported when it is used: Python's XML brings half a web browser."""

    def render(what: object, *, color: bool = False) -> str:
        text: str = import_module(f"chartgen.report.{name}").render(what, color=color)
        return text

    return render


FORMATS: Mapping[str, Format] = {name: _format(name) for name in ("text", "json", "sarif", "junit")}
DIAGNOSIS_FORMATS: Mapping[str, DiagnosisFormat] = {
    name: _format(f"diagnosis_{name}") for name in ("text", "json")
}
DIFF_FORMATS: Mapping[str, DiffFormat] = {
    name: _format(f"diff_{name}") for name in ("text", "json", "markdown", "html", "changelog", "annotation")
}
