"""Tests of the tests: the chart is broken on purpose, and the promise that breaks must turn red, saying so.

python3 -m ci.cluster.breaking [--within SECONDS] [--sample TEXT] [WORD...]

Breaks whose name, or whose test's, holds one of the words; or all. After SECONDS none is begun any more, and
those that were not tried are named. TEXT decides where in the table to begin, so that with a short time the
runs of different commits try different ones, and the same commit the same.

The tests run as they are, one case of each, against a copy with the fault, WORKERS at once (4), on the
cluster of CHARTGEN_KUBECONFIG; those in alone/ after the others. What each wrote is in build/cluster/breaks/.
Exit 1: a break went unnoticed, or was noticed for another reason; 2: the table does not fit chart or tests.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ci.cluster import report
from ci.cluster.breaks import CHART, ROOT, Break, Red, TableError, broken, load

FOLDER = ROOT / "build" / "cluster" / "breaks"
TESTS, ALONE = "tests/cluster", "tests/cluster/alone/"
USAGE = 2


@dataclass(frozen=True)
class Seen:
    """What came of a break: nothing in `wrong` when each of its tests failed as it must."""

    subject: Break
    seconds: float
    wrong: tuple[str, ...]
    said: tuple[str, ...]
    tried: bool = True


def _pytest(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments)


def _environment(subject: Break, folder: Path) -> dict[str, str]:
    """The copy goes before what is installed, for the programs that the tests run; see `path` in _run too."""
    project = folder / "project"
    return {
        **os.environ,
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": f"{project}:{ROOT}",
        "CHARTGEN_TEST_CHART": str(project / CHART),
        "CHARTGEN_TEST_PATIENCE": str(subject.patience),
        "CHARTGEN_TEST_KEPT": str(folder / "failed"),
    }


def collected() -> list[str]:
    """The node ids of all cases of all tests, in order."""
    command = _pytest("--collect-only", "-q", TESTS)
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise TableError(f"the tests cannot be collected:\n{done.stdout}{done.stderr}")
    return [line for line in done.stdout.splitlines() if "::" in line]


def function(node: str) -> str:
    return node.partition("::")[2].partition("[")[0]


def chosen(red: Red, nodes: Iterable[str]) -> str:
    """The first case of the function, or the first whose parameters hold `case`."""
    for node in nodes:
        if function(node) == red.test and red.case in node.partition("[")[2]:
            return node
    raise TableError(f"no test is called {red.test}" + (f" with a case {red.case!r}" if red.case else ""))


def judged(red: Red, cases: Sequence[report.Case]) -> str:
    """What is wrong with how the test ended; nothing when it failed, and said what it must."""
    for case in cases:
        if case.name != red.test:
            continue
        if case.outcome != "failed":
            return f"{red.test} {case.outcome}: the fault was not noticed"
        if red.says not in case.message:
            return (
                f"{red.test} failed for another reason than {red.says!r}: {report.first_line(case.message)}"
            )
        return ""
    return f"{red.test} did not run"


def words_of(red: Red, cases: Sequence[report.Case]) -> str:
    """The line of the failure that says what it must, or else the first."""
    for case in cases:
        if case.name == red.test and case.outcome == "failed":
            lines = [line.strip() for line in case.message.splitlines() if red.says in line]
            line = lines[0] if lines else report.first_line(case.message)
            start = max(0, line.find(red.says) - report.WIDTH // 2)
            return report.first_line(("…" if start else "") + line[start:])
    return ""


def _run(subject: Break, nodes: Sequence[str], folder: Path) -> Seen:
    started = time.monotonic()
    broken(subject, folder / "project")
    junit, path = folder / "junit.xml", ("-o", f"pythonpath={folder / 'project'}")
    with (folder / "pytest.log").open("w", encoding="utf-8") as log:
        subprocess.run(
            _pytest(f"--junitxml={junit}", *path, *(chosen(red, nodes) for red in subject.reds)),
            cwd=ROOT, env=_environment(subject, folder), stdout=log, stderr=log, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        cases = report.read(junit)[1]
    except (OSError, ValueError):
        cases = []
    wrong = tuple(told for red in subject.reds if (told := judged(red, cases)))
    said = tuple(line for red in subject.reds if (line := words_of(red, cases)))
    return Seen(subject, time.monotonic() - started, wrong, said)


def _folder(subject: Break) -> Path:
    folder = FOLDER / re.sub(r"[^a-z0-9]+", "-", subject.name.lower()).strip("-")
    folder.mkdir(parents=True)
    return folder


def run(breaks: Sequence[Break], workers: int, end: float) -> list[Seen]:
    """Every break tried that can be begun before `end` (of time.monotonic)."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    nodes = collected()
    alone = {function(node) for node in nodes if ALONE in node}
    last = [each for each in breaks if alone & {red.test for red in each.reds}]

    def one(subject: Break) -> Seen:
        if time.monotonic() > end:
            return Seen(subject, 0, (), (), tried=False)
        return _run(subject, nodes, _folder(subject))

    with ThreadPoolExecutor(workers) as pool:
        at_once = [each for each in breaks if each not in last]
        seen = list(pool.map(one, at_once))
    return seen + [one(each) for each in last]


def table(seen: Sequence[Seen], seconds: float) -> str:
    lines = ["", "Breaks of the chart, and the promise that each turned red", ""]
    for each in (each for each in seen if each.tried):
        lines.append(f"  {'FAILED' if each.wrong else 'ok':<6} {each.seconds:>6.1f} s  {each.subject.name}")
        lines += [f"{'':19}red: {report.words(red.test)}" for red in each.subject.reds]
        lines += [f"{'':19}{said}" for said in each.said]
        lines += [f"{'':12}! {wrong}" for wrong in each.wrong]
    left = [each.subject.name for each in seen if not each.tried]
    noticed = sum(each.tried and not each.wrong for each in seen)
    total = len(seen) - len(left)
    lines += ["", f"{noticed} of {total} breaks noticed by their promise, in {seconds:.0f} s", ""]
    lines += [f"NOT TRIED, for want of time: {len(left)} breaks: {'; '.join(left)}", ""] if left else []
    return "\n".join(lines)


def _meant(words: Sequence[str]) -> list[Break]:
    def texts(each: Break) -> tuple[str, ...]:
        return (each.name, *(red.test for red in each.reds))

    found = [
        each for each in load() if not words or any(word in text for word in words for text in texts(each))
    ]
    if not found:
        raise TableError(f"no break is called {' or '.join(words)}")
    return found


def _turned(breaks: list[Break], sample: str) -> list[Break]:
    """From another one on, and round again."""
    first = int(hashlib.sha256(sample.encode()).hexdigest(), 16) % len(breaks) if sample else 0
    return breaks[first:] + breaks[:first]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci.cluster.breaking", description=__doc__)
    parser.add_argument("--within", type=float, default=float("inf"), metavar="SECONDS")
    parser.add_argument("--sample", default="", metavar="TEXT")
    parser.add_argument("words", nargs="*", metavar="WORD")
    given, started = parser.parse_args(arguments), time.monotonic()
    try:
        breaks = _turned(_meant(given.words), given.sample)
        with tempfile.TemporaryDirectory() as scratch:  # all of the table fits, before the first is tried
            for number, each in enumerate(breaks):
                broken(each, Path(scratch) / str(number))
        seen = run(breaks, int(os.environ.get("WORKERS") or 4), started + given.within)
    except TableError as error:
        print(f"chartgen cluster: {error}", file=sys.stderr)
        return USAGE
    print(table(seen, time.monotonic() - started), flush=True)
    return int(any(each.wrong for each in seen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
