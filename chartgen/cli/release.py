"""`chartgen release`: from a commit to a published chart, in one order, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import click

from chartgen.cli import proving, publishing
from chartgen.cli.failures import each, progress
from chartgen.cli.keys import Signer, signing_options
from chartgen.cli.options import Place, charts_argument, config_option, helm_option, open_project, option
from chartgen.cli.package import destination_option, folder_of, sbom_option
from chartgen.cli.registry import Access, cosign_of, cosign_option, registry_options
from chartgen.cli.releasing import Job, Work
from chartgen.cli.stage import engine_for


class Step(NamedTuple):
    """One step of a release: what it does for one chart, in words. It raises ChartgenError when the release
    must not go on."""

    name: str
    run: Callable[[Work, Job], str]


# What is right already is left as it is by each of them: that is what makes them safe to repeat.
STEPS = (
    Step("tree", proving.tree),
    Step("sync", proving.sync),
    Step("lint", proving.lint),
    Step("verify", proving.verify),
    Step("last", publishing.last),
    Step("diff", publishing.diff),
    Step("version", publishing.version),
    Step("changelog", publishing.changelog),
    Step("source", proving.source),
    Step("package", publishing.package),
    Step("registry", publishing.registry),
    Step("push", publishing.push),
    Step("sign", publishing.sign),
    Step("check", publishing.check),
    Step("tag", publishing.tag),
)


@click.command("release")
@click.argument("target", metavar="oci://HOST/PATH")
@charts_argument
@click.option("--dry-run", is_flag=True, help="Say what each step would do; write and publish nothing.")
@option(
    "--time-budget",
    env="TIME_BUDGET",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Search each chart for that long (default: until all was tried).",
)
@destination_option
@sbom_option
@signing_options
@option("--cosign-key", env="COSIGN_KEY", metavar="FILE", help="Sign with this private key of cosign, too.")
@cosign_option
@helm_option
@config_option
@registry_options
def command(
    target: str,
    charts: tuple[str, ...],
    config: str | None,
    signer: Signer | None,
    **told: Any,
) -> None:
    """Publish the version of CHARTS (all without names) that is committed, below a path of an OCI registry.

    Everything is committed; the charts are what app.yaml says; lint and verify find nothing; the version is
    at least what the changes since the last published one ask for, and the changelog tells of it. Only then
    is it packed, published, signed and fetched back, and the commit gets a tag. Whatever is wrong or not
    known ends it there. Run it again: what is done already is left as it is, and what is missing is done.

    \b
    Examples:
      chartgen release oci://ghcr.io/acme/charts --dry-run
      chartgen release oci://ghcr.io/acme/charts
      chartgen release oci://ghcr.io/acme/charts shop --sbom --time-budget 60
      chartgen release oci://ghcr.io/acme/charts --sign --key releases@example.com --cosign-key cosign.key
    """
    place = open_project(config)
    jobs = [Job(entry) for entry in place.project.chosen(charts)]
    work = _work(target, place, config, signer, told)
    for step in STEPS:  # each of them for every chart before the next one
        each(jobs, partial(_take, step, work))
    if work.dry_run:
        click.echo("dry run: nothing was written, nothing was published")
    elif not work.done:
        click.echo("nothing was left to do")


def _work(
    target: str, place: Place, config: str | None, signer: Signer | None, told: Mapping[str, Any]
) -> Work:
    """What was asked for. Raises ChartgenError."""
    from chartgen.oci import folder

    return Work(
        place=place,
        below=folder(target),
        access=Access(told),
        engine=engine_for(place, told["helm"]),
        folder=folder_of(place, told["destination"]),
        budget=told["time_budget"],
        sbom=told["sbom"],
        signer=signer,
        cosign=cosign_of(told["cosign"], told),
        cosign_key=told["cosign_key"],
        config=config,
        dry_run=told["dry_run"],
    )


def _take(step: Step, work: Work, job: Job) -> None:
    said = step.run(work, job)
    progress("")
    click.echo(f"{step.name:<9} {job.entry.name}: {said}")
