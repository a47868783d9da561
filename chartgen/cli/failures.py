"""What is wrong, said on standard error: everything at once, when several charts are wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

import click

from chartgen.errors import ChartgenError

Item = TypeVar("Item")
Made = TypeVar("Made")


class CombinedError(ChartgenError):
    """What is wrong with several charts. A wrong chart weighs more than an answer that could not be had."""

    def __init__(self, errors: Iterable[ChartgenError]) -> None:
        self.errors = tuple({str(error): error for error in errors}.values())
        super().__init__("\n".join(map(str, self.errors)))
        self.exit_code = min(error.exit_code for error in self.errors)


def each(items: Iterable[Item], make: Callable[[Item], Made]) -> list[Made]:
    """What `make` makes of each. Raises what was raised for any of them, when all were tried."""
    made: list[Made] = []
    errors: list[ChartgenError] = []
    for item in items:
        try:
            made.append(make(item))
        except ChartgenError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else CombinedError(errors)
    return made


def progress(text: str) -> None:
    """Says on a terminal what is going on, in one line that the next one replaces; silent in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)


def complain(error: ChartgenError) -> None:
    """Tells a person what is wrong."""
    progress("")
    for one in error.errors if isinstance(error, CombinedError) else (error,):
        click.echo(f"Error: {one}", err=True)
