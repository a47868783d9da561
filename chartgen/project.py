"""`chartgen.yaml`: which applications, charts, overlays and Kubernetes versions a project has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chartgen import documents
from chartgen.errors import ModelError, Problem, near_miss
from chartgen.frozen import Frozen
from chartgen.kubernetes import VERSIONS
from chartgen.model.field import NAME, field
from chartgen.model.load import read


class ChartEntry(Frozen):
    """One chart of a project. Paths are relative to `chartgen.yaml`."""

    name: str
    app: str = field("Folder of its app.yaml.")
    chart: str = field("Folder that the chart is generated into.")
    overlays: tuple[str, ...] = field("Values files, one for each environment.", ())


class Project(Frozen):
    """A project, as `chartgen.yaml` describes it."""

    apiVersion: str = field("Version of this format.", enum=("chartgen/v1",))
    charts: Mapping[str, ChartEntry] = field("Charts by name.", keys=NAME)
    kubeVersions: tuple[str, ...] = field("Kubernetes versions to check against; empty means all known.", ())
    helm: str = field("Path of a helm to use; empty means the embedded engine.", "")
    destination: str = field("Folder that packages are written to.", "dist")
    snapshots: str = field("Folder of the snapshots.", "tests/snapshot/expected")

    def chosen(self, names: tuple[str, ...]) -> tuple[ChartEntry, ...]:
        """The charts that are called `names`, all without names. Raises ModelError for an unknown one."""
        unknown = [n for n in names if n not in self.charts]
        if unknown:
            problems = [Problem(n, "this project has no such chart", near_miss(n, self.charts)) for n in unknown]
            raise ModelError("unknown charts", problems=problems)
        return tuple(self.charts[n] for n in names or self.charts)


def load(text: bytes, name: str = "chartgen.yaml") -> Project:
    """The project that `text` describes. Raises ModelError with every problem."""
    project: Project = read(Project, documents.load(text, name))
    return with_versions(project, project.kubeVersions)


def with_versions(project: Project, versions: tuple[str, ...]) -> Project:
    """The project, checked against these Kubernetes versions. Raises ModelError for one that is not known."""
    unknown = [v for v in versions if v not in VERSIONS]
    if unknown:
        problems = [Problem(v, "not a Kubernetes version known here", f"known: {', '.join(VERSIONS)}") for v in unknown]
        raise ModelError("unknown Kubernetes versions", problems=problems)
    return replace(project, kubeVersions=versions or VERSIONS)
