"""Helm renders the chart with the values of every overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place
from chartgen.manifest import Rendering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.engine import Answer

NAME = "renders"
HELP = "Helm renders the chart with the values of every overlay."
_HINTS = {
    "schema": "change the overlay: the schema of the chart refuses it",
    "rule": "change the overlay: a rule of the chart refuses it",
    "template": "mend the template, or what app.yaml makes of it",
    "chart": "mend the chart: Helm refuses it as a whole",
}


def check(answer: Answer) -> Iterator[Finding]:
    """What Helm said instead of a rendering."""
    if not isinstance(answer, Rendering):
        yield Finding(NAME, Place("values.yaml"), answer.message, _HINTS[answer.kind])
