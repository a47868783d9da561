"""Tests of the tests: the chart is broken on purpose, and the promise that breaks must turn red, saying so.

python3 -m ci.cluster.breaks [WORD...]   those whose name, or whose test's, holds one of the words; or all

Each break is an entry of tests/cluster/breaks/*.yaml: what is changed in a copy of charts/ and values/, the
test functions that must then fail, and what their failure must say. The tests themselves run as they are,
one case of each, BREAKS at once (4), on the cluster of CHARTGEN_KUBECONFIG; those in alone/ after the
others. Exit 1: a break went unnoticed, or was noticed for another reason; 2: the table does not fit the chart
or the tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ci.cluster import report

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "tests" / "cluster" / "breaks"
FOLDER = ROOT / "build" / "cluster" / "breaks"
TESTS, ALONE = "tests/cluster", "tests/cluster/alone/"
CHART = Path("charts/ushadow")
# A broken chart shall not be waited for as long as one that is merely slow.
PATIENCE = 75
USAGE = 2


class TableError(Exception):
    """The table of breaks does not fit what it speaks of; the text says which entry, and how."""


@dataclass(frozen=True)
class Edit:
    """In `file`, of the chart or of the project, the only `old` becomes `new`."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """Whole lines are found at whatever depth they stand; TableError unless `old` is there once."""
        lines = self.old.rstrip("\n").split("\n")
        if len(lines) == 1 and "\n" not in self.new.rstrip("\n"):
            found = [(match.start(), match.end(), "") for match in re.finditer(re.escape(lines[0]), text)]
        else:
            inner = "".join(rf"\n(?P=deep){re.escape(line)}" if line else r"\n" for line in lines[1:])
            whole = re.compile(rf"^(?P<deep> *){re.escape(lines[0])}{inner}$", re.MULTILINE)
            found = [(match.start(), match.end(), match["deep"]) for match in whole.finditer(text)]
        if len(found) != 1:
            raise TableError(f"{self.file} holds this {len(found)} times, not once: {lines[0]!r}")
        start, end, deep = found[0]
        new = "\n".join(deep + line if line else line for line in self.new.rstrip("\n").split("\n"))
        return text[:start] + new + text[end:]


@dataclass(frozen=True)
class Red:
    """The test function that must fail, the words its failure must hold, and the case that is run."""

    test: str
    says: str
    case: str = ""


@dataclass(frozen=True)
class Break:
    """A fault, in words, and who must notice it; `patience`: seconds that Helm waits for what never comes."""

    name: str
    edits: tuple[Edit, ...]
    reds: tuple[Red, ...]
    patience: int = PATIENCE


@dataclass(frozen=True)
class Seen:
    """What came of a break: nothing in `wrong` when each of its tests failed as it must."""

    subject: Break
    seconds: float
    wrong: tuple[str, ...]
    said: tuple[str, ...]


# ---- The table
def _edits(entry: Mapping[str, Any]) -> tuple[Edit, ...]:
    edits = entry.get("edits") or [entry]
    return tuple(Edit(each["in"], str(each["old"]), str(each.get("new", ""))) for each in edits)


def _reds(entry: Mapping[str, Any]) -> tuple[Red, ...]:
    return tuple(
        Red(test, **says) if isinstance(says, dict) else Red(test, says)
        for test, says in entry["red"].items()
    )


def load(folder: Path = TABLES) -> tuple[Break, ...]:
    """Every entry. TableError names one that lacks something, or that two have the name of."""
    found: dict[str, Break] = {}
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ():
            name = str(entry.get("break", ""))
            if not name or name in found:
                raise TableError(f"{path.name}: two breaks, or one without a name: {name!r}")
            try:
                patience = int(entry.get("patience", PATIENCE))
                found[name] = Break(name, _edits(entry), _reds(entry), patience)
            except (KeyError, TypeError) as error:
                raise TableError(f"{path.name}: {name}: {error!r}") from error
    return tuple(found.values())


# ---- The broken chart
def place(root: Path, file: str) -> Path:
    """Where a file of the chart or, as `values/staging.yaml`, of the project lies in a copy of the latter."""
    chart = root / CHART / file
    return chart if chart.is_file() else root / file


def broken(subject: Break, root: Path, source: Path = ROOT) -> Path:
    """The chart with the fault, in the new folder `root` with the overlays; TableError if it does not fit."""
    shutil.copytree(source / CHART, root / CHART)
    shutil.copytree(source / "values", root / "values")
    for edit in subject.edits:
        path = place(root, edit.file)
        if not path.is_file():
            raise TableError(f"{subject.name}: there is no {edit.file}")
        try:
            path.write_text(edit.applied(path.read_text(encoding="utf-8")), encoding="utf-8")
        except TableError as error:
            raise TableError(f"{subject.name}: {error}") from error
    return root / CHART


# ---- The tests
def _pytest(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments)


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


def _run(subject: Break, nodes: Sequence[str], folder: Path) -> Seen:
    started = time.monotonic()
    chart = broken(subject, folder / "project")
    junit = folder / "junit.xml"
    environment = {
        **os.environ,
        "CHARTGEN_TEST_CHART": str(chart),
        "CHARTGEN_TEST_PATIENCE": str(subject.patience),
        "CHARTGEN_TEST_KEPT": str(folder / "failed"),
    }
    with (folder / "pytest.log").open("w", encoding="utf-8") as log:
        subprocess.run(
            _pytest(f"--junitxml={junit}", *(chosen(red, nodes) for red in subject.reds)),
            cwd=ROOT, env=environment, stdout=log, stderr=log, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        cases = report.read(junit)[1]
    except (OSError, ValueError):
        cases = []
    wrong = tuple(told for red in subject.reds if (told := judged(red, cases)))
    said = tuple(report.first_line(case.message) for case in cases if case.outcome == "failed")
    return Seen(subject, time.monotonic() - started, wrong, said)


def _folder(subject: Break) -> Path:
    folder = FOLDER / re.sub(r"[^a-z0-9]+", "-", subject.name.lower()).strip("-")
    folder.mkdir(parents=True)
    return folder


def run(breaks: Sequence[Break], workers: int) -> list[Seen]:
    """Every break tried; what each run wrote lies in build/cluster/breaks/."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    nodes = collected()
    alone = {function(node) for node in nodes if ALONE in node}
    last = [each for each in breaks if alone & {red.test for red in each.reds}]
    with ThreadPoolExecutor(workers) as pool:
        at_once = [each for each in breaks if each not in last]
        seen = list(pool.map(lambda each: _run(each, nodes, _folder(each)), at_once))
    return seen + [_run(each, nodes, _folder(each)) for each in last]


def table(seen: Sequence[Seen], seconds: float) -> str:
    lines = ["", "Breaks of the chart, and the promise that each turned red", ""]
    for each in seen:
        lines.append(f"  {'FAILED' if each.wrong else 'ok':<6} {each.seconds:>6.1f} s  {each.subject.name}")
        lines += [f"{'':19}red: {report.words(red.test)}" for red in each.subject.reds]
        lines += [f"{'':19}{said}" for said in each.said]
        lines += [f"{'':12}! {wrong}" for wrong in each.wrong]
    noticed = sum(not each.wrong for each in seen)
    lines += ["", f"{noticed} of {len(seen)} breaks noticed by their promise, in {seconds:.0f} s", ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    try:
        breaks = [
            each
            for each in load()
            if not arguments
            or any(
                word in text for word in arguments for text in (each.name, *(red.test for red in each.reds))
            )
        ]
        if not breaks:
            raise TableError(f"no break is called {' or '.join(arguments)}")
        with tempfile.TemporaryDirectory() as scratch:  # all of the table fits, before the first is tried
            for number, each in enumerate(breaks):
                broken(each, Path(scratch) / str(number))
        seen = run(breaks, int(os.environ.get("BREAKS") or 4))
    except TableError as error:
        print(f"chartgen cluster: {error}", file=sys.stderr)
        return USAGE
    print(table(seen, time.monotonic() - started), flush=True)
    return int(any(each.wrong for each in seen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
