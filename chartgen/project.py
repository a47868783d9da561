"""`chartgen.yaml`: which applications, charts, overlays and Kubernetes versions a project has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chartgen import documents
from chartgen.errors import Problem, UsageError, near_miss
from chartgen.frozen import Frozen
from chartgen.kubernetes import VERSIONS
from chartgen.model.field import NAME, field
from chartgen.model.load import read, refused

__all__ = ["VERSIONS", "ChartEntry", "Project", "load"]

Wrong = tuple[tuple[str | int, ...], str, str]  # a path, what is wrong with it, and what to do


class ChartEntry(Frozen):
    """One chart of a project. Paths are relative to `chartgen.yaml`."""

    name: str
    app: str = field("Folder of its app.yaml.")
    chart: str = field("Folder that the chart is generated into.")
    overlays: tuple[str, ...] = field("Values files, one for each environment.", ())
    compose: str = field("Compose file that `chartgen compose` makes of app.yaml.", "")
    manifests: str = field("Folder of its raw manifests; empty means `k8s/` and its name.", "")

    @property
    def manifests_folder(self) -> str:
        return self.manifests.rstrip("/") or f"k8s/{self.name}"


class Project(Frozen):
    """A project, as `chartgen.yaml` describes it."""

    apiVersion: str = field("Version of this format.", enum=("chartgen/v1",))
    charts: Mapping[str, ChartEntry] = field("Charts by name.", keys=NAME)
    kubeVersions: tuple[str, ...] = field("Kubernetes versions to check against; empty means all known.", ())
    helm: str = field("Path of a helm to use, or its name; empty means the embedded engine.", "")
    strict: bool = field("Warnings fail too.", False)
    destination: str = field("Folder that packages are written to.", "dist")
    snapshots: str = field("Folder of the snapshots.", "tests/snapshot/expected")

    def chosen(self, names: tuple[str, ...]) -> tuple[ChartEntry, ...]:
        """The charts that are called `names`, all without names. Raises UsageError for an unknown one."""
        unknown = [n for n in names if n not in self.charts]
        if unknown:
            problems = [
                Problem(n, "this project has no such chart", near_miss(n, self.charts)) for n in unknown
            ]
            raise UsageError("unknown charts", problems=problems)
        return tuple(self.charts[n] for n in dict.fromkeys(names) or self.charts)


def load(text: bytes, name: str = "chartgen.yaml") -> Project:
    """The project that `text` describes. Raises ModelError with every problem."""
    document = documents.load(text, name)
    project: Project = read(Project, document)
    problems = list(_wrong(project))
    if problems:
        raise refused(document, problems)
    return replace(project, kubeVersions=project.kubeVersions or VERSIONS)


def _wrong(project: Project) -> Iterator[Wrong]:
    """Path, what is wrong and what to do, for what a single field cannot say."""
    if not project.charts:
        yield ("charts",), "no chart is named", "`chartgen init NAME --image IMAGE` adds one"
    for index, version in enumerate(project.kubeVersions):
        if version not in VERSIONS:
            what = f"{version!r} is not a Kubernetes version known here"
            yield ("kubeVersions", index), what, f"known: {', '.join(VERSIONS)}"
    folders: dict[str, str] = {}
    for entry in project.charts.values():
        folder = entry.chart.rstrip("/")
        if folder == entry.app.rstrip("/"):
            what = "the chart would be written among the files of its app.yaml"
            yield ("charts", entry.name, "chart"), what, "give the chart a folder of its own"
        if (other := folders.setdefault(folder, entry.name)) != entry.name:
            what = f"the chart {other!r} is written there too"
            yield ("charts", entry.name, "chart"), what, "give each chart a folder of its own"
        yield from _in_the_way(entry, project.charts)
        for index, overlay in enumerate(entry.overlays):
            if overlay in entry.overlays[:index]:
                yield ("charts", entry.name, "overlays", index), f"{overlay} stands twice", "remove one"


def _in_the_way(entry: ChartEntry, charts: Mapping[str, ChartEntry]) -> Iterator[Wrong]:
    """Raw manifests have a folder of their own: kubectl takes every file in it."""
    for other in charts.values():
        taken = {other.chart.rstrip("/"): "the chart", other.app.rstrip("/"): "the app.yaml of"}
        if other.name != entry.name:
            taken[other.manifests_folder] = "the manifests of"
        if of := taken.get(entry.manifests_folder):
            what = f"{of} {other.name!r} {'are' if 'manifests' in of else 'is'} there too"
            yield ("charts", entry.name, "manifests"), what, "give the manifests a folder of their own"
