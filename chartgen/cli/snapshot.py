"""`chartgen snapshot`: hold what the charts make against what was kept."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from chartgen.cli.options import config_option, helm_option, open_project, progress
from chartgen.cli.stage import accepted, engine_for, stage
from chartgen.disk import read_folder, write_folder
from chartgen.errors import ChartgenError
from chartgen.snapshot import Change, compare, files


@click.command("snapshot")
@click.argument("charts", nargs=-1)
@click.option("-u", "--update", is_flag=True, help="Keep what is made now.")
@helm_option
@config_option
def command(charts: tuple[str, ...], update: bool, helm: str | None, config: str | None) -> None:
    """Compare every object of CHARTS (all without names), under each overlay, with the one that was kept.

    One object per file. An object that is made and not kept is missing, one that is kept and not made is extra, and
    either fails like a difference.

    \b
    Examples:
      chartgen snapshot
      chartgen snapshot -u        then read `git diff` before you commit
    """
    place = open_project(config)
    engine = engine_for(place, helm)
    found: dict[str, str] = {}
    for entry in place.project.chosen(charts):
        for rendering in accepted(stage(place, entry, engine).renderings()):
            overlay = Path(rendering.case.overlay or "default").stem
            found |= {f"{entry.name}/{overlay}/{name}": text for name, text in files(rendering).items()}
    progress("")
    folder = place.path(place.project.snapshots)
    names = [entry.name for entry in place.project.chosen(charts)]
    kept = {path: text for path, text in read_folder(folder).items() if path.split("/")[0] in names}
    changes = compare(kept, found)
    if update:
        write_folder(folder, {change.path: change.found for change in changes})
        click.echo(f"{len(found)} objects kept, {len(changes)} of them changed")
        return
    _report(folder, changes, len(found))


def _report(folder: Path, changes: tuple[Change, ...], count: int) -> None:
    for change in changes:
        click.echo(f"{folder / change.path}: {change.kind}")
        if change.kept is not None and change.found is not None:
            lines = (text.splitlines(keepends=True) for text in (change.kept, change.found))
            click.echo("".join(difflib.unified_diff(*lines, "kept", "made", n=2)), nl=False)
    if changes:
        raise ChartgenError(
            f"{len(changes)} of {count} objects are not as they were kept",
            "if that is meant, `chartgen snapshot -u` keeps them",
        )
    click.echo(f"{count} objects are as they were kept")
