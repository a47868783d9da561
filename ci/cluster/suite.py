"""Run tests on a cluster that is there, in two parts, and print what they showed as one table.

python3 -m ci.cluster.suite NAME FOLDER [PYTEST ARGUMENT...]

First, WORKERS at once (4), the tests that bear each other; then one by one those in FOLDER/alone, which
drain a node or the like. What failed is tried once more, alone: on a busy machine a node can be too slow for
a deadline, and a fault fails twice. Each part leaves a JUnit file in build/cluster/, NAME.xml, NAME-alone.xml
and the like with -again; a test that failed leaves what it can be understood by in
build/cluster/failed/NAME/. Another Kubernetes than the first (CHARTGEN_KUBE) gets the short list of promises,
those marked `every_version`, and a name of its own. Exit 1: a test failed; 2: wrong arguments; 3: there
was no test, or pytest did not end as it should.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ci.cluster import report
from ci.cluster.parts import RELEASES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "cluster"
# How pytest ends: all passed, some failed, no test was chosen.
PASSED, FAILED, NONE = 0, 1, 5
UNKNOWN = 3


@dataclass(frozen=True)
class Part:
    """One pytest: the name of its JUnit file, and what it is asked for."""

    name: str
    asked: tuple[str, ...]


def parts(name: str, folder: str, only: str, workers: str) -> tuple[Part, ...]:
    """Tests of one file stay on one worker, since they share an install."""
    marks, alone = ("-m", only) if only else (), f"{folder}/alone"
    dealt = ("-n", workers, "--dist=loadfile")
    shared = Part(name, (*dealt, f"--ignore={alone}", *marks, folder))
    one_by_one = Part(f"{name}-alone", ("-n", "0", *marks, alone))
    return (shared, one_by_one) if (ROOT / alone).is_dir() else (shared,)


def _run(part: Part, arguments: Sequence[str], kept: Path) -> int:
    junit = FOLDER / f"{part.name}.xml"
    junit.unlink(missing_ok=True)
    recorded = (f"--junitxml={junit}", "-o", f"junit_suite_name={part.name}")
    command = (sys.executable, "-m", "pytest", *recorded, *part.asked, *arguments)
    print(f"\n==> {part.name}: pytest {' '.join((*part.asked, *arguments))}", flush=True)
    environment = {**os.environ, "CHARTGEN_TEST_KEPT": str(kept)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL)
    return done.returncode


def _twice(part: Part, arguments: Sequence[str], kept: Path) -> int:
    """A part, and once more what failed in it."""
    code = _run(part, arguments, kept)
    (FOLDER / f"{part.name}{report.AGAIN}.xml").unlink(missing_ok=True)
    if code != FAILED:
        return code
    asked = (*part.asked, "-n", "0", "--last-failed", "--last-failed-no-failures=none")
    again = _run(Part(f"{part.name}{report.AGAIN}", asked), arguments, kept)
    return FAILED if again == NONE else again


def verdict(codes: Sequence[int]) -> int:
    """The exit code for those of the parts: a run without one test has shown nothing."""
    if set(codes) - {PASSED, FAILED, NONE} or set(codes) == {NONE}:
        return UNKNOWN
    return FAILED if FAILED in codes else PASSED


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci.cluster.suite", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("folder")
    chosen, rest = parser.parse_known_args(arguments)
    if not (ROOT / chosen.folder).is_dir():
        parser.error(f"there is no folder {chosen.folder}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    release = os.environ.get("CHARTGEN_KUBE") or RELEASES[0]
    first = release == RELEASES[0]
    name, only = (chosen.name, "") if first else (f"{chosen.name}-{release}", "every_version")
    kept = FOLDER / "failed" / name
    shutil.rmtree(kept, ignore_errors=True)
    run = parts(name, chosen.folder, only, os.environ.get("WORKERS") or "4")
    codes = [_twice(part, rest, kept) for part in run]
    names = [name for part in run for name in (part.name, f"{part.name}{report.AGAIN}")]
    report.main([str(path) for name in names if (path := FOLDER / f"{name}.xml").exists()])
    return verdict(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
