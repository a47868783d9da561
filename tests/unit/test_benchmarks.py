"""The benchmarks measure what they say: real processes, failures told, ratios against the right row."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import subjects
from benchmarks.measure import Cost, FailedError, Measured, chain, once
from benchmarks.table import Row, data, text
from chartgen.disk import read_app


def test_a_process_has_a_clock_a_cpu_and_a_peak(tmp_path: Path) -> None:
    cost = once([sys.executable, "-c", "x = b'x' * (64 << 20); sum(range(100_000))"], tmp_path)
    assert cost.wall > 0
    assert cost.cpu > 0
    assert cost.peak > 64


def test_a_command_that_fails_has_no_cost(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="exit 3\nno such thing"):
        once(
            [sys.executable, "-c", "import sys; sys.exit(print('no such thing', file=sys.stderr) or 3)"],
            tmp_path,
        )


def test_a_chain_adds_its_processes_and_keeps_the_highest_peak(tmp_path: Path) -> None:
    measured = chain([[sys.executable, "-c", "pass"]] * 3, tmp_path, 2)
    assert measured.processes == 3
    assert Cost(1, 2, 30) + Cost(10, 20, 3) == Cost(11, 22, 30)


def test_a_goal_that_is_not_met_is_said_and_counted() -> None:
    measured = Measured(Cost(0.2, 0.18, 40), 0.19, 1)
    late = Row("generate", measured, "bare imports", 2.0, 1.6)
    assert "2.00 x bare imports, goal 1.6: NOT MET" in text([late])
    assert data([late])[0]["good"] is False
    assert Row("generate", measured, "bare imports", 1.5, 1.6).good


def test_the_subjects_are_applications_that_load(tmp_path: Path) -> None:
    for name, make in (("ushadow", subjects.ushadow), ("many", subjects.many)):
        folder = tmp_path / name
        folder.mkdir()
        assert read_app(make(folder) / "apps" / name).name == name
    (tmp_path / "of-7").mkdir()
    assert len(read_app(subjects.synthetic(tmp_path / "of-7", 7) / "apps" / "of-7").components) == 7
