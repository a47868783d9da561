"""A chart by what a person calls it: a folder, a package, a git revision, a registry, or the last release.

One function for each way; `RESOLVERS` is asked in order, and the first one that knows the reference reads
the chart. In a registry, a reference without a version means the last one that was published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from chartgen import git
from chartgen.chart import Chart
from chartgen.cli.options import Place
from chartgen.cli.stage import chart_of
from chartgen.disk import chart_of_files, read_chart
from chartgen.errors import ChartgenError, ToolError, UsageError
from chartgen.project import ChartEntry
from chartgen.versions import parsed

GIT, OCI, LAST = "git:", "oci://", "last"


class Asked(NamedTuple):
    """A reference, with the chart of the project that it is about, when there is one, and what was told
    about registries."""

    text: str
    place: Place | None
    entry: ChartEntry | None
    registry: Mapping[str, Any]


Resolver = Callable[[Asked], Chart | None]


def resolve(asked: Asked) -> Chart:
    """The chart that a reference means. Raises ChartgenError; ToolError when that cannot be found out."""
    for resolver in RESOLVERS:
        found = resolver(asked)
        if found is not None:
            return found
    hint = "give a folder, a .tgz, oci://..., git:REVISION, `last`, or the name of a chart in chartgen.yaml"
    raise UsageError(f"{asked.text}: there is no such chart", hint)


def _of_registry(asked: Asked) -> Chart | None:
    if not asked.text.startswith(OCI):
        return None
    from chartgen.cli.registry import Access, fetched

    return fetched(Access(asked.registry), asked.text)[1]


def _of_git(asked: Asked) -> Chart | None:
    if not asked.text.startswith(GIT):
        return None
    place, entry = _project(asked)
    name = asked.text.removeprefix(GIT)
    files = git.folder_at(place.root, name, entry.chart.strip("/"))
    return chart_of_files(files, Path(f"{GIT}{name}"))


def _of_last(asked: Asked) -> Chart | None:
    """The newest version that has a tag, pre-releases aside unless there is nothing else."""
    if asked.text != LAST:
        return None
    place, entry = _project(asked)
    tag = last_tag(place, entry.name)
    if not tag:
        raise ToolError(
            f"{entry.name}: no version of it has a tag", f"tag a release {entry.name}-1.2.3, or give a BASE"
        )
    return _of_git(asked._replace(text=f"{GIT}{tag}"))


def last_tag(place: Place, name: str) -> str:
    """The tag of the newest version of a chart; "" when there is none."""
    found = [(version, tag) for text, tag in git.tags(place.root, name).items() if (version := parsed(text))]
    stable = [pair for pair in found if not pair[0].prerelease]
    return max(stable or found, key=lambda pair: (pair[0], pair[1]), default=(None, ""))[1]


def _of_project(asked: Asked) -> Chart | None:
    named = asked.place.project.charts.get(asked.text) if asked.place else None
    return chart_of(asked.place, named) if asked.place and named else None


def _of_disk(asked: Asked) -> Chart | None:
    path = Path(asked.text)
    return read_chart(path) if path.exists() else None


def _project(asked: Asked) -> tuple[Place, ChartEntry]:
    if not asked.place or not asked.entry:
        raise ChartgenError(
            f"{asked.text}: which chart?", "call it in a project, and name its chart with --chart"
        )
    return asked.place, asked.entry


RESOLVERS: tuple[Resolver, ...] = (_of_registry, _of_git, _of_last, _of_project, _of_disk)
