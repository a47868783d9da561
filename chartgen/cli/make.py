"""`chartgen make`: generate, check and pack the charts of a project in one go."""

from __future__ import annotations

import click

from chartgen.cli.failures import complain, progress
from chartgen.cli.generate import generated
from chartgen.cli.judging import judge_generated, merged
from chartgen.cli.lint import engine_if_any, exit_code, with_options
from chartgen.cli.options import (
    charts_argument,
    color_option,
    colored,
    config_option,
    helm_option,
    open_project,
    versions_option,
)
from chartgen.cli.package import Verified, destination_option, keep
from chartgen.cli.planned import CHARTS, say
from chartgen.disk import write
from chartgen.engine.ahead import Later
from chartgen.report import FORMATS


@click.command("make")
@charts_argument
@destination_option
@versions_option
@helm_option
@config_option
@color_option
def command(
    charts: tuple[str, ...],
    destination: str | None,
    versions: tuple[str, ...],
    helm: str | None,
    config: str | None,
    color: str,
) -> None:
    """Generate CHARTS (all without names), check them under every overlay, and pack them.

    What `chartgen generate`, `lint` and `package` do one after the other, in a third of their time: nothing
    is read, generated, rendered or validated twice. As soon as something is wrong it ends, and packs nothing.

    \b
    Examples:
      chartgen make
      chartgen make ushadow -d build
    """
    place = with_options(open_project(config), None, versions)
    engine_later = Later(lambda: engine_if_any(place, helm))  # to load it takes time
    with place.alone():
        made = generated(place, charts)
        for one in made:
            write(one.plan)
    say([one.plan for one in made], CHARTS, force=False, color=colored(color))
    engine, error = engine_later.result()
    strict = place.project.strict
    judged = [judge_generated(place, one.entry, engine, one.app, one.chart, strict) for one in made]
    progress("")
    report = merged([one.report for one in judged])
    click.echo(FORMATS["text"](report, color=colored(color)), nl=False)
    if error:
        complain(error)
    if code := exit_code(report):
        click.get_current_context().exit(code)
    keep(place, destination, [Verified(one.staged, one.answers) for one in judged if one.staged])
