"""`chartgen doctor`: why a release in a cluster does not work, or would not; read-only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from chartgen.cli.failures import progress
from chartgen.cli.options import color_option, colored, helm_option, option
from chartgen.cli.preflight import Coming, foreseen
from chartgen.errors import UsageError
from chartgen.report import DIAGNOSIS_FORMATS

if TYPE_CHECKING:
    from chartgen.diagnoses import Examined

# RFC 1123, as Kubernetes takes names of namespaces; Helm takes dots in a release as well.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class Name(click.ParamType[str]):
    """A name that Kubernetes can have given."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _NAME.fullmatch(value) or len(value) > 63:
            self.fail(f"{value!r} is no name: a-z, 0-9 and - between them, 63 at most", param, ctx)
        return str(value)


@click.command("doctor")
@click.argument("release", type=Name())
@click.option(
    "-n", "--namespace", type=Name(), metavar="NAME", help="Its namespace (default: your context's)."
)
@click.option("--kubeconfig", metavar="FILE", help="Kubeconfig (default: as kubectl finds it).")
@click.option("--context", metavar="NAME", help="Context of the kubeconfig (default: the current one).")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(DIAGNOSIS_FORMATS)),
    default="text",
    help="How to print (default: text).",
)
@click.option(
    "--before",
    "chart",
    metavar="CHART",
    help="Before an install of CHART, a folder or a .tgz: what is going to be in its way.",
)
@click.option("-f", "--values", "files", multiple=True, metavar="FILE", help="With --before: values for it.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="With --before: one value.")
@helm_option
@option("--kubectl", env="KUBECTL", metavar="PATH", default="kubectl", help="Ask through this kubectl.")
@color_option
def command(
    release: str,
    namespace: str | None,
    kubeconfig: str | None,
    context: str | None,
    form: str,
    chart: str | None,
    files: tuple[str, ...],
    sets: tuple[str, ...],
    helm: str | None,
    kubectl: str,
    color: str,
) -> None:
    """Say what is wrong with RELEASE in a cluster, and what cures it: installed, half installed or failed.
    With --before, say what would be wrong with it if CHART were installed now.

    Only reads, with your own kubectl and your own rights; runs nothing in a pod, and prints no value of a
    Secret. Exit codes: 0 all is fine, 1 something is wrong, 3 nothing known is, and something could not be
    told.

    \b
    Examples:
      chartgen doctor ushadow --namespace ushadow
      chartgen doctor ushadow -n ushadow --context staging
      chartgen doctor ushadow -n ushadow --kubeconfig admin.yaml --format json
      chartgen doctor ushadow -n ushadow --before charts/ushadow -f values/production.yaml
    """
    if (files or sets) and not chart:
        raise UsageError("-f and --set are about a chart that is not installed yet", "name it: --before")
    coming = Coming(chart, files, sets, helm) if chart else None
    examined = _examined(release, namespace, kubeconfig or "", context or "", kubectl, coming)
    progress("")
    click.echo(DIAGNOSIS_FORMATS[form](examined, color=colored(color)), nl=False)
    click.get_current_context().exit(EXIT[examined.state.value])


EXIT = {"fine": 0, "wrong": 1, "could not tell": 3}


def _examined(
    release: str, namespace: str | None, kubeconfig: str, context: str, program: str, coming: Coming | None
) -> Examined:
    """Raises ToolError when there is no kubectl, or no cluster; ChartgenError for what is to be installed."""
    from chartgen.cluster.gather import gather
    from chartgen.cluster.kubectl import Kubectl
    from chartgen.doctor import examine
    from chartgen.doctor.snapshot import At

    ask = Kubectl(program, kubeconfig, context)
    at = At(namespace or ask.namespace(), kubeconfig, context)
    if coming is not None:
        return foreseen(ask, release, at, coming)
    progress("asking the cluster")
    return examine(gather(ask, release, at))
