"""Run tests on a cluster that is there, in two parts, and print what they showed as one table.

python3 -m ci.cluster.suite [--only MARK] NAME FOLDER [PYTEST ARGUMENT...]

First, WORKERS at once (3), the tests that bear each other; then one by one those marked `alone`, which
drain a node, fill a disk or the like. Each part leaves a JUnit file in build/cluster/, NAME.xml and
NAME-alone.xml; a test that failed leaves what it can be understood by in build/cluster/failed/NAME/.
Exit 1: a test failed; 2: the arguments are wrong; 3: pytest did not end as it should, or there was no test.
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

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "cluster"
# How pytest ends: all passed, some failed, no test was chosen.
PASSED, FAILED, NONE = 0, 1, 5
UNKNOWN = 3


@dataclass(frozen=True)
class Part:
    """One pytest: the name of its JUnit file, the marks its tests have, and how they are dealt out."""

    name: str
    marks: str
    dealt: tuple[str, ...]


def parts(name: str, only: str, workers: str) -> tuple[Part, Part]:
    """Tests of one file stay on one worker, since they share an install."""
    also = f" and ({only})" if only else ""
    return (
        Part(name, f"not alone{also}", ("-n", workers, "--dist=loadfile")),
        Part(f"{name}-alone", f"alone{also}", ("-n", "0")),
    )


def _run(part: Part, arguments: Sequence[str], kept: Path) -> int:
    junit = FOLDER / f"{part.name}.xml"
    junit.unlink(missing_ok=True)
    recorded = (f"--junitxml={junit}", "-o", f"junit_suite_name={part.name}")
    command = (sys.executable, "-m", "pytest", *part.dealt, "-m", part.marks, *recorded, *arguments)
    print(f"\n==> {part.name}: {' '.join(arguments)}", flush=True)
    environment = {**os.environ, "CHARTGEN_TEST_KEPT": str(kept)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL)
    return done.returncode


def verdict(codes: Sequence[int]) -> int:
    """The exit code for those of the parts: a run without one test has shown nothing."""
    if set(codes) - {PASSED, FAILED, NONE} or set(codes) == {NONE}:
        return UNKNOWN
    return FAILED if FAILED in codes else PASSED


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci.cluster.suite", description=__doc__)
    parser.add_argument("--only", default="", metavar="MARK")
    parser.add_argument("name")
    chosen, rest = parser.parse_known_args(arguments)
    if not rest:
        parser.error("a folder of tests is needed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / "failed" / chosen.name
    shutil.rmtree(kept, ignore_errors=True)
    run = parts(chosen.name, chosen.only, os.environ.get("WORKERS") or "3")
    codes = [_run(part, rest, kept) for part in run]
    report.main([str(path) for part in run if (path := FOLDER / f"{part.name}.xml").exists()])
    return verdict(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
