"""The share of mutants that is found, by operator, and every survivor with the reason for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from chartgen.chart import Chart
from chartgen.coverage import Branch
from ci.mutation.mutant import Mutant
from ci.mutation.reasons import reason
from ci.mutation.record import Record, key, ordered
from ci.mutation.run import Verdict, confirmed


def share(records: Iterable[Record]) -> float:
    """The percentage found of the mutants that make a difference somewhere, rounded down to a tenth."""
    real = [record for record in records if record.found or record.survived]
    return 100.0 if not real else sum(bool(record.found) for record in real) * 1000 // len(real) / 10


def summary(records: Collection[Record], total: int) -> str:
    """A line for each operator, and one for all. `total` is how many mutants there are."""
    rows: dict[str, list[Record]] = {}
    for record in records:
        rows.setdefault(record.operator.partition(" at ")[0], []).append(record)
    lines = [_row(operator, group) for operator, group in sorted(rows.items())]
    return "\n".join([*lines, _row("all", list(records)), f"{len(records)} of {total} mutants tried"]) + "\n"


def _row(name: str, records: Sequence[Record]) -> str:
    found = sum(bool(record.found) for record in records)
    survived = sum(record.survived for record in records)
    alike = len(records) - found - survived
    return f"{name:28} {found:5} of {found + survived:5} found, {share(records):5g}%; {alike} render alike"


def survivors(records: Collection[Record], total: int) -> str:
    """The file that is kept: the numbers as comments, then a line for each survivor with its reason."""
    head = [f"# {line}".rstrip() for line in summary(records, total).splitlines()]
    lines = [
        f"{record.key}  {record.mutant}\n    {reason(record)}"
        for record in sorted(records, key=lambda r: r.mutant)
        if record.survived
    ]
    return "\n".join([*head, *lines]) + "\n"


def kept(text: str) -> dict[str, str]:
    """The reasons of a kept file by the key of the mutant."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.split()[0]: below.strip() for line, below in zip(lines[::2], lines[1::2], strict=True)}


def seen(chart: Chart, taken: Iterable[Branch], records: Collection[Record]) -> tuple[Branch, ...]:
    """The taken branches that count: a mutant in them was found."""
    by_key = {record.key: record for record in records}
    known = ((mutant, by_key.get(key(mutant))) for mutant in _of_templates(chart))
    verdicts = [Verdict(mutant, found.found, found.effect) for mutant, found in known if found]
    return confirmed(chart, taken, verdicts)


def _of_templates(chart: Chart) -> Iterable[Mutant]:
    return (mutant for mutant in ordered(chart) if mutant.file.startswith("templates/"))
