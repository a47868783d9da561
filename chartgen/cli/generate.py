"""`chartgen generate`: write the charts of a project, or say what is out of date."""

from __future__ import annotations

from collections.abc import Iterator

import click

from chartgen.cli.options import Place, color_option, colored, config_option, open_project
from chartgen.disk import Change, Plan, plan, read_app, write
from chartgen.errors import ChartgenError
from chartgen.generate import generate

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


@click.command("generate")
@click.argument("charts", nargs=-1)
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
    place = open_project(config)
    # Everything is generated, and everything that is wrong is known, before the first byte is written.
    plans = list(_plans(place, charts))
    if check:
        _check(plans, colored(color))
    for todo in plans:
        write(todo, force)
        click.echo(f"{todo.folder}: {_summary(todo, force)}")
    if not force:
        _complain(plans, colored(color))


def _plans(place: Place, names: tuple[str, ...]) -> Iterator[Plan]:
    problems = []
    for entry in place.project.chosen(names):
        try:
            yield plan(generate(read_app(place.path(entry.app))), place.path(entry.chart))
        except ChartgenError as error:
            problems.append(error)
    if problems:
        first, *rest = problems
        raise type(first)("\n".join(str(p) for p in problems)) if rest else first


def _check(plans: list[Plan], color: bool) -> None:
    for todo in plans:
        for change in todo.changes:
            click.echo(f"{todo.folder / change.path}: {change.kind}")
            click.echo(_diff(change, color), nl=False)
    stale = sum(len(todo.changes) for todo in plans)
    if stale:
        files = "1 file is" if stale == 1 else f"{stale} files are"
        raise ChartgenError(f"{files} not what app.yaml says", "run `chartgen generate`")
    click.echo("up to date")
    click.get_current_context().exit(0)


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
            "move the edit into app.yaml, a values overlay, or a template of the application's own (own.folder), "
            "then `chartgen generate --force`",
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
        now, then = (
            (data or b"").decode("utf-8").splitlines(keepends=True) for data in (change.now, change.then)
        )
    except UnicodeDecodeError:
        return "  binary files differ\n"
    lines = difflib.unified_diff(now, then, change.path, change.path, n=2)
    shown = (line if line.endswith("\n") else f"{line}\n" for line in lines)
    return "".join(
        f"{_COLORS[line[0]]}{line}\x1b[0m" if color and line[0] in _COLORS else line for line in shown
    )
