"""`chartgen snapshot`: hold what the charts make against what was kept."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from chartgen.cli.failures import each, progress
from chartgen.cli.options import Place, charts_argument, config_option, helm_option, open_project, option
from chartgen.cli.stage import answered, engine_for, sound_cases, stage
from chartgen.disk import read_folder, write_folder
from chartgen.engine import Engine
from chartgen.errors import ChartgenError
from chartgen.project import ChartEntry
from chartgen.snapshot import Change, compare, files, steady


@click.command("snapshot")
@charts_argument
@click.option("-u", "--update", is_flag=True, help="Keep what is made now.")
@option("--snapshots", env="SNAPSHOTS", metavar="DIR", help="Where they are kept (default: chartgen.yaml's).")
@helm_option
@config_option
def command(
    charts: tuple[str, ...], update: bool, snapshots: str | None, helm: str | None, config: str | None
) -> None:
    """Compare every object of CHARTS (all without names), under each overlay, with the one that was kept.

    One object per file. An object that is made and not kept is missing, one that is kept and not made is
    extra, and either fails like a difference.

    \b
    Examples:
      chartgen snapshot
      chartgen snapshot ushadow
      chartgen snapshot -u        then read `git diff` before you commit
    """
    place = open_project(config)
    entries = place.project.chosen(charts)
    engine = engine_for(place, helm)
    made = each(entries, lambda entry: _made(place, entry, engine))
    progress("")
    found = {path: text for one in made for path, text in one.items()}
    folder = Path(snapshots) if snapshots else place.path(place.project.snapshots)
    names = {entry.name for entry in entries}
    with place.alone():
        kept = {path: text for path, text in read_folder(folder).items() if path.split("/")[0] in names}
        changes = compare(kept, found)
        if update:
            write_folder(folder, {change.path: change.found for change in changes})
    if update:
        click.echo(f"{len(found)} objects kept, {len(changes)} of them changed")
    else:
        _report(folder, changes, len(found))


def _made(place: Place, entry: ChartEntry, engine: Engine) -> dict[str, str]:
    """The objects of a chart by path below the folder of the snapshots."""
    staged = stage(place, entry, engine)
    cases = sound_cases(place, entry)
    first, second = (answered(staged.renderings(cases)) for _ in range(2))
    return files(entry.name, steady(first, second))


def _report(folder: Path, changes: tuple[Change, ...], count: int) -> None:
    for change in changes:
        click.echo(f"{folder / change.path}: {change.kind}")
        if change.kept is not None and change.found is not None:
            kept, found = change.kept.splitlines(), change.found.splitlines()
            for line in difflib.unified_diff(kept, found, "kept", "made", n=2, lineterm=""):
                click.echo(line)
    if changes:
        differ = "1 object is" if len(changes) == 1 else f"{len(changes)} objects are"
        raise ChartgenError(f"{differ} not as kept", "if that is meant, `chartgen snapshot -u` keeps it")
    click.echo(f"{count} objects are as they were kept")
