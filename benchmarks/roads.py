"""The roads: what chartgen runs for a piece of work, and what a person would run instead."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Command
from benchmarks.subjects import OVERLAYS
from ci import kubeconform_schemas
from ci.tools import pins

OURS = (sys.executable, "-m", "chartgen")
IMPORTS = (sys.executable, "-c", "import yaml, click, jinja2")
GENERATE = (*OURS, "generate")
CHECK = (*OURS, "generate", "--check")
LINT = (*OURS, "lint")
MAKE = (*OURS, "make")
KUBERNETES = "1.34"  # the one version that the other road covers


@dataclass(frozen=True)
class Tools:
    """The other road's programs; an empty path is one that is not here."""

    helm: str
    kubeconform: str

    @property
    def missing(self) -> list[str]:
        return [name for name, path in vars(self).items() if not path]


def find() -> Tools:
    """The pinned tools of `make tools`, or those that variables name."""

    def one(variable: str) -> str:
        built = pins.built(pins.BY_VARIABLE[variable], pins.cache(os.environ))
        return os.environ.get(variable, "") or str(built or "")

    return Tools(one("HELM_4"), one("KUBECONFORM"))


def ours() -> list[Command]:
    """Generate (docs and schema with it), lint every overlay on every Kubernetes version, and pack."""
    return [MAKE]


def theirs(tools: Tools, folder: Path, schemas: Path) -> list[Command]:
    """Lint, render and validate each overlay for one Kubernetes version, and pack.

    What writes the chart, its documentation and its schema is left out, so this road is shorter than theirs
    really is: kompose or Katenary, helm-docs and helm-schema would come on top.
    """
    chart = "charts/ushadow"
    commands: list[Command] = [(tools.helm, "lint", "--strict", chart, "-f", o) for o in OVERLAYS]
    for overlay in OVERLAYS:
        out = folder / "out" / Path(overlay).stem
        commands.append((tools.helm, "template", "ushadow", chart, "-f", overlay, "--output-dir", str(out)))
        commands.append(
            (
                *(tools.kubeconform, "-strict", "-kubernetes-version", f"{KUBERNETES}.0"),
                *("-schema-location", kubeconform_schemas.location(schemas), str(out)),
            )
        )
    commands.append((tools.helm, "package", chart, "-d", str(folder / "out")))
    return commands
