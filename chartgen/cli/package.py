"""`chartgen package`: pack the charts of a project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from chartgen.cli.failures import each, progress
from chartgen.cli.options import Place, charts_argument, config_option, helm_option, open_project, option
from chartgen.cli.stage import Stage, answered, engine_for, sound_cases, stage
from chartgen.disk import sweep, write_file
from chartgen.engine import Engine, Refusal
from chartgen.package import digest, file_name
from chartgen.project import ChartEntry

destination_option = option(
    "-d", "--destination", env="DESTINATION", metavar="DIR", help="Where to put them (default: dist)."
)


@click.command("package")
@charts_argument
@destination_option
@helm_option
@config_option
def command(charts: tuple[str, ...], destination: str | None, helm: str | None, config: str | None) -> None:
    """Pack CHARTS (all without names) into .tgz files with the same bytes on every machine.

    What is packed is the chart that lies in the project, which `chartgen lint` checked. An engine opens
    the packed bytes and renders them with the chart's own values before they are written. Its files are dated
    1970-01-01, or as SOURCE_DATE_EPOCH says, which then is a part of the digest.

    \b
    Examples:
      chartgen package
      chartgen package ushadow -d build
      chartgen package --helm /usr/local/bin/helm
    """
    place = open_project(config)
    engine = engine_for(place, helm)
    # All of them are sound before the first is written.
    staged = each(place.project.chosen(charts), lambda entry: _verified(place, entry, engine))
    progress("")
    keep(place, destination, staged)


def keep(place: Place, destination: str | None, staged: Iterable[Stage]) -> None:
    """Writes the packages of charts that were found sound, and says where."""
    folder = Path(destination) if destination else place.path(place.project.destination)
    with place.alone():
        sweep(folder)
        for one in staged:
            write_file(folder / file_name(one.chart), one.packed, durable=True)
            click.echo(f"{folder / file_name(one.chart)} {digest(one.packed)}")


def _verified(place: Place, entry: ChartEntry, engine: Engine) -> Stage:
    """A chart whose packed bytes an engine has opened and rendered: with the chart's own values or, where
    they are too few, with the overlays. Raises ChartgenError."""
    staged = stage(place, entry, engine)
    own, *overlays = sound_cases(place, entry)
    first = list(staged.renderings([own]))
    answered([*first, *(staged.renderings(overlays) if isinstance(first[0], Refusal) else ())])
    return staged
