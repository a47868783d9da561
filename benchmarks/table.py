"""What was measured, as a table that a person reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.measure import Measured


@dataclass(frozen=True)
class Row:
    """One piece of work. `beside` says what `ratio` compares it with; a `goal` is the highest good ratio."""

    name: str
    measured: Measured
    beside: str = ""
    ratio: float = 0.0
    goal: float = 0.0

    @property
    def good(self) -> bool:
        return not self.goal or self.ratio <= self.goal


def text(rows: Iterable[Row]) -> str:
    """The rows under a heading: milliseconds, MiB, and ratios of CPU."""
    lines = [f"{'what':34} {'proc':>4} {'wall ms':>8} {'CPU ms':>8} {'median':>8} {'MiB':>5}  ratio"]
    for row in rows:
        best = row.measured.best
        numbers = f"{row.measured.processes:4} {best.wall * 1000:8.0f} {best.cpu * 1000:8.0f}"
        lines.append(
            f"{row.name:34} {numbers} {row.measured.median_cpu * 1000:8.0f} "
            f"{best.peak:5.0f}  {_ratio(row)}".rstrip()
        )
    return "\n".join(lines) + "\n"


def _ratio(row: Row) -> str:
    if not row.beside:
        return ""
    goal = f", goal {row.goal:g}: {'met' if row.good else 'NOT MET'}" if row.goal else ""
    return f"{row.ratio:.2f} x {row.beside}{goal}"


def data(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The rows for a program: seconds and MiB."""
    return [
        {
            "name": row.name,
            "processes": row.measured.processes,
            "wall": row.measured.best.wall,
            "cpu": row.measured.best.cpu,
            "median_cpu": row.measured.median_cpu,
            "peak_mib": row.measured.best.peak,
            "beside": row.beside,
            "ratio": row.ratio,
            "goal": row.goal,
            "good": row.good,
        }
        for row in rows
    ]
