"""Random values documents rendered and validated: chartgen, a Go program, and processes, on the same work.

    python -m benchmarks.documents [--count 1000] [--runs 3]      the table
    python -m benchmarks.documents --memory 100000                the peak of chartgen alone, on so many

Each document is rendered, and each object of it validated against one Kubernetes version. Ours decides
besides whether the schema and the Rules accept it, and renders every fortieth once more to compare. What the
processes cost is extrapolated from a few. The counts of objects have to be equal.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measure import Command, Cost, Measured, Watch, Work, environment, measured
from benchmarks.subjects import ROOT
from benchmarks.tools import KUBERNETES, Tools, found, machine, schemas
from chartgen import contract, documents
from chartgen.chart import Chart
from chartgen.disk import read_chart
from chartgen.engine.choose import choose
from chartgen.kubernetes.validation import validate
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.verify import chance
from chartgen.verify.expect import Expectation
from chartgen.verify.quick import quick

CHART = ROOT / "charts" / "ushadow"
FEW = 20  # documents that processes are started for
GOROUTINES = "2"
MOST = 400  # MiB, however many documents


def accepted(chart: Chart, count: int) -> Iterator[dict[str, Any]]:
    """Documents by chance that the chart's schema and Rules accept, as many and no more."""
    declared = contract.read(chart)
    expectation = Expectation(declared, chart.default_values)
    drawn = chance.documents(declared, "0", count * 10)
    return islice((document for document in drawn if expectation.accepts(document)), count)


def work(chart: Chart, given: Iterator[dict[str, Any]]) -> dict[str, int]:
    """What chartgen does with documents, and the counts that the others print too."""
    engine = choose("embedded")
    declared = contract.read(chart)
    expectation = Expectation(declared, chart.default_values)
    accepts = lambda case: expectation.accepts(case.values)  # noqa: E731  # it is handed over once
    moved = {s.renamed_from: s.path for s in declared.settings if s.renamed_from}
    session = quick(engine, engine.open(archive(chart)), chart, accepts, moved)
    counts = {"documents": 0, "refused": 0, "objects": 0, "invalid": 0}
    release = Release(chart.name, chart.name)
    judged: dict[str, bool] = {}
    for answer in session.render(Case(document, release) for document in given):
        counts["documents"] += 1
        counts["refused"] += not isinstance(answer, Rendering)
        for manifest in answer.manifests if isinstance(answer, Rendering) else ():
            if len(judged) > 100_000:
                judged.clear()
            if manifest.digest not in judged:
                judged[manifest.digest] = not validate(manifest.data, (KUBERNETES,))
            counts["objects"] += 1
            counts["invalid"] += not judged[manifest.digest]
    return counts


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.documents", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many documents")
    parser.add_argument("--runs", type=int, default=3, help="how many runs of each")
    parser.add_argument("--memory", type=int, help="so many documents, by chartgen alone, with the peak")
    parser.add_argument("--work", metavar="FILE", help="do it: documents, one JSON in each line")
    options = parser.parse_args(arguments)
    chart = read_chart(CHART)
    if options.work:
        with Path(options.work).open(encoding="utf-8") as file:
            print(json.dumps(work(chart, map(json.loads, file))))
        return 0
    if options.memory:
        return _memory(chart, options.memory)
    with tempfile.TemporaryDirectory(prefix="chartgen-documents-") as folder:
        return _compared(Path(folder), chart, options.count, options.runs)


def _memory(chart: Chart, count: int) -> int:
    """Documents are drawn while they are rendered, so that none of them is kept."""
    counts = work(chart, _watched(accepted(chart, count), max(1, count // 10)))
    print(f"{counts['documents']:,} documents, {counts['objects']:,} objects: {_peak():.0f} MiB at the peak")
    return 0 if _peak() < MOST else 1


def _watched(given: Iterator[dict[str, Any]], every: int) -> Iterator[dict[str, Any]]:
    for number, document in enumerate(given):
        if number % every == 0:
            print(f"{number:>9,} documents: {_peak():.0f} MiB", flush=True)
        yield document


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _compared(folder: Path, chart: Chart, count: int, runs: int) -> int:
    tools = found()
    for line in (dict(machine()), {"tools": ", ".join(f"{n} {v}" for n, v in tools.versions.items())}):
        print(", ".join(f"{key} {value}" for key, value in line.items()))
    given = list(accepted(chart, count))
    lines = [json.dumps(document) for document in given]
    (folder / "values.jsonl").write_text("\n".join([*lines, ""]), "utf-8")
    for number, document in enumerate(given[:FEW]):
        text = documents.dump(document) if document else "{}\n"
        (folder / f"{number}.yaml").write_text(text, "utf-8")
    works = _works(folder, tools, schemas(folder / "schemas"))
    with Watch(environment({"PYTHONPATH": str(ROOT)})) as watch:
        results = measured(works, runs, watch)
    return _told(folder, results, len(given))


def _works(folder: Path, tools: Tools, location: str) -> list[Work]:
    values = str(folder / "values.jsonl")
    own = Command((sys.executable, "-m", "benchmarks.documents", "--work", values), "chartgen.json")
    works = [Work("chartgen", (own,), folder)]
    if "twin" in tools.paths and location:
        words = (tools.paths["twin"], str(CHART), values, location, f"{KUBERNETES}.0", GOROUTINES)
        works.append(Work("Go program", (Command(words, "twin.json"),), folder))
    if "helm-4" in tools.paths and "kubeconform" in tools.paths and location:
        each = [c for n in range(FEW) for c in _processes(tools, location, f"{n}.yaml")]
        works.append(Work("processes", tuple(each), folder))
    return works


def _processes(tools: Tools, location: str, values: str) -> Iterator[Command]:
    """What a person would run for one document."""
    yield Command((tools.paths["helm-4"], "template", "ushadow", str(CHART), "-f", values), "out.yaml")
    options = ("-strict", "-ignore-missing-schemas", "-kubernetes-version", f"{KUBERNETES}.0")
    words = (tools.paths["kubeconform"], *options, "-schema-location", location, "out.yaml")
    yield Command(words, fine=(0, 1))


def _told(folder: Path, results: dict[str, Measured], count: int) -> int:
    """Prints the table; 1 when something did not run, or the counts differ."""
    ours = results["chartgen"]
    print(f"\n{count:,} documents      wall s   CPU s   MiB   wall beside ours   CPU beside ours")
    for name, result in results.items():
        if result.failed or ours.failed:
            print(f"{name}: {result.failed or 'nothing to compare with'}")
            continue
        cost = _scaled(result.least, count / min(FEW, count) if name == "processes" else 1)
        beside = f"{cost.wall / ours.least.wall:>10.2f} x {cost.cpu / ours.least.cpu:>15.2f} x"
        print(f"{name:<20} {cost.wall:>7.2f} {cost.cpu:>7.2f} {cost.memory:>5.0f}   {beside}")
    counts = {name: _read(folder / f"{name}.json") for name in ("chartgen", "twin")}
    for name, told in counts.items():
        print(f"{name}: {told}")
    same = counts["chartgen"].get("objects") == counts["twin"].get("objects")
    return 0 if same and not any(result.failed for result in results.values()) else 1


def _read(file: Path) -> dict[str, int]:
    told: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return told


def _scaled(cost: Cost, by: float) -> Cost:
    return Cost(cost.wall * by, cost.cpu * by, cost.memory)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
