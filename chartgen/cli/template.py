"""`chartgen template`: what a chart makes, on standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from chartgen.cli.failures import each, progress
from chartgen.cli.options import chart_argument, config_option, helm_option, open_project
from chartgen.cli.stage import accepted, engine_for, stage
from chartgen.disk import read_values
from chartgen.manifest import Case, Release
from chartgen.values import merge, parse_set


@click.command("template")
@chart_argument
@click.option("-f", "--values", "files", multiple=True, metavar="FILE", help="Values; the last FILE wins.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="One value, as Helm writes it.")
@click.option(
    "-n", "--namespace", metavar="NAME", help="Namespace of the release (default: the chart's name)."
)
@click.option("--release", metavar="NAME", help="Name of the release (default: the chart's name).")
@click.option("--notes", is_flag=True, help="Print the NOTES instead of the objects.")
@helm_option
@config_option
def command(
    chart: str,
    files: tuple[str, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    release: str | None,
    notes: bool,
    helm: str | None,
    config: str | None,
) -> None:
    """Print the objects that CHART makes, as `helm template` would, without a helm.

    \b
    Examples:
      chartgen template ushadow
      chartgen template ushadow -f values/production.yaml
      chartgen template ushadow --set backend.image.tag=v1.0.0 --notes
    """
    place = open_project(config)
    (entry,) = place.project.chosen((chart,))
    values = _values(files, sets)
    staged = stage(place, entry, engine_for(place, helm))
    case = Case(values, Release(name=release or entry.name, namespace=namespace or entry.name))
    (rendering,) = accepted(staged.session.render([case]))
    progress("")
    if notes:
        click.echo(rendering.notes.rstrip())
        return
    for path, text in rendering.texts.items():
        if text.strip():
            click.echo(f"---\n# Source: {staged.chart.name}/{path}\n{text.strip()}")


def _values(files: tuple[str, ...], sets: tuple[str, ...]) -> dict[str, Any]:
    """The files, then what was set on top. Raises ChartgenError with all that is wrong with the files."""
    values = merge(each(files, lambda file: read_values(Path(file), waits=True)))
    for expression in sets:
        values = parse_set(expression, values)
    return values
