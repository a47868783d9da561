"""Covering arrays: every pair of levels of every two columns, in few rows."""

from __future__ import annotations

from itertools import combinations

import pytest

from chartgen.verify.pairs import rows


@pytest.mark.parametrize(
    "levels",
    [[2, 2], [3, 1, 2], [5] * 6, [5] * 40, [2, 5, 3, 4, 1, 7] * 9, [13] * 15, [2] * 10, [1]],
)
def test_every_pair_of_levels_stands_in_a_row(levels: list[int]) -> None:
    found = list(rows(levels))
    for a, b in combinations(range(len(levels)), 2):
        wanted = {(x, y) for x in range(levels[a]) for y in range(levels[b])}
        assert {(row[a], row[b]) for row in found} == wanted


def test_no_row_stands_twice_and_no_level_is_unknown() -> None:
    found = list(rows([2, 3, 5] * 20))
    assert len(found) == len(set(found))
    assert all(level < most for row in found for level, most in zip(row, [2, 3, 5] * 20, strict=True))


def test_the_rows_grow_with_the_logarithm_of_the_columns() -> None:
    assert [len(list(rows([5] * count))) for count in (6, 36, 216, 1296)] == [25, 49, 73, 97]


def test_of_no_columns_there_is_no_row() -> None:
    assert list(rows([])) == []
