"""What is known of conditions before anybody gives values: from the schema, and of what a file makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from chartgen.coverage.known import Known
from chartgen.frozen import Frozen
from chartgen.template import Template
from chartgen.template.tree import (
    Chain,
    Command,
    Control,
    Field,
    Function,
    If,
    Literal,
    Operand,
    Pipe,
    Variable,
)
from chartgen.template.walk import commands, pipes, walk

Truth: TypeAlias = bool | None
_EMPTY = ("dict", "list", "lookup")  # without operands, or without a cluster
_INSIDE = ("index", "get", "dig", "fromYaml", "fromJson", "b64dec")  # nothing comes out of nothing
_KEEPS = ("uniq", "sortAlpha", "reverse", "toStrings")  # a list that has elements keeps one
_CHANGES = ("set", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite")


class Conditions:
    """What a schema says of expressions; `outer` tells whether dot is what Helm executes the file with."""

    ALWAYS = "the schema leaves this condition always true"
    NEVER = "the schema leaves this condition always false"

    def __init__(self, known: Known, outer: bool) -> None:
        self._known, self._outer = known, outer

    def pipe(self, pipe: Pipe) -> Truth:
        """What is known of a pipeline."""
        return self.upto(pipe, len(pipe.commands))

    def upto(self, pipe: Pipe, count: int) -> Truth:
        """What is known of what the first so many commands of a pipeline give."""
        return self._command(pipe.commands[0]) if count == 1 else None

    def operand(self, operand: Operand) -> Truth:
        """What is known of an operand."""
        if isinstance(operand, Pipe):
            return self.pipe(operand)
        if isinstance(operand, Literal):
            return bool(operand.value)
        path = self._path(operand)
        return None if path is None else self._known.truth(path)

    def _command(self, command: Command) -> Truth:
        first, *operands = command.args
        if not isinstance(first, Function):
            return None if operands else self.operand(first)
        truths = [self.operand(operand) for operand in operands]
        if first.name == "not" and len(truths) == 1:
            return inverted(truths[0])
        if first.name in ("and", "or"):
            return _any(truths) if first.name == "or" else inverted(_any([inverted(t) for t in truths]))
        if first.name == "eq" and len(operands) == 2:
            return self._equal(operands[0], operands[1])
        return None

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


class Made(Conditions):
    """What follows from what a file makes itself: a list with an element in it, what `lookup` never finds.

    `known` are variables that are always, or never, empty.
    """

    ALWAYS = "what this condition looks at is made here, and never empty"
    NEVER = "what this condition looks at is always empty: where no cluster is asked lookup finds nothing"

    def __init__(self, known: Mapping[str, bool]) -> None:
        super().__init__(Known({}), outer=False)
        self._variables = known

    def upto(self, pipe: Pipe, count: int) -> Truth:
        truth = self._command(pipe.commands[0])
        for command in pipe.commands[1:count]:
            first, *operands = command.args
            name = first.name if isinstance(first, Function) else ""
            if name == "default":
                truth = True if truth else _any([self.operand(operands[0])]) if truth is False else None
            elif name not in (_INSIDE if truth is False else _KEEPS):
                return None
        return truth

    def operand(self, operand: Operand) -> Truth:
        if isinstance(operand, Variable):
            truth = self._variables.get(operand.name)
            return truth if truth is False or not operand.path else None
        if isinstance(operand, Chain):
            inner = operand.operand
            return False if isinstance(inner, Pipe) and self.pipe(inner) is False else None
        if isinstance(operand, Function):
            return False if operand.name in _EMPTY else None
        return super().operand(operand)

    def _command(self, command: Command) -> Truth:
        first, *operands = command.args
        name = first.name if isinstance(first, Function) else ""
        if name in _EMPTY:
            return bool(operands) and name != "lookup"
        if name == "append":
            return True
        if name in _INSIDE and operands and self.operand(operands[0]) is False:
            return False
        return super()._command(command)


class _Given(Frozen):
    variable: str
    pipe: Pipe
    is_element: bool


def settled(template: Template) -> dict[str, bool]:
    """The variables of a file that are always empty, or never, by what is given to them."""
    given: dict[str, list[_Given]] = {}
    changed: set[str] = set()
    for node in walk(template.nodes):
        for pipe in pipes(node):
            is_element = isinstance(node, Control) and not isinstance(node, If)
            for name in pipe.variables:
                given.setdefault(name, []).append(_Given(name, pipe, is_element))
            for within, index in commands(pipe):
                changed |= _changed(within.commands[index])
    found: dict[str, bool] = {}
    while True:
        reader = Made(found)
        truths = {
            name: {None if g.is_element else reader.pipe(g.pipe) for g in some}
            for name, some in given.items()
        }
        alike = {
            name: bool(truth)
            for name, some in truths.items()
            for truth in some
            if len(some) == 1 and truth is not None and (truth or name not in changed)
        }
        if alike == found:
            return found
        found = alike


def _changed(command: Command) -> set[str]:
    first, *operands = command.args
    if isinstance(first, Function) and first.name in _CHANGES:
        return {operand.name for operand in operands[:1] if isinstance(operand, Variable)}
    return set()


def inverted(truth: Truth) -> Truth:
    """The truth of `not`."""
    return None if truth is None else not truth


def _any(truths: Sequence[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False
