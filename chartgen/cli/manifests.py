"""`chartgen manifests`: what a chart makes, as a folder of files for kubectl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from chartgen import contract, raw
from chartgen.checks import secrets
from chartgen.checks.subject import Item, Scene
from chartgen.cli.failures import each, progress
from chartgen.cli.options import (
    KubeVersion,
    Place,
    charts_argument,
    color_option,
    colored,
    config_option,
    helm_option,
    open_project,
    release_options,
    values_options,
)
from chartgen.cli.planned import Made, carry_out, one_of
from chartgen.cli.stage import Stage, accepted, engine_for, given_values, stage
from chartgen.disk import Plan, plan, read_app
from chartgen.engine import Engine
from chartgen.errors import ChartgenError, Problem, UsageError
from chartgen.manifest import Case, Manifest, Release, Rendering
from chartgen.project import ChartEntry
from chartgen.values import merge

_MADE = Made(
    "the chart makes", "chartgen manifests", "app.yaml, a values file, or a file of your own beside it"
)
_WAYS_IN = ("Ingress", "HTTPRoute")
_BRING = (
    "bring one (existingSecret), have the Job make it (generate: job), or leave it out: --without-secrets"
)


class _Asked(NamedTuple):
    """What a person wants of a chart: where its files go, its values and release, and what is in them."""

    output: str | None
    files: tuple[str, ...]
    sets: tuple[str, ...]
    namespace: str | None
    release: str | None
    kube_version: str | None
    without_secrets: bool

    @property
    def of_one(self) -> bool:
        """Whether it can be asked of one chart only."""
        return bool(self.output or self.files or self.sets or self.namespace or self.release)


@click.command("manifests")
@charts_argument
@click.option(
    "-o", "--output", metavar="DIR", help="Where to write one chart (default: as chartgen.yaml says)."
)
@values_options
@release_options
@click.option("--kube-version", type=KubeVersion(), metavar="X.Y", help="Kubernetes that templates see.")
@click.option("--without-secrets", is_flag=True, help="Leave out Secrets: you bring them into the cluster.")
@click.option("-C", "--check", is_flag=True, help="Write nothing; show what would change, and exit 1 if any.")
@click.option("--force", is_flag=True, help="Write over files that were edited by hand.")
@helm_option
@config_option
@color_option
def command(
    charts: tuple[str, ...],
    check: bool,
    force: bool,
    helm: str | None,
    config: str | None,
    color: str,
    **asked: Any,
) -> None:
    """Write what CHARTS (all without names) make into folders for `kubectl apply`, without Helm.

    The objects are those of the chart, without what Helm alone reads or runs. A file that somebody edited is
    never written over, and files of others in the folder are left alone. A Secret is never written: a Job
    makes it in the cluster, or you do.

    \b
    Examples:
      chartgen manifests                   into k8s/NAME, or where chartgen.yaml says
      chartgen manifests ushadow -f values/staging.yaml -n ushadow-staging -o k8s/staging
      chartgen manifests ushadow --set backend.image.tag=v1.1.0
      chartgen manifests --check           in CI: exit 1 and a diff when a folder is out of date
    """
    one_of(check, force)
    wanted, place = _Asked(**asked), open_project(config)
    entries = place.project.chosen(charts)
    if len(entries) > 1 and wanted.of_one:
        raise UsageError("a folder, values and a release are those of one chart", "name the chart")
    engine = engine_for(place, helm)

    def planned() -> list[Plan]:
        plans = each(entries, lambda entry: _planned(place, entry, engine, wanted))
        progress("")
        return plans

    carry_out(place, planned, _MADE, check=check, force=force, color=colored(color))


def _planned(place: Place, entry: ChartEntry, engine: Engine, asked: _Asked) -> Plan:
    """What is to be written of a chart, once all of it is known to be right."""
    staged, app = stage(place, entry, engine), read_app(place.path(entry.app))
    seen = Release(name=asked.release or entry.name, namespace=asked.namespace or entry.name)
    values = given_values(asked.files, asked.sets)
    case = Case(values, seen, kube_version=asked.kube_version or "")
    (rendering,) = accepted(staged.session.render([case]))
    applied = raw.applied(rendering.manifests)
    hidden = raw.in_clear_text(applied)
    _nothing_secret(staged, case, applied, () if asked.without_secrets else hidden)
    shown = [each for each in applied if each not in hidden]
    off = () if any(each.kind in _WAYS_IN for each in shown) or not app.routes else _way_in(staged, case)
    into = Path(asked.output) if asked.output else place.path(entry.manifests_folder)
    return plan(raw.folder(shown, seen.namespace, app, off), into, raw.RECORD)


def _way_in(staged: Stage, case: Case) -> list[Manifest]:
    """The Ingress that the chart would make if it were on; nothing when the values are against it."""
    on = {"ingress": {"enabled": True, "hosts": [{"host": f"{staged.entry.name}.example.com"}]}}
    (answer,) = staged.session.render([replace(case, values=merge([case.values, on]))])
    found = answer.manifests if isinstance(answer, Rendering) else ()
    return [each for each in found if each.kind == "Ingress"]


def _nothing_secret(
    staged: Stage, case: Case, applied: Sequence[Manifest], hidden: Sequence[Manifest]
) -> None:
    """Raises ChartgenError with every secret that would stand in a file for anybody to read."""
    problems = list(_readable(staged, case, applied))
    problems += [Problem(f"{each.source} {each.label}", "holds what is secret", _BRING) for each in hidden]
    if problems:
        raise ChartgenError(f"{staged.entry.name}: secrets would stand in the files", problems=problems)


def _readable(staged: Stage, case: Case, applied: Sequence[Manifest]) -> Iterator[Problem]:
    """Passwords outside of Secrets."""
    hidden = tuple(setting.path for setting in contract.read(staged.chart).settings if setting.secret)
    items = tuple(map(Item, applied))
    for found in secrets.check(Scene(items, case, "", staged.chart, hidden)):
        yield Problem(str(found.place), found.what, found.hint)
