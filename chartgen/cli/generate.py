"""`chartgen generate`: write the charts of a project, or say what is out of date."""

from __future__ import annotations

from typing import NamedTuple

import click

from chartgen.chart import Chart
from chartgen.cli.failures import each
from chartgen.cli.options import Place, charts_argument, color_option, colored, config_option, open_project
from chartgen.cli.planned import CHARTS, carry_out, one_of
from chartgen.disk import Plan, plan, read_app
from chartgen.generate import generate
from chartgen.model import App
from chartgen.project import ChartEntry


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
    one_of(check, force)
    place = open_project(config)
    carry_out(
        place,
        lambda: [one.plan for one in generated(place, charts)],
        CHARTS,
        check=check,
        force=force,
        color=colored(color),
    )


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
