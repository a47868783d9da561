"""The time that is left is told from the pace of what is left, with a clock of the test's own."""

from __future__ import annotations

from collections import Counter

import pytest

from chartgen.cli import verify
from chartgen.manifest import Release
from chartgen.verify import Trial
from chartgen.verify.pace import Pace
from chartgen.verify.run import Tally

PLANNED = Counter({"singles": 1000, "pairs": 300})
SECONDS = {"singles": 0.01, "pairs": 0.5}  # pairs cost fifty times as much


def left_after(singles: int, pairs: int) -> float:
    """What is told when so many are done, with a look at the clock every ten."""
    pace, now = Pace(), 0.0
    done = Counter[str]()
    for kind, count in (("singles", singles), ("pairs", pairs)):
        for n in range(1, count + 1):
            now += SECONDS[kind]
            done[kind] += 1
            if n % 10 == 0:
                pace.at(now, done)
    left = pace.left(PLANNED)
    assert left is not None
    return left


def test_before_anything_is_done_nothing_is_told() -> None:
    assert Pace().left(PLANNED) is None


def test_what_has_not_begun_counts_by_its_weight_and_not_by_its_number() -> None:
    # By number it would be 1.5 s. Pairs weigh ten times as much, as far as is known by now.
    assert left_after(singles=500, pairs=0) == pytest.approx(500 * 0.01 + 300 * 0.1)


def test_what_has_begun_counts_at_the_pace_that_was_seen() -> None:
    # By number it would be 43 s when a tenth of the pairs is done.
    assert left_after(singles=1000, pairs=30) == pytest.approx(270 * 0.5, rel=0.25)
    assert left_after(singles=1000, pairs=200) == pytest.approx(100 * 0.5, rel=0.05)


def test_at_the_end_nothing_is_left() -> None:
    assert left_after(singles=1000, pairs=300) == 0


def test_the_line_of_progress_tells_the_time_left_and_what_is_being_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    now = [100.0]
    monkeypatch.setattr(verify, "progress", said.append)
    watch = verify.Watch("shop", 0, lambda: now[0])
    tally = Tally(planned=Counter({"singles": 40}), steps=Counter({"outside": 4}))
    trial = Trial({}, Release(), "singles: text = a", "", "singles")
    for _ in range(20):
        tally.tried["singles"] += 1
        now[0] += 0.5
        watch(tally, trial)
    # Twenty more at half a second, and four steps of what is asked beside, which weigh five times as much.
    assert said[-1] == "shop: 20 of 40, about 20 s left; singles: text = a"


def test_no_more_time_is_told_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    now = [0.0]
    monkeypatch.setattr(verify, "progress", said.append)
    watch = verify.Watch("shop", 8, lambda: now[0])
    tally = Tally(planned=Counter({"singles": 1000}), tried=Counter({"singles": 1}))
    now[0] = 5.0
    watch(tally, Trial({}, Release(), "singles: text = a", "", "singles"))
    assert said == ["shop: 1 of 1,000, about 3 s left; singles: text = a"]
