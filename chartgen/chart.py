"""A chart as a value: its files in memory, sorted, not yet anywhere on a disk.

A chart does not know who made it: the same value comes from `generate`, a folder or a `.tgz`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from chartgen import documents
from chartgen.errors import RenderError
from chartgen.frozen import Frozen


class ChartFile(Frozen):
    """One file of a chart: `path` is relative, with forward slashes (`templates/service.yaml`)."""

    path: str
    data: bytes

    @property
    def text(self) -> str:
        """The content as text. Raises UnicodeDecodeError for a binary file."""
        return self.data.decode("utf-8")


@lru_cache(maxsize=64)
def _parsed(file: ChartFile) -> list[Any]:
    # Who reads a chart and the engine that opens it ask for the same files.
    return documents.load_all(file.data.decode("utf-8", "replace"), file.path)


def mapping(file: ChartFile) -> dict[str, Any]:
    """What a YAML file of a chart says, read as Helm reads it: anybody's chart may be any size and have
    keys such as `y` and 8080. Empty when the file is. Raises RenderError when it holds no mapping,
    ModelError when it is no YAML.
    """
    found = _parsed(file)
    if found and not isinstance(found[0], dict):
        raise RenderError(f"{file.path} of the chart is no mapping")
    return dict(found[0]) if found else {}


class Chart(Frozen):
    """Name, version, and the files in the order of their paths."""

    name: str
    version: str
    files: tuple[ChartFile, ...]

    @classmethod
    def of(cls, files: Iterable[ChartFile]) -> Chart:
        """A chart from its files; name and version are read from `Chart.yaml`, which must be there."""
        ordered = tuple(sorted(files))
        metadata = next(f for f in ordered if f.path == "Chart.yaml")
        head = mapping(metadata)
        return cls(str(head["name"]), str(head["version"]), ordered)

    @cached_property
    def by_path(self) -> dict[str, ChartFile]:
        return {f.path: f for f in self.files}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """`Chart.yaml` as data."""
        return mapping(self.by_path["Chart.yaml"])

    @cached_property
    def default_values(self) -> dict[str, Any]:
        """`values.yaml` as data; empty when the chart has none."""
        file = self.by_path.get("values.yaml")
        return mapping(file) if file else {}

    @cached_property
    def default_texts(self) -> frozenset[str]:
        """Every text in `values.yaml`: a name among them is one that whoever made the chart knows about."""
        return frozenset(_texts(self.default_values))

    @property
    def templates(self) -> tuple[ChartFile, ...]:
        """What Helm executes as templates, partials and NOTES.txt included."""
        return tuple(f for f in self.files if f.path.startswith("templates/"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
