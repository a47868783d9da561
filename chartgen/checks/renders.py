"""Helm renders the chart with the values of every overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place, Severity
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
    """What Helm said instead of a rendering.

    A rule may want a person to bring what no chart can have, a password say: that its own values do not
    render is then how it is meant. What is not seen of it for that reason is not run, and never passed.
    """
    if isinstance(answer, Rendering):
        return
    place = Place("values.yaml")
    if answer.kind == "rule" and not answer.case.overlay:
        hint = "this has to be said when the chart is installed; an overlay that says it is checked in full"
        yield Finding(NAME, place, answer.message, hint, Severity.INFO)
    else:
        yield Finding(NAME, place, answer.message, _HINTS[answer.kind])
