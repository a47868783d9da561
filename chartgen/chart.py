"""A chart as a value: its files in memory, sorted, not yet anywhere on a disk.

A chart does not know who made it: the same value comes from `generate`, a folder or a `.tgz`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from chartgen import documents
from chartgen.frozen import Frozen


class ChartFile(Frozen):
    """One file of a chart: `path` is relative, with forward slashes (`templates/service.yaml`)."""

    path: str
    data: bytes

    @property
    def text(self) -> str:
        """The content as text. Raises UnicodeDecodeError for a binary file."""
        return self.data.decode("utf-8")


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
        head = documents.load(metadata.text, "Chart.yaml").data
        return cls(str(head["name"]), str(head["version"]), ordered)

    @cached_property
    def by_path(self) -> dict[str, ChartFile]:
        return {f.path: f for f in self.files}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """`Chart.yaml` as data."""
        return dict(documents.load(self.by_path["Chart.yaml"].text, "Chart.yaml").data)

    @cached_property
    def default_values(self) -> dict[str, Any]:
        """`values.yaml` as data; empty when the chart has none."""
        file = self.by_path.get("values.yaml")
        return dict(documents.load(file.text, "values.yaml").data or {}) if file else {}

    @property
    def templates(self) -> tuple[ChartFile, ...]:
        """What Helm executes as templates, partials and NOTES.txt included."""
        return tuple(f for f in self.files if f.path.startswith("templates/"))
