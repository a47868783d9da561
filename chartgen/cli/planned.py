"""Generated files before people: what was written, what is out of date, and which edits were kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import click

from chartgen.cli.options import Place
from chartgen.disk import Change, Plan, write
from chartgen.errors import ChartgenError

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


class Made(NamedTuple):
    """What says how files are, which command makes them so, and where an edit of them belongs."""

    by: str
    command: str
    home: str


CHARTS = Made(
    "app.yaml says",
    "chartgen generate",
    "app.yaml, a values overlay, or a template of the application's own (own.folder)",
)


def one_of(check: bool, force: bool) -> None:
    """Raises UsageError when both are wanted."""
    if check and force:
        raise click.UsageError("--check writes nothing, --force writes over edits: give one of them")


def carry_out(
    place: Place, planned: Callable[[], list[Plan]], made: Made, *, check: bool, force: bool, color: bool
) -> None:
    """Writes what is planned, or shows it, while nobody else works on the project.

    All of it is made, and everything that is wrong is known, before the first byte is written.
    """
    with place.alone():
        plans = planned()
        if check:
            in_sync(plans, made, color)
            click.echo("up to date")
            return
        for todo in plans:
            write(todo, force)
    say(plans, made, force, color)


def say(plans: list[Plan], made: Made, force: bool, color: bool) -> None:
    """What was written. Raises ChartgenError when edits of a person were kept."""
    for todo in plans:
        click.echo(f"{todo.folder}: {_summary(todo, force)}")
    if not force:
        _complain(plans, made, color)


def in_sync(plans: list[Plan], made: Made, color: bool) -> None:
    """Shows what is out of date. Raises ChartgenError when anything is."""
    stale = 0
    for todo in plans:
        for change in todo.changes:
            click.echo(f"{todo.folder / change.path}: {change.kind}")
            click.echo(_diff(change, color), nl=False)
        if not todo.changes and not todo.is_recorded:
            click.echo(f"{todo.folder / todo.name}: does not say what is there")
            stale += 1
        stale += len(todo.changes)
    if stale:
        files = "1 file is" if stale == 1 else f"{stale} files are"
        raise ChartgenError(f"{files} not what {made.by}", f"run `{made.command}`")


def _complain(plans: list[Plan], made: Made, color: bool) -> None:
    edited = [(todo.folder / change.path, change) for todo in plans for change in todo.edited]
    for path, change in edited:
        click.echo(
            f"{path}: kept, because it was edited by hand ('-' is the file, '+' what would be written)"
        )
        click.echo(_diff(change, color), nl=False)
    if edited:
        raise ChartgenError(
            "edited files were kept: " + ", ".join(str(path) for path, _ in edited),
            f"move the edit into {made.home}, then `{made.command} --force`",
        )


def _summary(todo: Plan, force: bool) -> str:
    counts: dict[str, int] = {}
    for change in todo.changes:
        if force or not change.edited:
            counts[change.kind] = counts.get(change.kind, 0) + 1
    return ", ".join(f"{n} {kind}" for kind, n in counts.items()) or "up to date"


def _diff(change: Change, color: bool) -> str:
    import difflib

    try:
        now, then = ((data or b"").decode("utf-8").split("\n") for data in (change.now, change.then))
    except UnicodeDecodeError:
        return "  binary files differ\n"
    lines = difflib.unified_diff(now, then, change.path, change.path, n=2, lineterm="")
    return "".join(f"{_painted(line) if color else line}\n" for line in lines)


def _painted(line: str) -> str:
    return f"{_COLORS[line[0]]}{line}\x1b[0m" if line[:1] in _COLORS else line
