"""The cost of processes: wall clock, CPU and peak memory, as the operating system counts them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Command = Sequence[str]
# Set by some editors and test runners; with it every start compiles everything anew, which no user does.
_DROPPED = ("PYTHONDONTWRITEBYTECODE",)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of CPU, peak memory in MiB; of a chain, the sums and the highest peak."""

    wall: float
    cpu: float
    peak: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


@dataclass(frozen=True)
class Measured:
    """The cheapest of several runs, and the median of their CPU seconds."""

    best: Cost
    median_cpu: float
    processes: int


class FailedError(Exception):
    """A measured command did not do its work, so its cost means nothing."""


def once(command: Command, folder: Path) -> Cost:
    """The cost of one process. Raises FailedError when it does not exit with 0."""
    environment = {k: v for k, v in os.environ.items() if k not in _DROPPED} | {"PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise FailedError(
            f"{' '.join(command)}: exit {process.returncode}\n{said.decode(errors='replace')[-2000:]}"
        )
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def chain(commands: Sequence[Command], folder: Path, runs: int) -> Measured:
    """The cost of commands that run one after another, once to warm up and then `runs` times."""
    for command in commands:
        once(command, folder)
    found = [sum((once(c, folder) for c in commands), Cost(0, 0, 0)) for _ in range(runs)]
    best = min(found, key=lambda cost: cost.cpu)
    return Measured(best, statistics.median(cost.cpu for cost in found), len(commands))
