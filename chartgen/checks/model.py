"""The application as a whole makes sense: what loading `app.yaml` refuses, for an App made in any way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place
from chartgen.model.check import problems_of
from chartgen.model.load import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.model.app import App

NAME = "model"
HELP = "Names in app.yaml are free, references lead somewhere, and no two parts contradict each other."


def check(app: App) -> Iterator[Finding]:
    """Every contradiction of the application."""
    for path, what, hint in problems_of(app):
        yield Finding(NAME, Place("app.yaml", 0, dotted(path)), what, hint)
