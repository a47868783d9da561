"""Diagnoses for people: a line for each, the end of a log and the cure below, and what it amounts to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.diagnoses import State
from chartgen.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.diagnoses import Diagnosis, Examined

LONGEST = 600  # characters of a sentence, and of a line of a log
_COLORS = {State.FINE: "32", State.WRONG: "31", State.UNKNOWN: "1;35"}
WORDS = {State.FINE: "fine", State.WRONG: "WRONG", State.UNKNOWN: "COULD NOT TELL"}


def render(examined: Examined, *, color: bool = False) -> str:
    """In the order of the examinations, which puts causes before their effects."""
    lines = [line for diagnosis in examined.diagnoses for line in _diagnosis(diagnosis, color)]
    return "\n".join([*lines, "", _summary(examined, color)]) + "\n"


def _diagnosis(diagnosis: Diagnosis, color: bool) -> Iterator[str]:
    word = _paint(WORDS[diagnosis.state], diagnosis.state, color)
    subject = f"{visible(diagnosis.subject)}: " if diagnosis.subject else ""
    what = " ".join(diagnosis.what.split())
    yield f"{word} {diagnosis.examination}: {subject}{_short(what)}"
    yield from (f"    | {_short(line)}" for line in diagnosis.log)
    yield from (f"    {visible(line)}" for line in diagnosis.cure.splitlines())


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."


def _summary(examined: Examined, color: bool) -> str:
    """`ushadow in namespace ushadow: 2 wrong, 1 could not be told, 9 fine`."""
    order = (State.WRONG, State.UNKNOWN, State.FINE)
    names = {State.WRONG: "wrong", State.UNKNOWN: "could not be told", State.FINE: "fine"}
    counts = [(state, examined.count(state)) for state in order]
    parts = [_paint(f"{number} {names[state]}", state, color) for state, number in counts if number]
    where = f"{visible(examined.release)} in namespace {visible(examined.namespace)}"
    return f"{where}: {', '.join(parts)}"


def _paint(text: str, state: State, color: bool) -> str:
    return f"\x1b[{_COLORS[state]}m{text}\x1b[0m" if color else text
