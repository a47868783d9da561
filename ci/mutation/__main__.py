"""Mutants of a chart before a judge: how many faults it finds, and which it does not.

    python -m ci.mutation charts/ushadow                            # how many there are of each kind
    python -m ci.mutation charts/ushadow --judge package.module:function --values values/dev.yaml

The judge is a function from a chart to a sentence, "" when it has nothing against it. `--every N` takes each
N-th mutant only, `--shard I/N` the I-th of N equal parts. Ends with 1 under `--threshold` percent.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from importlib import import_module
from itertools import islice
from pathlib import Path

from chartgen.disk import read_chart, read_values
from chartgen.engine.choose import choose
from chartgen.manifest import Case
from ci.mutation.run import Judge, judged, mutants, share, summary


def main(arguments: list[str]) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    chart = read_chart(given.chart)
    found = mutants(chart)
    if not given.judge:
        kinds = Counter(mutant.operator.partition(" at ")[0] for mutant in found)
        print("\n".join(f"{count:6} {kind}" for kind, count in sorted(kinds.items())))
        print(f"{kinds.total():6} mutants of {chart.name}")
        return 0
    part, parts = map(int, given.shard.split("/"))
    faults = islice(found, part - 1, None, parts * given.every)
    cases = [Case(), *(Case(read_values(path), overlay=path.stem) for path in given.values)]
    verdicts = list(judged(chart, faults, _judge(given.judge), choose(), cases))
    print(summary(verdicts), end="")
    return 0 if share(verdicts) >= given.threshold else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ci.mutation", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("chart", type=Path)
    parser.add_argument("--judge", default="", metavar="MODULE:FUNCTION")
    parser.add_argument("--values", type=Path, action="append", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--threshold", type=float, default=95.0)
    return parser


def _judge(name: str) -> Judge:
    module, _, function = name.partition(":")
    judge: Judge = getattr(import_module(module), function)
    return judge


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
