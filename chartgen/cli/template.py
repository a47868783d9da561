"""`chartgen template`: what a chart makes, on standard output."""

from __future__ import annotations

import click

from chartgen.cli.failures import progress
from chartgen.cli.options import (
    chart_argument,
    config_option,
    helm_option,
    open_project,
    release_options,
    values_options,
)
from chartgen.cli.stage import accepted, engine_for, given_values, stage
from chartgen.manifest import Case, Release


@click.command("template")
@chart_argument
@values_options
@release_options
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
    values = given_values(files, sets)
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
