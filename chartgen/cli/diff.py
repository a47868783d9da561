"""`chartgen diff`: what is different between two versions of a chart, for the people who use it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from chartgen import values
from chartgen.changes import Comparison, Level
from chartgen.chart import Chart
from chartgen.cli.failures import each, progress
from chartgen.cli.lint import targets, written
from chartgen.cli.options import (
    Place,
    color_option,
    colored,
    config_option,
    find_project,
    helm_option,
    open_project,
    option,
)
from chartgen.cli.reference import Asked, resolve
from chartgen.cli.registry import registry_options
from chartgen.cli.stage import chart_of
from chartgen.disk import read_values
from chartgen.engine import Engine
from chartgen.engine.choose import choose
from chartgen.errors import ChartgenError, UsageError
from chartgen.manifest import Case, Release
from chartgen.project import ChartEntry
from chartgen.report import DIFF_FORMATS

LEVELS = {"major": (Level.MAJOR,), "minor": (Level.MAJOR, Level.MINOR), "patch": tuple(Level)}


@click.command("diff")
@click.argument("base")
@click.argument("new", required=False)
@click.option("--chart", metavar="NAME", help="Which chart of the project it is about, when it has several.")
@click.option("-f", "--values", "files", multiple=True, metavar="FILE", help="Values to compare under, too.")
@click.option("--no-overlays", is_flag=True, help="Leave out the overlays of the project.")
@option(
    "--format", "formats", multiple=True, type=click.Choice(list(DIFF_FORMATS)),
    help="How to print (default: text). Repeatable, each with an --output of its own.",
)  # fmt: skip
@option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="File for the format at its place.")
@option(
    "--fail-on",
    type=click.Choice([*LEVELS, "unsafe"]),
    help="Exit 1 for a change of this level or above, or an upgrade that is not safe.",
)
@helm_option
@config_option
@color_option
@registry_options
def command(
    base: str,
    new: str | None,
    chart: str | None,
    files: tuple[str, ...],
    no_overlays: bool,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    fail_on: str | None,
    helm: str | None,
    config: str | None,
    color: str,
    **registry: Any,
) -> None:
    """Say what is different from BASE to NEW (the chart of the project without it), and what an upgrade does.

    Both are a folder, a .tgz, oci://HOST/PATH/NAME (the last version, or :VERSION), git:REVISION (nothing is
    checked out), the name of a chart of the project, or `last`, the newest version that has a tag. Any two
    Helm charts can be compared; those of a project are rendered under its overlays too.

    \b
    Examples:
      chartgen diff last
      chartgen diff git:main --fail-on major
      chartgen diff oci://ghcr.io/acme/charts/ushadow
      chartgen diff shop-1.0.0.tgz shop-1.1.0.tgz -f values/production.yaml
      chartgen diff last --format text --output - --format html --output diff.html
    """
    wanted = targets(formats or ("text",), outputs)
    place, entry = _around(config, chart) if new else project_entry(config, chart)
    engine = choose(helm or (place.helm if place else ""), progress)
    before, after = each([base, new or ""], lambda text: _chart(Asked(text, place, entry, registry)))
    ours = entry if entry and entry.name == after.name else None  # no others under our overlays
    found = compared(before, after, engine, overlays(place, ours, files, no_overlays))
    for name, target in wanted:
        written(DIFF_FORMATS[name](found, color=target == "-" and colored(color)), target)
    click.get_current_context().exit(_exit(found, fail_on))


def project_entry(config: str | None, chart: str | None) -> tuple[Place, ChartEntry]:
    """The project, and the chart of it that is meant. Raises ChartgenError."""
    place = open_project(config)
    entries = place.project.chosen((chart,) if chart else ())
    if len(entries) > 1:
        known = ", ".join(place.project.charts)
        raise UsageError("this project has several charts", f"--chart NAME: one of {known}")
    return place, entries[0]


def _around(config: str | None, chart: str | None) -> tuple[Place | None, ChartEntry | None]:
    """The same where both charts are said: there need be no project, and no one chart of it."""
    if not config and not chart and find_project() is None:
        return None, None
    place = open_project(config)
    entries = place.project.chosen((chart,) if chart else ())
    return place, entries[0] if len(entries) == 1 else None


def _chart(asked: Asked) -> Chart:
    if not asked.text and asked.place and asked.entry:
        return chart_of(asked.place, asked.entry)
    return resolve(asked)


def overlays(
    place: Place | None, entry: ChartEntry | None, files: Iterable[str] = (), alone: bool = False
) -> list[tuple[str, Path]]:
    """The values files to compare under, with what they are called."""
    own = [(name, place.path(name)) for name in entry.overlays] if place and entry and not alone else []
    return [*own, *((file, Path(file)) for file in files)]


def compared(before: Chart, after: Chart, engine: Engine, files: Iterable[tuple[str, Path]]) -> Comparison:
    """What is different, under the chart's own values and each of the files. Raises ChartgenError."""
    from chartgen.diff import compare

    release = Release(after.name, after.name)
    read = each(list(files), lambda pair: Case(read_values(pair[1], waits=True), release, pair[0]))
    try:
        own = Case(values.merge([_least(before)]), release)
        found = compare(before, after, engine, [own, *read])
    except RecursionError:  # of a schema that somebody nested hundreds of levels deep
        raise ChartgenError("a schema of these charts is nested too deep", "no person wrote that") from None
    progress("")
    return found


def _least(chart: Chart) -> dict[str, object]:
    """The least that a chart runs with: nothing, or what its Rules want brought."""
    from chartgen import contract
    from chartgen.verify.document import Settled
    from chartgen.verify.draw import seeded
    from chartgen.verify.typical import typical

    declared = contract.read(chart)
    if all(rule.accepts(chart.default_values) for rule in declared.rules):
        return {}
    drawing = seeded(declared.schema)
    return Settled(declared, chart.default_values, lambda setting: typical(setting, drawing)).settle({})


def _exit(found: Comparison, fail_on: str | None) -> int:
    """1 for what was asked to fail; 3 when nothing is known to be, and something could not be compared."""
    if fail_on == "unsafe" and found.effects and found.verdict != "cannot be told":
        return 1
    if fail_on and fail_on != "unsafe" and found.level in LEVELS[fail_on]:
        return 1
    if fail_on == "unsafe" and found.effects:
        return 3
    return 3 if found.untold else 0
