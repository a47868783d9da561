"""Mutants of a chart before `chartgen verify`: how many faults it finds, and which it does not.

    python -m ci.mutation charts/ushadow                                  # how many there are of each kind
    python -m ci.mutation charts/ushadow --run build/mutants.jsonl --values values/dev.yaml --seconds 600
    python -m ci.mutation charts/ushadow --report build/mutants*.jsonl --survivors ci/mutation/survivors.txt

A run goes on where the file says that one stopped; `--shard I/N` is the I-th of N parts, each with a file of
its own. The report ends with 1 under `--threshold` percent found of the mutants that make a difference.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from chartgen.chart import Chart
from chartgen.disk import read_chart, read_values
from ci.mutation import record, report
from ci.mutation.run import mutants
from ci.mutation.verifying import Verifying


def main(arguments: list[str]) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    chart = read_chart(given.chart)
    if given.report:
        return _report(given, chart)
    if given.run:
        _run(given, chart)
        return 0
    kinds = Counter(mutant.operator.partition(" at ")[0] for mutant in mutants(chart))
    print("\n".join(f"{count:6} {kind}" for kind, count in sorted(kinds.items())))
    print(f"{kinds.total():6} mutants of {chart.name}")
    return 0


def _run(given: argparse.Namespace, chart: Chart) -> None:
    judge = Verifying(chart, {path.stem: dict(read_values(path)) for path in given.values})
    part, parts = map(int, given.shard.split("/"))
    known = record.read([given.run])
    end = time.monotonic() + given.seconds if given.seconds else None
    given.run.parent.mkdir(parents=True, exist_ok=True)
    with given.run.open("a") as out:
        for mutant in islice(record.ordered(chart), part - 1, None, parts):
            key = record.key(mutant)
            if key in known:
                continue
            if end and time.monotonic() > end:
                break
            found, effect = judge.said(mutant)
            out.write(record.line(record.Record(key, str(mutant), mutant.operator, found, effect)))
            out.flush()


def _report(given: argparse.Namespace, chart: Chart) -> int:
    found = record.read(given.report)
    total = sum(1 for _ in mutants(chart))
    print(report.summary(found.values(), total), end="")
    if given.survivors:
        given.survivors.write_text(report.survivors(found.values(), total))
    return 0 if report.share(found.values()) >= given.threshold else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ci.mutation", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("chart", type=Path)
    parser.add_argument("--run", type=Path, metavar="FILE")
    parser.add_argument("--report", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--survivors", type=Path, metavar="FILE")
    parser.add_argument("--values", type=Path, action="append", default=[])
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--threshold", type=float, default=95.0)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
