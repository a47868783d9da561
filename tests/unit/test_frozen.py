"""Values that share their methods are dataclasses all the same."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, asdict, field, is_dataclass, replace
from functools import cached_property

import pytest

from chartgen.frozen import Frozen


class Point(Frozen):
    """A place."""

    x: int
    y: int = 0
    notes: list[str] = field(default_factory=list, compare=False, repr=False)

    @cached_property
    def sum(self) -> int:
        return self.x + self.y


class Other(Frozen):
    """Another kind of value."""

    x: int
    y: int = 0


def test_a_value_is_made_by_position_by_name_and_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(1, 2).y, Point(y=3, x=1).y) == (1, 0, 2, 3)
    assert Point(1).notes == []
    assert Point(1).notes is not Point(1).notes


@pytest.mark.parametrize(
    "args,named",
    [((), {}), ((), {"y": 1}), ((1,), {"z": 2}), ((1,), {"x": 2}), ((1, 2, [], 4), {})],
    ids=["nothing", "one missing", "unknown name", "given twice", "too many"],
)
def test_a_wrong_call_is_refused(args: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point is made from x, y, notes, not from"):
        Point(*args, **named)  # type: ignore[arg-type]


def test_equality_order_and_hash_go_by_the_compared_fields() -> None:
    assert Point(1, 2, ["a"]) == Point(1, 2, ["b"])
    assert hash(Point(1, 2, ["a"])) == hash(Point(1, 2, ["b"]))
    assert Point(1, 2) != Point(2, 1)
    assert sorted([Point(2), Point(1, 5), Point(1)]) == [Point(1), Point(1, 5), Point(2)]


def test_what_has_no_hash_can_be_left_out_of_it() -> None:
    class Held(Frozen):
        """A value that holds a mapping."""

        name: str
        data: dict[str, int] = field(hash=False)

    assert hash(Held("a", {"b": 1})) == hash(Held("a", {}))
    assert Held("a", {"b": 1}) != Held("a", {})


def test_values_of_two_kinds_are_never_equal_and_have_no_order() -> None:
    assert Point(1) != Other(1)
    with pytest.raises(TypeError):
        _ = Point(1) < Other(1)


def test_what_was_worked_out_later_does_not_count() -> None:
    known = Point(1, 2)
    assert known.sum == 3
    assert known == Point(1, 2)


def test_a_value_never_changes() -> None:
    with pytest.raises(FrozenInstanceError, match="assign to field 'x'"):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="delete field 'x'"):
        del Point(1).x


def test_it_is_a_dataclass_to_everybody_else() -> None:
    assert all(map(is_dataclass, (Point, Other)))
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert replace(Point(1, 2), y=5) == Point(1, 5)
    assert asdict(Other(1)) == {"x": 1, "y": 0}
    assert copy.deepcopy(Point(1, 2)) == Point(1, 2)
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_value_without_fields_is_equal_to_its_like() -> None:
    class Nothing(Frozen):
        """A value that says all by being there."""

    class Another(Frozen):
        """Another of the kind."""

    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert Nothing() != Another()
