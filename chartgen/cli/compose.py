"""`chartgen compose`: compose files from app.yaml, or whether they are up to date."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import click

from chartgen.cli.failures import each
from chartgen.cli.options import Place, charts_argument, config_option, open_project
from chartgen.cli.planned import one_of
from chartgen.compose.out.file import is_edited, text
from chartgen.disk import read_app, read_text, write_file
from chartgen.errors import ChartgenError, UsageError
from chartgen.frozen import Frozen
from chartgen.project import ChartEntry


class Made(Frozen):
    """A compose file as it would be made, and as it is (None where there is none)."""

    path: Path
    then: str
    now: str | None


@click.command("compose")
@charts_argument
@click.option(
    "-C", "--check", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything would."
)
@click.option("--force", is_flag=True, help="Write over files that were edited by hand.")
@config_option
def command(charts: tuple[str, ...], check: bool, force: bool, config: str | None) -> None:
    """Write the compose files of CHARTS (all that have one without names) from their app.yaml.

    The file is the one that `compose` names in chartgen.yaml. Images that app.yaml says how to build are
    built from source. A file that somebody edited is never written over.

    \b
    Examples:
      chartgen compose
      chartgen compose --check         in CI: exit 1 and a diff when a file is out of date
    """
    one_of(check, force)
    place = open_project(config)
    entries = [entry for entry in place.project.chosen(charts) if entry.compose]
    if not entries:
        raise UsageError(
            "no chart has a compose file", "name one: compose: compose/NAME.yaml in chartgen.yaml"
        )
    with place.alone():
        made = each(entries, lambda entry: _made(place, entry))
        if check:
            _in_sync(made)
        else:
            _write(made, force)


def _made(place: Place, entry: ChartEntry) -> Made:
    path = place.path(entry.compose)
    up = _way(path.parent, place.root)
    home = _way(path.parent, place.path(entry.app))
    now = read_text(path).decode("utf-8", "replace") if path.exists() else None
    return Made(path, text(read_app(place.path(entry.app)), up, home), now)


def _way(start: Path, end: Path) -> str:
    """How a compose file names a folder: `../`, `./`."""
    way = Path(os.path.relpath(end, start)).as_posix()
    return f"{way}/" if way.startswith("..") else "./" if way == "." else f"./{way}/"


def _in_sync(made: list[Made]) -> None:
    stale = [one for one in made if one.now != one.then]
    for one in stale:
        now, then = (one.now or "").splitlines(), one.then.splitlines()
        lines = difflib.unified_diff(now, then, str(one.path), str(one.path), n=2, lineterm="")
        click.echo("\n".join(lines))
    if stale:
        names = ", ".join(str(one.path) for one in stale)
        raise ChartgenError(f"not what app.yaml says: {names}", "run `chartgen compose`")
    click.echo("up to date")


def _write(made: list[Made], force: bool) -> None:
    edited = [one.path for one in made if one.now is not None and is_edited(one.now)]
    if edited and not force:
        names = ", ".join(map(str, edited))
        hint = "move the edit into app.yaml or a compose file of your own, then `chartgen compose --force`"
        raise ChartgenError(f"edited by hand, and kept: {names}", hint)
    for one in made:
        if one.now != one.then:
            write_file(one.path, one.then.encode())
        click.echo(f"{one.path}: {'up to date' if one.now == one.then else 'written'}")
