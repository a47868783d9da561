"""Whole processes, measured from outside: wall clock, processor time, and the most memory they held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MIB_PER_UNIT = 1 / 1024  # ru_maxrss is in KiB on Linux


@dataclass(frozen=True)
class Command:
    """One process: its words, the file that its output goes to, the exit codes that count as fine."""

    words: tuple[str, ...]
    output: str = ""
    fine: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and of all processors, MiB at the peak. Of processes that follow one another."""

    wall: float
    cpu: float
    memory: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.memory, other.memory))


NOTHING = Cost(0, 0, 0)


class FailedError(Exception):
    """A command that did not do its work."""


@dataclass(frozen=True)
class Work:
    """A piece of work in a folder: commands that follow one another, measured as one."""

    name: str
    commands: tuple[Command, ...]
    folder: Path


@dataclass(frozen=True)
class Measured:
    """What the runs of one work cost; `failed` says why there are none."""

    runs: tuple[Cost, ...] = ()
    failed: str = ""

    @property
    def least(self) -> Cost:
        """The least of each, over the runs: what the work costs when nothing disturbs it."""
        return _over(self.runs, min)

    @property
    def middle(self) -> Cost:
        return _over(self.runs, median)


def _over(runs: Iterable[Cost], pick: Callable[[list[float]], float]) -> Cost:
    given = list(runs)
    return Cost(
        pick([run.wall for run in given]),
        pick([run.cpu for run in given]),
        pick([run.memory for run in given]),
    )


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what would change what is measured; compiled modules are kept, as they are for a user."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CHARTGEN_", "PYTHON"))}
    return {**kept, **extra}


class Watch:
    """The program that starts processes and watches them; see `benchmarks.watch` for why it is one."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        program = Path(__file__).with_name("watch.py")
        self._process = subprocess.Popen(
            (sys.executable, "-I", "-S", str(program)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, command: Command, folder: Path) -> Cost:
        """Runs one process to its end. Raises FailedError with the last line that it said."""
        out, err = folder / (command.output or ".out"), folder / ".err"
        assert self._process.stdin
        assert self._process.stdout
        task = (command.words, str(folder), self._env, str(out), str(err))
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        wall, cpu, memory, code = json.loads(self._process.stdout.readline())
        if code not in command.fine:
            said = err.read_text("utf-8", "replace") or out.read_text("utf-8", "replace")
            last = next(
                (line.strip() for line in reversed(said.splitlines()) if line.strip()), "nothing said"
            )
            raise FailedError(f"{Path(command.words[0]).name}: exit {code}: {last}")
        return Cost(wall, cpu, memory * MIB_PER_UNIT)


def measured(works: Iterable[Work], runs: int, watch: Watch) -> dict[str, Measured]:
    """Each work `runs` times, taking turns so that a busy machine is busy for all; one turn first is not
    counted. A work that fails is tried no more."""
    given = list(works)
    costs: dict[str, list[Cost]] = {work.name: [] for work in given}
    failed: dict[str, str] = {}
    for turn in range(runs + 1):
        for work in given:
            if work.name in failed:
                continue
            try:
                cost = sum((watch.run(command, work.folder) for command in work.commands), NOTHING)
            except FailedError as error:
                failed[work.name] = str(error)
            else:
                if turn:
                    costs[work.name].append(cost)
    return {
        name: Measured((), failed[name]) if name in failed else Measured(tuple(found))
        for name, found in costs.items()
    }
