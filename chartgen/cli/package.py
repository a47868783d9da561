"""`chartgen package`: pack the charts of a project."""

from __future__ import annotations

from pathlib import Path

import click

from chartgen.cli.options import config_option, open_project
from chartgen.disk import read_chart, write_file
from chartgen.package import archive, digest, file_name


@click.command("package")
@click.argument("charts", nargs=-1)
@click.option("-d", "--destination", metavar="DIR", help="Where to put the packages (default: dist).")
@config_option
def command(charts: tuple[str, ...], destination: str | None, config: str | None) -> None:
    """Pack CHARTS (all without names) into .tgz files with the same bytes on every machine.

    What is packed is the chart that lies in the project, which `chartgen lint` checked.

    \b
    Examples:
      chartgen package
      chartgen package ushadow -d build
    """
    place = open_project(config)
    folder = Path(destination) if destination else place.path(place.project.destination)
    for entry in place.project.chosen(charts):
        chart = read_chart(place.path(entry.chart))
        data = archive(chart)
        write_file(folder / file_name(chart), data)
        click.echo(f"{folder / file_name(chart)} {digest(data)}")
