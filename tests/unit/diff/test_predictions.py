"""What is foretold of an upgrade, against what real upgrades did: tests/upgrades has measured that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.upgrades.pairs import HELMS, WARNINGS, Pair, pairs, table

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "upgrade-predictions.md"
every = pytest.mark.parametrize("pair", [pytest.param(pair, id=pair.name) for pair in pairs()])


@every
def test_nothing_is_called_safe_that_was_not(pair: Pair) -> None:
    assert set(pair.actual) == set(HELMS)
    assert set(pair.actual.values()) <= WARNINGS.keys()
    for helm, actual in pair.actual.items():
        assert pair.honest(actual), f"{helm}: {actual}, predicted {pair.predicted}"


@every
def test_a_harmless_look_alike_is_called_what_it_is(pair: Pair) -> None:
    if pair.exact:
        assert {pair.predicted} == {(actual,) for actual in pair.actual.values()}


def test_there_are_enough_pairs_of_each_kind() -> None:
    assert len(pairs()) >= 40
    assert {actual for pair in pairs() for actual in pair.actual.values()} == WARNINGS.keys()


def test_the_table_that_people_read_is_this_one() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8")
