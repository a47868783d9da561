"""Ways that are closed: conditions that come out alike whatever values there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from chartgen.coverage.conditions import Conditions, Made, Truth, inverted, settled
from chartgen.coverage.known import Known
from chartgen.template import Template
from chartgen.template.branches import CHOICES
from chartgen.template.tree import Control, Define, Function, If, Pipe
from chartgen.template.walk import commands, pipes

Place: TypeAlias = tuple[str, int, int]  # kind, start and end of a branch point
OPEN = ""


def closed(template: Template, known: Known) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """For branch points of a file, outside its named templates, why each of the ways is closed, or OPEN."""
    made = Made(settled(template))
    by_schema = _closed(template, lambda outer: Conditions(known, outer))
    by_itself = _closed(template, lambda _: made)
    for (place, one), (_, other) in zip(by_schema, by_itself, strict=True):
        yield place, tuple(first or second for first, second in zip(one, other, strict=True))


def _closed(
    template: Template, reading: Callable[[bool], Conditions]
) -> Iterator[tuple[Place, tuple[str, ...]]]:
    waiting = [(node, True) for node in template.nodes]
    while waiting:
        node, outer = waiting.pop()
        reader = reading(outer)
        if isinstance(node, Define):
            continue
        for pipe in pipes(node):
            for within, index in commands(pipe):
                yield from _choice(reader, within, index)
        if isinstance(node, Control):
            truths = [reader.pipe(branch.pipe) for branch in node.branches if branch.pipe]
            yield (type(node).__name__.lower(), node.start, node.end), _ways(reader, truths)
            for branch in node.branches:
                same = outer and (isinstance(node, If) or branch.pipe is None)
                waiting.extend((inner, same) for inner in branch.body)


def _ways(reader: Conditions, truths: Sequence[Truth]) -> tuple[str, ...]:
    """The first that is true is the way; behind all of them there is one for none."""
    reasons, decided = [], False
    for truth in truths:
        reasons.append(reader.ALWAYS if decided else reader.NEVER if truth is False else OPEN)
        decided = decided or truth is True
    return (*reasons, reader.ALWAYS if decided else OPEN)


def _choice(reader: Conditions, pipe: Pipe, index: int) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """The ways of a function that answers with one of its operands, the last of which may be piped."""
    command = pipe.commands[index]
    first, *operands = command.args
    if not isinstance(first, Function) or first.name not in CHOICES:
        return
    truths = [reader.operand(operand) for operand in operands]
    truths += [reader.upto(pipe, index)] if index else []
    if len(truths) < 2:
        return
    place = (first.name, command.start, command.end)
    if first.name == "default":
        given, default = _ways(reader, truths[1:2])
        yield place, (default, given)
    elif first.name == "ternary":
        yield place, _ways(reader, truths[2:3])
    elif first.name == "coalesce":
        yield place, _ways(reader, truths)[:-1]
    else:
        asked = [truth if first.name == "or" else inverted(truth) for truth in truths[:-1]]
        yield place, _ways(reader, asked)
