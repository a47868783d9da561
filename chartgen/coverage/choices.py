"""Functions that answer with one of their operands: which operands tell, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

Span = tuple[int, int]
# What makes an operand the answer, given its value; `default` and `coalesce` ask as sprig does.
_DECIDES = {"and": "not {}", "or": "not (not {})", "ternary": "{}"}
_GIVEN = "not (empty {})"


class Operand(NamedTuple):
    """An operand as it is evaluated: where it stands, and how its value is called once it has one."""

    span: Span
    value: str


class Tap(NamedTuple):
    """An operand to be watched, and an expression that gives the number of a way, or "" for none so far.

    The expression uses the values of this operand and of those that were evaluated before it.
    """

    operand: Operand
    number: str


def taps(kind: str, operands: Sequence[Operand], piped: bool, numbers: Sequence[int]) -> Iterator[Tap]:
    """What to watch of a call of `kind` with these operands, whose ways have these `numbers`.

    `piped` says that the last operand comes out of a pipeline, so it is evaluated before all others.
    """
    if kind in ("and", "or"):
        yield from _lazy(kind, operands, numbers)
    elif kind == "default":
        yield Tap(operands[1], _either(kind, operands[1], numbers[1], f'"{numbers[0]}"'))
    elif kind == "ternary":
        if len(operands) > 2:
            yield Tap(operands[2], _either(kind, operands[2], numbers[0], f'"{numbers[1]}"'))
    else:
        yield from _first_given(operands, piped, numbers)


def _either(kind: str, operand: Operand, number: int, other: str) -> str:
    """`number` when the operand is the answer, else what the expression `other` gives."""
    test = _DECIDES.get(kind, _GIVEN).format(operand.value)
    return f'(ternary "{number}" {other} ({test}))'


def _lazy(kind: str, operands: Sequence[Operand], numbers: Sequence[int]) -> Iterator[Tap]:
    """An operand that decides is the answer; the last one is, when the one before it does not decide."""
    *asked, _ = operands
    for operand, number in zip(asked, numbers, strict=False):
        rest = f'"{numbers[-1]}"' if operand is asked[-1] else '""'
        yield Tap(operand, _either(kind, operand, number, rest))


def _first_given(operands: Sequence[Operand], piped: bool, numbers: Sequence[int]) -> Iterator[Tap]:
    number = '""'
    for operand, own in reversed(list(zip(operands, numbers, strict=True))):
        number = _either("coalesce", operand, own, number)
    last = operands[-2 if piped else -1]
    for operand in operands:
        yield Tap(operand, number if operand is last else '""')
