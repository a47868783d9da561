"""What several commands share: the project, where it comes from, and how to speak to a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from chartgen import project
from chartgen.disk import read_text
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

NAMES = ("chartgen.yaml", ".chartgen.yaml")
Command = TypeVar("Command", bound=Callable[..., Any])


class Place(Frozen):
    """A project and the folder that its paths are relative to."""

    root: Path
    project: project.Project

    def path(self, relative: str) -> Path:
        """A path of the project, as a person in the current folder would write it."""
        return Path(os.path.normpath(self.root / relative))


def open_project(config: str | None) -> Place:
    """The project of `--config`, of CHARTGEN_CONFIG, or of this folder or one above it."""
    path = Path(config) if config else _found()
    if path is None:
        raise ChartgenError(
            "there is no chartgen.yaml in this folder or above it",
            "`chartgen init NAME --image REPOSITORY` makes one; --config names one elsewhere",
        )
    return Place(path.parent, _with_environment(project.load(read_text(path), str(path))))


def _found() -> Path | None:
    here = Path.cwd()
    for depth, folder in enumerate([here, *here.parents]):
        for name in NAMES:
            if (folder / name).is_file():
                return Path(*[".."] * depth, name)
    return None


def _with_environment(found: project.Project) -> project.Project:
    changed = replace(
        found,
        helm=os.environ.get("CHARTGEN_HELM", found.helm),
        destination=os.environ.get("CHARTGEN_DESTINATION", found.destination),
    )
    versions = os.environ.get("CHARTGEN_KUBE_VERSIONS")
    return project.with_versions(changed, tuple(versions.replace(",", " ").split())) if versions else changed


def config_option(command: Command) -> Command:
    option = click.option(
        "--config", envvar="CHARTGEN_CONFIG", metavar="FILE", help="Project file (default: chartgen.yaml, here or above)."
    )
    return option(command)


def helm_option(command: Command) -> Command:
    option = click.option("--helm", metavar="PATH", help="Use this helm, 3.18 or newer or 4.x, instead of the embedded engine.")
    return option(command)


def color_option(command: Command) -> Command:
    option = click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours (auto: on a terminal, and NO_COLOR is heeded)."
    )
    return option(command)


def colored(choice: str) -> bool:
    """Whether to colour what goes to standard output."""
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return choice == "always"


def progress(text: str) -> None:
    """Says on a terminal what is going on, in one line that the next one replaces; silent in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
