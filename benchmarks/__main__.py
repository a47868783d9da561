"""What chartgen costs, beside what it replaces: `make bench`, or `python -m benchmarks [--quick]`.

Every number is of whole processes, start-up included. Ours and theirs take turns in the same run, so that
their ratio means something on a busy machine, where the milliseconds do not.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import table
from benchmarks.measure import Measured, Watch, Work, environment, measured
from benchmarks.publishing import publishing, served
from benchmarks.subjects import ROOT, SIZES, many, ushadow
from benchmarks.tools import Tools, found, machine, schemas
from benchmarks.works import IMPORTS, Pair, chartgen, pairs

TOO_LARGE = """\
1,000 components: the road ends where Helm does. It refuses a chart with a file over 5 MiB, which
values.schema.json is from about 200 components on, and keeps a release in a Secret of 1 MiB, which about
100 of them fill."""


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    runs = options.runs or (2 if options.quick else 5)
    with tempfile.TemporaryDirectory(prefix="chartgen-bench-") as folder:
        return _bench(Path(folder), runs, options.json)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two runs of each instead of five")
    parser.add_argument("--runs", type=int, help="how many runs of each")
    parser.add_argument("--json", metavar="FILE", help="write every run there too")
    return parser.parse_args(arguments)


def _bench(root: Path, runs: int, json_file: str | None) -> int:
    tools, about = found(), dict(machine())
    for line in _head(tools, about, runs):
        print(line)
    subjects = [ushadow(root), many(root)]
    sizes = {size: many(root, size) for size in SIZES}
    where = schemas(root / "schemas")
    with Watch(environment({"PYTHONPATH": str(ROOT)})) as watch, served(tools, root / "registry") as host:
        for subject in (*subjects, *sizes.values()):
            watch.run(chartgen("generate"), subject.folder)
        found_pairs = [pair for subject in subjects for pair in pairs(subject, tools, where)]
        found_pairs += publishing(subjects[0], tools, host)
        checks = {
            size: Work(f"{s.name}: generate -C", (chartgen("generate", "-C"),), s.folder)
            for size, s in sizes.items()
        }
        results = measured(_works(found_pairs), runs, watch) | measured(checks.values(), min(runs, 3), watch)
    reached = [*table.goals(results, _named(found_pairs)), *_linear(checks, results, found_pairs)]
    print(table.text(found_pairs, results))
    print(_sizes(checks, results), TOO_LARGE, *reached, sep="\n")
    if json_file:
        everything = table.data(about, tools.versions, tools.missing, results, reached)
        Path(json_file).write_text(json.dumps(everything, indent=2) + "\n", "utf-8")
    ours = [pair.ours.name for pair in found_pairs] + [work.name for work in checks.values()]
    failed = any(results[name].failed for name in ours)
    return 1 if failed or not all(goal.reached for goal in reached) else 0


def _head(tools: Tools, about: dict[str, str], runs: int) -> list[str]:
    built = ", ".join(f"{name} {version}" for name, version in tools.versions.items()) or "none"
    lines = [", ".join(f"{key} {value}" for key, value in about.items())]
    lines.append(f"The least (and the median) of {runs} runs; a ratio is of the least. Tools: {built}.")
    return [*lines, *(f"Not here: {name}: {why}." for name, why in tools.missing.items()), ""]


def _works(found_pairs: list[Pair]) -> list[Work]:
    every = [work for pair in found_pairs for work in (pair.ours, pair.theirs) if work]
    return list({work.name: work for work in every}.values())


def _named(found_pairs: list[Pair]) -> dict[str, str]:
    """The works that goals are about, by the names that the goals give them."""
    names: dict[str, str] = {}
    for pair in found_pairs:
        if pair.subject == "ushadow" and pair.theirs:
            if pair.what == "generate" and "import" in pair.instead:
                names |= {"generate": pair.ours.name, "imports": pair.theirs.name}
            elif pair.what.endswith("make") and "helm-4" in pair.instead:
                names |= {"road": pair.ours.name, "chain": pair.theirs.name}
    return names


def _linear(
    checks: dict[int, Work], results: dict[str, Measured], found_pairs: list[Pair]
) -> list[table.Goal]:
    imports = next(p.theirs.name for p in found_pairs if p.theirs and p.theirs.commands == (IMPORTS,))
    by_size = {size: results[work.name] for size, work in checks.items()}
    return list(table.linear(by_size, results[imports]))


def _sizes(checks: dict[int, Work], results: dict[str, Measured]) -> str:
    rows: list[tuple[str, ...]] = [("generate -C of", "wall ms", "CPU ms", "MiB", "CPU ms a component")]
    for size, work in checks.items():
        found = results[work.name]
        each = "" if found.failed else f"{found.least.cpu * 1000 / size:.1f}"
        costs = ("", "", "") if found.failed else table.cells(found)
        rows.append((f"{size:,} components {found.failed}".strip(), *costs, each))
    return table.lined_up(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
