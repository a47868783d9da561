"""`make bench`: costs of whole processes, ours and theirs, on the same work in one run.

python -m benchmarks [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import roads, subjects
from benchmarks.measure import Measured, chain
from benchmarks.table import Row, data, text
from chartgen import __version__
from ci import kubeconform_schemas


def main() -> int:
    """Measures, prints, and exits with 1 when a goal is not met."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two runs of each instead of five")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    options = parser.parse_args()
    tools = roads.find()
    print(_heading(tools))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for row in _rows(Path(folder), tools, 2 if options.quick else 5):
            print(f"  measured: {row.name}", file=sys.stderr)
            rows.append(row)
    print(text(rows))
    if options.json:
        options.json.write_text(json.dumps(data(rows), indent=2) + "\n")
    return 0 if all(row.good for row in rows) else 1


def _heading(tools: roads.Tools) -> str:
    lines = [f"chartgen {__version__}, Python {platform.python_version()}, {os.cpu_count()} cores"]
    for name, path in vars(tools).items():
        lines.append(f"{name} {_version(path)}" if path else f"{name}: not here, `make tools` builds it")
    return "\n".join(lines) + "\n"


def _version(path: str) -> str:
    for arguments in (["version", "--short"], ["version"], ["-v"]):
        done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip().splitlines()[0]
    return "of an unknown version"


def _rows(folder: Path, tools: roads.Tools, runs: int) -> Iterator[Row]:
    floor = chain([roads.IMPORTS], folder, runs)
    yield Row("import yaml, click, jinja2", floor)
    ushadow = subjects.ushadow(_made(folder / "ushadow"))
    generate = chain([roads.GENERATE], ushadow, runs)
    yield Row("ushadow: generate", generate, "bare imports", _ratio(generate, floor), 1.6)
    check = chain([roads.CHECK], ushadow, runs)
    yield Row("ushadow: generate --check", check, "bare imports", _ratio(check, floor), 1.6)
    yield Row("ushadow: lint, 9 Kubernetes", chain([roads.LINT], ushadow, runs))
    yield from _road(folder, ushadow, tools, runs)
    many = subjects.many(_made(folder / "many"))
    yield Row("30 components: generate", chain([roads.GENERATE], many, runs))
    yield Row("30 components: whole road", chain(roads.ours(), many, runs))
    yield from _growth(folder, min(runs, 2))


def _road(folder: Path, project: Path, tools: roads.Tools, runs: int) -> Iterator[Row]:
    ours = chain(roads.ours(), project, runs)
    if tools.missing:
        yield Row("ushadow: whole road", ours)
        return
    schemas = folder / "schemas"
    kubeconform_schemas.main([str(schemas), roads.KUBERNETES])
    theirs = chain(roads.theirs(tools, project, schemas), project, runs)
    yield Row("ushadow: other tools, 1 Kubernetes", theirs)
    yield Row("ushadow: whole road, 9 Kubernetes", ours, "the other tools", _ratio(ours, theirs), 0.5)


def _growth(folder: Path, runs: int) -> Iterator[Row]:
    """Four times the components may cost four times as much, and a tenth on top for noise."""
    small = chain([roads.GENERATE], subjects.synthetic(_made(folder / "of-250"), 250), runs)
    yield Row("250 components: generate", small)
    large = subjects.synthetic(_made(folder / "of-1000"), 1000)
    generate = chain([roads.GENERATE], large, runs)
    yield Row("1,000 components: generate", generate, "250 components", _ratio(generate, small), 4.4)
    # Much beyond this Helm itself gives up: a release has to fit a Secret of 1 MiB.
    hundred = subjects.synthetic(_made(folder / "of-100"), 100)
    yield Row("100 components: whole road", chain(roads.ours(), hundred, 1))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _ratio(one: Measured, other: Measured) -> float:
    return one.best.cpu / other.best.cpu


if __name__ == "__main__":
    sys.exit(main())
