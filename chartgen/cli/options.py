"""What several commands share: the project and where it comes from, and the options that set it aside.

What `chartgen.yaml` says, a variable of the environment sets aside, and an option both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chartgen import project
from chartgen.cli.failures import progress
from chartgen.disk import alone, read_text
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from click.shell_completion import CompletionItem

NAMES = ("chartgen.yaml", ".chartgen.yaml")
Command = TypeVar("Command", bound=Callable[..., Any])


class Place(Frozen):
    """A project, the file that describes it, and the folder of that file, which its paths are relative to."""

    root: Path
    project: project.Project
    file: Path

    def path(self, relative: str) -> Path:
        """A path of the project, as a person in the current folder would write it."""
        return Path(os.path.normpath(self.root / relative))

    @property
    def helm(self) -> str:
        """The helm that chartgen.yaml names: a path in the project, or a name to be found on the PATH."""
        named = self.project.helm
        return str(self.path(named)) if "/" in named else named

    def alone(self) -> AbstractContextManager[None]:
        """Keeps other runs that write from this project until the block ends."""
        return alone(self.file, lambda: progress("waiting for another chartgen"))


def open_project(config: str | None) -> Place:
    """The project in the file `config`, or else in this folder or one above it. Raises ChartgenError."""
    path = Path(config) if config else find_project()
    if path is None:
        raise ChartgenError(
            "there is no chartgen.yaml in this folder or above it",
            "`chartgen init NAME --image IMAGE` makes one; --config names one elsewhere",
        )
    return Place(path.parent, project.load(read_text(path), str(path)), path)


def find_project() -> Path | None:
    """The project file of this folder, or of the nearest above it."""
    here = Path.cwd()
    for depth, folder in enumerate([here, *here.parents]):
        for name in NAMES:
            if (folder / name).is_file():
                return Path(*[".."] * depth, name)
    return None


class KubeVersion(click.ParamType[str]):
    """A Kubernetes version that charts can be checked against."""

    name = "version"

    def split_envvar_value(self, rv: str) -> list[str]:
        return rv.replace(",", " ").split()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in project.VERSIONS:
            self.fail(f"{value!r} is not known here; known: {', '.join(project.VERSIONS)}", param, ctx)
        return str(value)


def option(*names: str, env: str = "", **more: Any) -> Callable[[Command], Command]:
    """An option that the variable CHARTGEN_`env` can set too."""
    from_environment: dict[str, Any] = {"envvar": f"CHARTGEN_{env}", "show_envvar": True} if env else {}
    return click.option(*names, **from_environment, **more)


def chart_names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    try:
        charts = open_project(ctx.params.get("config")).project.charts
    except ChartgenError:
        return []
    return [CompletionItem(name) for name in charts if name.startswith(incomplete)]


charts_argument = click.argument("charts", nargs=-1, shell_complete=chart_names)
chart_argument = click.argument("chart", shell_complete=chart_names)
config_option = option(
    "--config", env="CONFIG", metavar="FILE", help="Project file (default: chartgen.yaml, here or above)."
)
helm_option = option(
    "--helm",
    env="HELM",
    metavar="PATH",
    help="Ask this helm, 3.18 or newer or 4.x, instead of the embedded engine (`embedded` insists on that).",
)
color_option = option(
    "--color",
    env="COLOR",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours (auto: on a terminal, unless NO_COLOR is set).",
)
versions_option = option(
    "--kube-version",
    "--kubernetes-version",
    "versions",
    env="KUBE_VERSIONS",
    multiple=True,
    type=KubeVersion(),
    metavar="X.Y",
    help="Check for this Kubernetes; repeatable (default: all known).",
)


def values_options(command: Command) -> Command:
    """What a person sets aside of a chart's values: `files`, then `sets` on top."""
    command = click.option(
        "--set", "sets", multiple=True, metavar="KEY=VALUE", help="One value, as Helm writes it."
    )(command)
    what = "Values; the last FILE wins."
    return click.option("-f", "--values", "files", multiple=True, metavar="FILE", help=what)(command)


def release_options(command: Command) -> Command:
    """What the templates see of a release: `namespace` and `release`."""
    what = "Name of the release (default: the chart's name)."
    command = click.option("--release", metavar="NAME", help=what)(command)
    what = "Namespace of the release (default: the chart's name)."
    return click.option("-n", "--namespace", metavar="NAME", help=what)(command)


def colored(choice: str) -> bool:
    """Whether to colour what goes to standard output."""
    has_colors = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    wanted = has_colors if choice == "auto" else choice == "always"
    click.get_current_context().color = wanted  # or click takes colours out of what goes into a pipe
    return wanted
