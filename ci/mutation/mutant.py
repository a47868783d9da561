"""One small fault in one file of a chart."""

from __future__ import annotations

from chartgen.chart import Chart, ChartFile
from chartgen.frozen import Frozen


class Mutant(Frozen):
    """`before` stands at the offset `start` of a file (characters), and `after` stands in its place.

    `operator` names the kind of fault; `line` counts from 1.
    """

    file: str
    start: int
    operator: str
    line: int
    before: str
    after: str

    def of(self, chart: Chart) -> Chart:
        """The chart with this fault. Raises ValueError when the fault was made for another chart."""
        text = chart.by_path[self.file].text
        end = self.start + len(self.before)
        if text[self.start : end] != self.before:
            raise ValueError(f"{self.file}: {self.before!r} does not stand at {self.start}")
        changed = ChartFile(self.file, f"{text[: self.start]}{self.after}{text[end:]}".encode())
        files = (changed if file.path == self.file else file for file in chart.files)
        return Chart(chart.name, chart.version, tuple(files))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.operator}: {_short(self.before)} -> {_short(self.after)}"


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return repr(shown if len(shown) <= 60 else f"{shown[:57]}...")
