"""The options by which a command tells how much of the templates its cases covered, and what it prints.

A command that renders cases takes `coverage_options`, opens its charts by `watched`, and gives what was
covered to `report_coverage`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chartgen.cli.options import option
from chartgen.coverage import FORMATS, Coverage, Traced
from chartgen.disk import write_output
from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.engine import Engine, Session

Command = TypeVar("Command", bound=Callable[..., Any])
GOAL = 100.0


class Wanted(Frozen):
    """What a person wants to know of coverage: `formats` and the file of each, `-` for standard output."""

    formats: tuple[tuple[str, str], ...]
    threshold: float

    def __bool__(self) -> bool:
        return bool(self.formats)


class _Output(click.ParamType[tuple[str, str]]):
    """`text`, or `json=coverage.json` for a file."""

    name = "format[=file]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value[0], value[1]
        name, _, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is no format of coverage: take one of {', '.join(FORMATS)}", param, ctx)
        return name, file or "-"


def coverage_options(command: Command) -> Command:
    """The options `--coverage`, repeatable, and `--threshold`; they arrive as `coverage` and `threshold`."""
    command = option(
        "--threshold",
        type=click.FloatRange(0, 100),
        default=GOAL,
        show_default=True,
        metavar="PERCENT",
        help="Fail when fewer of the branches that can be taken were taken.",
    )(command)
    return option(
        "--coverage",
        type=_Output(),
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"Tell which branches of the templates were taken: {', '.join(FORMATS)}. Repeatable.",
    )(command)


def wanted(coverage: Iterable[tuple[str, str]], threshold: float) -> Wanted:
    """The options as one value. Raises UsageError when two formats go to one place."""
    formats = tuple(coverage)
    files = [file for _, file in formats]
    if len(set(files)) < len(files):
        raise click.UsageError("only one format of coverage can go to a place: give each a FILE of its own")
    return Wanted(formats, threshold)


def watched(engine: Engine, chart: Chart, packed: bytes, wanted: Wanted) -> Session:
    """A session of `chart`, which is `packed`: a `Traced` one when coverage is wanted."""
    return Traced(engine, chart) if wanted else engine.open(packed)


def report_coverage(found: Iterable[Coverage], wanted: Wanted) -> int:
    """Prints and writes what was covered of each chart, and says the exit code: 1 under the threshold."""
    given = tuple(found)
    for name, file in wanted.formats:
        text = FORMATS[name](given, wanted.threshold)
        if file == "-":
            click.echo(text, nl=False)
        else:
            write_output(Path(file), text.encode())
    return 0 if all(coverage.meets(wanted.threshold) for coverage in given) else 1
