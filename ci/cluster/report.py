"""The table of promises: what the tests on a cluster showed, from the JUnit files of one run or of several.

python3 -m ci.cluster.report FILE...

A promise is a test function, told by its name; its parameters are cases of it. Functions of one module stand
under what the module's docstring says. What a promise took is its set-up, the test and its tear-down; what a
fixture took that several tests share is a line of its own, so that no promise pays for the others. A test of
run NAME that failed and then passed alone, in NAME-again, is held, and what it said at first is shown.
Exit 1: a promise failed; 3: no test is recorded, or a file is not whole.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

# Properties that tests/cluster/measured.py records with each test.
TOPIC, SHARED = "topic", "shared: "
WIDTH = 110
AGAIN = "-again"  # ends the name of a run that tried once more what had failed
UNKNOWN = 3
ORDER = {"failed": 0, "skipped": 1, "passed": 2}


@dataclass(frozen=True)
class Case:
    """One test: `seconds` without what `shared` fixtures took, by name; `message` when it did not pass, and
    `at_first` what it said before it passed."""

    run: str
    module: str
    name: str
    parameters: str
    outcome: str
    seconds: float
    topic: str = ""
    message: str = ""
    shared: tuple[tuple[str, float], ...] = ()
    at_first: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Which test it is, in which run, whichever try."""
        return self.run.removesuffix(AGAIN), self.module, self.name, self.parameters


@dataclass(frozen=True)
class Run:
    """One pytest: its name, how many tests it had, and its time by the clock."""

    name: str
    tests: int
    seconds: float


def words(name: str) -> str:
    """`test_a_deleted_file_stays_deleted` as a sentence; what was not collected has other names."""
    return name.removeprefix("test_").replace("_", " ") if name.startswith("test_") else name


def _outcome(test: ElementTree.Element) -> tuple[str, str]:
    for tag, outcome in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if (found := test.find(tag)) is not None:
            return outcome, _said(found.text or "") or found.get("message", "") or found.get("type", "")
    return "passed", ""


def _said(text: str) -> str:
    """All of what an exception said, which pytest marks so; the attribute `message` has its beginning."""
    lines = [line[1:] for line in text.splitlines() if line.startswith("E ")]
    return textwrap.dedent("\n".join(lines))


def _case(run: str, test: ElementTree.Element) -> Case:
    name, _, parameters = test.get("name", "").partition("[")
    properties = [(each.get("name", ""), each.get("value", "")) for each in test.iter("property")]
    shared = tuple(
        (key.removeprefix(SHARED), float(value)) for key, value in properties if key.startswith(SHARED)
    )
    outcome, message = _outcome(test)
    return Case(
        run=run,
        module=test.get("classname", "").rpartition(".")[2],
        name=name,
        parameters=parameters.removesuffix("]"),
        outcome=outcome,
        seconds=max(0.0, float(test.get("time", 0)) - sum(seconds for _, seconds in shared)),
        topic=dict(properties).get(TOPIC, ""),
        message=message,
        shared=shared,
    )


def read(path: Path) -> tuple[Run, list[Case]]:
    """One JUnit file, as pytest writes it. ValueError when it is none, as after a run that was killed."""
    try:
        suites = list(ElementTree.parse(path).getroot().iter("testsuite"))
    except ElementTree.ParseError as error:
        raise ValueError(f"{path} is not a whole JUnit file: {error}") from error
    cases = [_case(path.stem, test) for suite in suites for test in suite.iter("testcase")]
    return Run(path.stem, len(cases), sum(float(suite.get("time", 0)) for suite in suites)), cases


def settled(cases: Iterable[Case]) -> list[Case]:
    """Each test once: one that failed, and passed when it was tried again, has passed."""
    given = list(cases)
    passed = {case.key for case in given if case.run.endswith(AGAIN) and case.outcome == "passed"}
    return [
        replace(case, outcome="passed", message="", at_first=case.message)
        if case.outcome == "failed" and case.key in passed
        else case
        for case in given
        if not case.run.endswith(AGAIN)
    ]


def first_line(message: str) -> str:
    """What a failure says, on one line: pytest puts the assertion's own words first."""
    line = next((line for line in message.splitlines() if line.strip()), "").strip()
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _not_passed(cases: list[Case], runs: int) -> Iterator[str]:
    """A line or two for each case that failed or was skipped; cases skipped for one reason share a line."""
    for case in (case for case in cases if case.outcome == "failed"):
        where = [f"[{case.parameters}]"] if case.parameters else []
        where += [f"in {case.run}"] if runs > 1 else []
        yield f"{'':16}{' '.join(where)}{': ' if where else ''}{first_line(case.message)}"
    for case in (case for case in cases if case.at_first):
        which = f"[{case.parameters}] " if case.parameters else ""
        yield f"{'':16}{which}passed at the second try; at first: {first_line(case.at_first)}"
    reasons = sorted({first_line(case.message) for case in cases if case.outcome == "skipped"})
    yield from (f"{'':16}skipped: {reason}" for reason in reasons)


def _promise(cases: list[Case], runs: int) -> Iterator[str]:
    outcome = min((case.outcome for case in cases), key=ORDER.__getitem__)
    passed = sum(case.outcome == "passed" for case in cases)
    mark = {"failed": "FAILED", "skipped": "SKIP", "passed": "ok"}[outcome]
    count = f"{passed} of {len(cases)}"
    seconds = sum(case.seconds for case in cases)
    yield f"  {mark:<6} {count:>9} {seconds:>8.1f} s  {words(cases[0].name)}"
    yield from _not_passed(cases, runs)


def _shared(cases: list[Case]) -> Iterator[str]:
    times: dict[str, list[float]] = {}
    for name, seconds in (pair for case in cases for pair in case.shared):
        times.setdefault(name, []).append(seconds)
    for name, each in times.items():
        yield f"  {'':6} {len(each):>3} times {sum(each):>8.1f} s  set-up that they share: {name}"


def _grouped(cases: Iterable[Case], by: tuple[str, ...]) -> Iterator[list[Case]]:
    """Cases that agree in the attributes `by`, in the order in which the first of each came."""
    first: dict[tuple[str, ...], int] = {}
    keyed = [(tuple(getattr(case, name) for name in by), case) for case in cases]
    for key, _ in keyed:
        first.setdefault(key, len(first))
    for _, group in groupby(sorted(keyed, key=lambda pair: first[pair[0]]), key=lambda pair: pair[0]):
        yield [case for _, case in group]


def table(runs: list[Run], cases: list[Case]) -> str:
    """The report: topics by module name, promises as they stand in the module."""
    lines = ["", "Promises, each shown on a cluster", ""]
    promises = list(_grouped(cases, ("module", "name")))
    for topic in _grouped(sorted(cases, key=lambda case: case.module), ("module",)):
        lines += [f"{topic[0].module or 'not collected'}: {topic[0].topic}".rstrip(": "), *_shared(topic)]
        lines += [line for each in _grouped(topic, ("name",)) for line in _promise(each, len(runs))]
        lines.append("")
    lines += [f"  {run.seconds:>8.1f} s  {run.name}: {run.tests} tests" for run in runs]
    counts = {
        outcome: sum(any(case.outcome == outcome for case in each) for each in promises)
        for outcome in ("failed", "skipped")
    }
    kept = sum(all(case.outcome == "passed" for case in each) for each in promises)
    lines.append(
        f"{kept} of {len(promises)} promises held, {counts['failed']} failed, {counts['skipped']} not asked"
    )
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    found = []
    for name in arguments:
        try:
            found.append(read(Path(name)))
        except (OSError, ValueError) as error:
            print(f"chartgen cluster: {error}", file=sys.stderr)
    cases = settled(case for _, each in found for case in each)
    print(table([run for run, each in found if each], cases), flush=True)
    if not cases or len(found) < len(arguments):
        print("chartgen cluster: not every run left a record of its tests", file=sys.stderr)
        return UNKNOWN
    return int(any(case.outcome == "failed" for case in cases))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
