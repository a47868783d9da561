"""`chartgen generate`: write the charts of a project, or say what is out of date."""

from __future__ import annotations

from typing import NamedTuple

import click

from chartgen.chart import Chart
from chartgen.cli.failures import each
from chartgen.cli.options import Place, charts_argument, color_option, colored, config_option, open_project
from chartgen.disk import Change, Plan, plan, read_app, write
from chartgen.disk.read import RECORD
from chartgen.errors import ChartgenError
from chartgen.generate import generate
from chartgen.model import App
from chartgen.project import ChartEntry

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


@click.command("generate")
@charts_argument
@click.option(
    "-C", "--check", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything would."
)
@click.option("--force", is_flag=True, help="Write over files that were edited by hand.")
@config_option
@color_option
def command(charts: tuple[str, ...], check: bool, force: bool, config: str | None, color: str) -> None:
    """Write the CHARTS of the project (all without names) from their app.yaml.

    A generated file that somebody edited is never written over: the difference is shown, the edit stays, and
    the command exits 1. Files that are no part of the chart any more go, if nobody edited them.

    \b
    Examples:
      chartgen generate
      chartgen generate ushadow
      chartgen generate --check        in CI: exit 1 and a diff when a chart is out of date
      chartgen generate --force        the edits go, the generated text comes back
    """
    if check and force:
        raise click.UsageError("--check writes nothing, --force writes over edits: give one of them")
    place = open_project(config)
    with place.alone():
        # Everything is generated, and everything that is wrong is known, before the first byte is written.
        plans = [one.plan for one in generated(place, charts)]
        if check:
            in_sync(plans, colored(color))
            click.echo("up to date")
            return
        for todo in plans:
            write(todo, force)
    say(plans, force, colored(color))


class Generated(NamedTuple):
    """A chart of the project as its app.yaml has it, and what stands between it and the one on the disk."""

    entry: ChartEntry
    app: App
    chart: Chart
    plan: Plan


def generated(place: Place, names: tuple[str, ...]) -> list[Generated]:
    """The charts called `names`, all without names. Raises what is wrong with any of them."""
    return each(place.project.chosen(names), lambda entry: _generated(place, entry))


def _generated(place: Place, entry: ChartEntry) -> Generated:
    app = read_app(place.path(entry.app))
    chart = generate(app)
    return Generated(entry, app, chart, plan(chart, place.path(entry.chart)))


def say(plans: list[Plan], force: bool, color: bool) -> None:
    """What was written. Raises ChartgenError when edits of a person were kept."""
    for todo in plans:
        click.echo(f"{todo.folder}: {_summary(todo, force)}")
    if not force:
        _complain(plans, color)


def in_sync(plans: list[Plan], color: bool) -> None:
    """Shows what is out of date. Raises ChartgenError when anything is."""
    stale = 0
    for todo in plans:
        for change in todo.changes:
            click.echo(f"{todo.folder / change.path}: {change.kind}")
            click.echo(_diff(change, color), nl=False)
        if not todo.changes and not todo.is_recorded:
            click.echo(f"{todo.folder / RECORD}: does not say what is there")
            stale += 1
        stale += len(todo.changes)
    if stale:
        files = "1 file is" if stale == 1 else f"{stale} files are"
        raise ChartgenError(f"{files} not what app.yaml says", "run `chartgen generate`")


def _complain(plans: list[Plan], color: bool) -> None:
    edited = [(todo.folder / change.path, change) for todo in plans for change in todo.edited]
    for path, change in edited:
        click.echo(
            f"{path}: kept, because it was edited by hand ('-' is the file, '+' what would be written)"
        )
        click.echo(_diff(change, color), nl=False)
    if edited:
        raise ChartgenError(
            "edited files were kept: " + ", ".join(str(path) for path, _ in edited),
            "move the edit into app.yaml, a values overlay, or a template of the application's own "
            "(own.folder), then `chartgen generate --force`",
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
