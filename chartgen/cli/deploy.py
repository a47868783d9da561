"""`chartgen deploy`: have a running ushadow deploy the application to one of its clusters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from chartgen.cli.asking import connected, server_options
from chartgen.cli.doctor import Name
from chartgen.cli.environment import Given, environment
from chartgen.cli.failures import progress
from chartgen.cli.menu import choose, possible
from chartgen.cli.options import chart_names, config_option, helm_option, open_project
from chartgen.errors import ChartgenError, UsageError, near_miss

if TYPE_CHECKING:
    from chartgen.deploy import Cluster, Instance, Sight, Ushadow, Wanted

# Source: InstanceCreate in the published API.
_INSTANCE = re.compile(r"[a-z0-9-]{1,100}")


class InstanceName(click.ParamType[str]):
    """A name that ushadow takes for an instance."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _INSTANCE.fullmatch(value):
            self.fail(f"{value!r} is no name: a-z, 0-9 and -, 100 at most", param, ctx)
        return str(value)


@click.command("deploy")
@click.argument("chart", required=False, shell_complete=chart_names)
@click.option("--component", metavar="NAME", help="Which component (default: the first).")
@click.option("--cluster", metavar="NAME", help="Name or id of the cluster (default: chosen on a terminal).")
@click.option(
    "-n", "--namespace", type=Name(), metavar="NAME", help="Namespace (default: the application's name)."
)
@click.option("-f", "--values", "files", multiple=True, metavar="FILE", help="Overlay; the last FILE wins.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="One value, as Helm writes it.")
@click.option("--env", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable of the component.")
@click.option(
    "--secret", "secrets", multiple=True, metavar="NAME", help="A secret one, its value in the environment."
)
@click.option(
    "--name", type=InstanceName(), metavar="NAME", help="Name of the instance (default: COMPONENT-k8s)."
)
@click.option("--template", metavar="ID", help="ushadow's template (default: APP-compose:APP-COMPONENT).")
@click.option("--update", is_flag=True, help="Change the configuration of an instance that is there.")
@click.option("--dry-run", is_flag=True, help="Ask, say what would be done, and change nothing.")
@click.option(
    "--timeout", type=click.FloatRange(0, 86400), default=600, show_default=True, help="Seconds to follow it."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@server_options
@helm_option
@config_option
def command(
    chart: str | None,
    component: str | None,
    cluster: str | None,
    namespace: str | None,
    update: bool,
    dry_run: bool,
    timeout: float,
    form: str,
    config: str | None,
    **more: Any,
) -> None:
    """Deploy a component of CHART (needless where there is one) through a running ushadow.

    Its configuration is the environment that the chart gives the component, under the same values. What the
    chart takes from a Secret is read from environment variables of the same names, never from arguments. What
    is there already is taken up: the same command again follows an interrupted one. Exit codes: 0 it runs,
    1 it failed or is refused, 2 usage, 3 could not find out.

    \b
    Examples:
      chartgen deploy
      chartgen deploy --cluster production --namespace ushadow -f values/production.yaml
      chartgen deploy --cluster production --env CORS_ORIGINS=https://ushadow.example.com --update
      chartgen deploy --server https://ushadow.example.com --username me --password-stdin < password
      chartgen deploy --cluster production --dry-run
    """
    place = open_project(config)
    entry = _entry(place.project.chosen((chart,) if chart else ()))
    env = environment(place, entry, component, namespace or entry.name, more)
    with connected(more) as ushadow:
        _greet(ushadow)
        wanted = _wanted(env, _cluster(ushadow, cluster), namespace or entry.name, more)
        found = ushadow.find(wanted.name)
        wanted = _secret(env, wanted, found)
        ushadow.hides(wanted.hidden)
        if dry_run:
            _foretell(wanted, found, update, form)
            return
        _tell(wanted, *_deployed(ushadow, wanted, found, update, timeout), form)


def _entry(entries: Sequence[Any]) -> Any:
    if len(entries) != 1:
        raise UsageError("which chart?", f"name one: {', '.join(entry.name for entry in entries)}")
    return entries[0]


def _greet(ushadow: Ushadow) -> None:
    """Asks how it is, and which generation it is."""
    progress("asking how it is")
    ill = ushadow.health()
    ushadow.detect()
    progress("")
    if ill:
        click.echo(f"Warning: not all of it is well: {ill}", err=True)


def _cluster(ushadow: Ushadow, told: str | None) -> Cluster:
    """The cluster that was named, or is chosen now. Raises ChartgenError; UsageError without a person."""
    found = ushadow.clusters()
    if not found:
        raise ChartgenError(
            "that ushadow knows no cluster", "add one to it first: Settings, Kubernetes, Add Cluster"
        )
    if told is None:
        if not possible():
            known = "; ".join(f"{one.name} ({one.id}, {one.server})" for one in found)
            raise UsageError(
                "which cluster? There is no terminal to ask on", f"--cluster names one of: {known}"
            )
        return found[choose("Deploy to which cluster?", [_line(one) for one in found])]
    meant = [one for one in found if told == one.id] or [one for one in found if told == one.name]
    if len(meant) > 1:
        ids = ", ".join(one.id for one in meant)
        raise ChartgenError(
            f"{told}: several clusters have that name", f"--cluster takes an id as well: {ids}"
        )
    if not meant:
        hint = near_miss(told, {word for one in found for word in (one.id, one.name)})
        raise ChartgenError(f"{told}: that ushadow knows no such cluster", hint)
    return meant[0]


def _line(one: Cluster) -> str:
    state = f", {one.status}" if one.status not in ("", "connected") else ""
    return f"{one.name}  {one.id}  {one.server}{state}"


def _wanted(env: Given, cluster: Cluster, namespace: str, options: Mapping[str, Any]) -> Wanted:
    from chartgen.deploy import Wanted

    service = f"{env.app}-{env.component}"
    template = options["template"] or f"{env.app}-compose:{service}"
    return Wanted(options["name"] or f"{service}-k8s", template, cluster, namespace, env.config, {})


def _secret(env: Given, wanted: Wanted, found: Instance | None) -> Wanted:
    """With the secrets: all of them for a new instance, and for one that is there what was given now."""
    from dataclasses import replace

    return replace(wanted, secret=env.secrets() if found is None else env.given())


def _foretell(wanted: Wanted, found: Instance | None, update: bool, form: str) -> None:
    from chartgen.deploy import decide, shown

    step = decide(wanted, found, update)
    if form == "json":
        click.echo(json.dumps({"step": step.value, "request": shown(wanted)}, indent=2))
        return
    words = {
        "create": "would be created and deployed",
        "update": "is there, and would be changed and deployed",
        "start": "is there, and would be deployed",
        "follow": "is there, and would be followed",
    }
    click.echo(f"{wanted.name}: {words[step.value]}: {wanted.target}")
    click.echo(json.dumps(shown(wanted), indent=2))


def _deployed(
    ushadow: Ushadow, wanted: Wanted, found: Instance | None, update: bool, timeout: float
) -> tuple[str, Sight]:
    """What was done, and how it looks in the end. Raises ChartgenError."""
    from chartgen.deploy import Step, differing, follow

    step, found = ushadow.settle(wanted, found, update, progress)
    kept = differing(wanted, found) if step in (Step.START, Step.FOLLOW) else []
    if kept:
        progress("")
        there = f"{wanted.name}: the instance there keeps its own {', '.join(kept)}"
        click.echo(f"{there}; --update writes yours", err=True)
    try:
        seen = follow(
            wanted.name, lambda: ushadow.look(wanted, found), ushadow.clock, timeout,
            lambda words: progress(f"{wanted.name}: {words}"),
        )  # fmt: skip
    except KeyboardInterrupt:
        progress("")
        click.echo(f"{wanted.name}: ushadow goes on with it; the same command follows it", err=True)
        raise
    progress("")
    return step.value, seen


_DID = {
    "create": "created, and runs",
    "update": "changed, and runs",
    "start": "deployed, and runs",
    "follow": "runs",
}


def _tell(wanted: Wanted, did: str, seen: Sight, form: str) -> None:
    if form == "json":
        told: Mapping[str, Any] = {
            "instance": wanted.name,
            "template": wanted.template,
            "target": wanted.target,
            "step": did,
            "state": seen.state,
            "url": seen.url,
        }
        click.echo(json.dumps(told, indent=2))
        return
    where = f"cluster {wanted.cluster.name}, namespace {wanted.namespace}"
    click.echo(f"{wanted.name}: {_DID[did]} in {where}{f': {seen.url}' if seen.url else ''}")
