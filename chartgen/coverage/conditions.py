"""Ways that a values schema closes: conditions on `.Values` that come out alike for all values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from chartgen.coverage.known import Known
from chartgen.template import Template
from chartgen.template.branches import CHOICES
from chartgen.template.tree import (
    Command,
    Control,
    Define,
    Field,
    Function,
    If,
    Literal,
    Operand,
    Pipe,
    Variable,
)
from chartgen.template.walk import commands, pipes

Truth: TypeAlias = bool | None
Place: TypeAlias = tuple[str, int, int]  # kind, start and end of a branch point
OPEN = ""
ALWAYS, NEVER = (
    "the schema leaves this condition always true",
    "the schema leaves this condition always false",
)


def closed(template: Template, known: Known) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """For branch points of a file, outside its named templates, why each of the ways is closed, or OPEN."""
    waiting = [(node, True) for node in template.nodes]
    while waiting:
        node, outer = waiting.pop()
        reader = _Conditions(known, outer)
        if isinstance(node, Define):
            continue
        for pipe in pipes(node):
            for within, index in commands(pipe):
                yield from reader.choice(within, index)
        if isinstance(node, Control):
            truths = [reader.pipe(branch.pipe) for branch in node.branches if branch.pipe]
            yield (type(node).__name__.lower(), node.start, node.end), _ways(truths)
            for branch in node.branches:
                same = outer and (isinstance(node, If) or branch.pipe is None)
                waiting.extend((inner, same) for inner in branch.body)


def _ways(truths: Sequence[Truth]) -> tuple[str, ...]:
    """The first that is true is the way; behind all of them there is one for none."""
    reasons, decided = [], False
    for truth in truths:
        reasons.append(ALWAYS if decided else NEVER if truth is False else OPEN)
        decided = decided or truth is True
    return (*reasons, ALWAYS if decided else OPEN)


class _Conditions:
    """What is known of expressions; `outer` tells whether dot is what Helm executes the file with."""

    def __init__(self, known: Known, outer: bool) -> None:
        self._known, self._outer = known, outer

    def choice(self, pipe: Pipe, index: int) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """The ways of a function that answers with one of its operands, when none is piped into it."""
        command = pipe.commands[index]
        first, *operands = command.args
        if not isinstance(first, Function) or first.name not in CHOICES or index or len(operands) < 2:
            return
        place = (first.name, command.start, command.end)
        truths = [self._operand(operand) for operand in operands]
        if first.name == "default":
            given, default = _ways(truths[1:2])
            yield place, (default, given)
        elif first.name == "ternary":
            yield place, _ways(truths[2:3])
        elif first.name == "coalesce":
            yield place, _ways(truths)[:-1]
        else:
            asked = [truth if first.name == "or" else _not(truth) for truth in truths[:-1]]
            yield place, _ways(asked)

    def pipe(self, pipe: Pipe) -> Truth:
        """What is known of a pipeline."""
        return self._command(pipe.commands[0]) if len(pipe.commands) == 1 else None

    def _command(self, command: Command) -> Truth:
        first, *operands = command.args
        if not isinstance(first, Function):
            return None if operands else self._operand(first)
        truths = [self._operand(operand) for operand in operands]
        if first.name == "not" and len(truths) == 1:
            return _not(truths[0])
        if first.name in ("and", "or"):
            return _any(truths) if first.name == "or" else _not(_any([_not(truth) for truth in truths]))
        if first.name == "eq" and len(operands) == 2:
            return self._equal(operands[0], operands[1])
        return None

    def _operand(self, operand: Operand) -> Truth:
        if isinstance(operand, Pipe):
            return self.pipe(operand)
        if isinstance(operand, Literal):
            return bool(operand.value)
        path = self._path(operand)
        return None if path is None else self._known.truth(path)

    def _equal(self, a: Operand, b: Operand) -> Truth:
        path = self._path(a)
        values = None if path is None else self._known.possible(path)
        if values is None or not isinstance(b, Literal) or not all(isinstance(v, str) for v in values):
            return None
        return None if b.value in values and len(values) > 1 else b.value in values

    def _path(self, operand: Operand) -> tuple[str, ...] | None:
        """The path below `.Values` that is read, when it is one."""
        is_root = isinstance(operand, Variable) and operand.name == "$"
        if isinstance(operand, Field | Variable) and (
            is_root or (isinstance(operand, Field) and self._outer)
        ):
            root, *path = operand.path or ("",)
            return tuple(path) if root == "Values" and path else None
        return None


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _any(truths: Sequence[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False
