"""The one error of this package: a template that Go would not parse."""

from __future__ import annotations

from chartgen.errors import ChartgenError


class TemplateError(ChartgenError):
    """A template is wrong at one place. `line` and `column` count from 1, in characters."""

    def __init__(self, name: str, line: int, column: int, what: str, hint: str = "") -> None:
        super().__init__(f"{name}:{line}:{column}: {what}", hint)
        self.name = name
        self.line = line
        self.column = column
        self.what = what
