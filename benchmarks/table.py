"""The results as a person reads them, and as a program does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.measure import Cost, Measured
from benchmarks.works import Pair

HEAD = ("what", "ratio wall", "ratio CPU", "wall ms", "CPU ms", "MiB", "beside", "wall ms", "CPU ms", "MiB")


@dataclass(frozen=True)
class Goal:
    """What was asked for: `is_` is held against `at_most`."""

    what: str
    is_: float
    at_most: float

    @property
    def reached(self) -> bool:
        return self.is_ <= self.at_most

    def __str__(self) -> str:
        mark = "pass" if self.reached else "FAIL"
        return f"{mark}  {self.what}: {self.is_:.2f}, at most {self.at_most:.2f}"


def text(pairs: Iterable[Pair], results: Mapping[str, Measured]) -> str:
    """A table for each subject, in Markdown that lines up."""
    by_subject: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_subject.setdefault(pair.subject, []).append(pair)
    return "\n".join(
        f"{name}\n\n{lined_up([HEAD, *(row(p, results) for p in found)])}\n"
        for name, found in by_subject.items()
    )


def row(pair: Pair, results: Mapping[str, Measured]) -> tuple[str, ...]:
    """The cells of one line; a work that failed says why, and has no numbers."""
    ours = results[pair.ours.name]
    theirs = results[pair.theirs.name] if pair.theirs else None
    if ours.failed:
        return (f"{pair.what}: {ours.failed}", *[""] * 9)
    if theirs is None:
        return (pair.what, "", "", *cells(ours), "", "", "", "")
    if theirs.failed:
        return (pair.what, "", "", *cells(ours), f"{pair.instead}: {theirs.failed}", "", "", "")
    ratio = ratios(ours, theirs)
    return (pair.what, f"{ratio.wall:.2f}", f"{ratio.cpu:.2f}", *cells(ours), pair.instead, *cells(theirs))


def ratios(ours: Measured, theirs: Measured) -> Cost:
    """How many times the other's cost ours is, by the least of each."""
    a, b = ours.least, theirs.least
    return Cost(a.wall / b.wall, a.cpu / b.cpu, a.memory / b.memory)


def cells(measured: Measured) -> tuple[str, str, str]:
    """`107 (112)`: the least, and the median of the runs; then processor time and memory."""
    least, middle = measured.least, measured.middle
    return (
        f"{least.wall * 1000:.0f} ({middle.wall * 1000:.0f})",
        f"{least.cpu * 1000:.0f} ({middle.cpu * 1000:.0f})",
        f"{middle.memory:.0f}",
    )


def lined_up(rows: list[tuple[str, ...]]) -> str:
    """Rows of a Markdown table, the first its head, every column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return "\n".join("| " + " | ".join(map(str.ljust, cells, widths)) + " |" for cells in ruled)


def goals(results: Mapping[str, Measured], works: Mapping[str, str]) -> Iterator[Goal]:
    """The goals whose works were measured. `works` names what each goal compares."""
    for what, ours, theirs, most in (
        ("generate, beside the bare imports", "generate", "imports", 1.6),
        ("the road for 3 overlays on every Kubernetes, beside the chain on one", "road", "chain", 0.5),
    ):
        pair = [results.get(works.get(name, "")) for name in (ours, theirs)]
        if pair[0] and pair[1] and not pair[0].failed and not pair[1].failed:
            ratio = ratios(pair[0], pair[1])
            yield Goal(f"{what} (wall)", ratio.wall, most)
            yield Goal(f"{what} (CPU)", ratio.cpu, most)


def linear(by_size: Mapping[int, Measured], start: Measured) -> Iterator[Goal]:
    """A component of the largest application costs no more than one of the smallest, start-up aside."""
    sizes = sorted(size for size, found in by_size.items() if not found.failed)
    if len(sizes) > 1 and not start.failed:
        each = {size: (by_size[size].least.cpu - start.least.cpu) / size for size in (sizes[0], sizes[-1])}
        what = f"a component of {sizes[-1]:,}, beside one of {sizes[0]} (CPU of generate -C)"
        yield Goal(what, each[sizes[-1]] / each[sizes[0]], 1.25)


def data(
    machine: Mapping[str, str],
    tools: Mapping[str, str],
    missing: Mapping[str, str],
    results: Mapping[str, Measured],
    reached: Iterable[Goal],
) -> dict[str, Any]:
    """Everything, for a program: seconds and MiB of every run."""
    return {
        "machine": dict(machine),
        "tools": dict(tools),
        "missing": dict(missing),
        "results": {name: asdict(found) for name, found in results.items()},
        "goals": [{**asdict(goal), "reached": goal.reached} for goal in reached],
    }
