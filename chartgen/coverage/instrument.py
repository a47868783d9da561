"""Templates that take down which way they went, and render what they rendered before.

Nothing is printed where a template prints, because what a helper prints may be cut, counted, hashed or
parsed by whoever includes it. Instead there is a dict, made for each file, in which every way sets a key.
A helper sees only the data that it is called with, so each call wraps them: the data, the dict, and a
text that nobody else writes; a template that is called finds out whether its data are wrapped, as Helm
and strings that `tpl` executes call with plain ones. Where a file ends, its keys are printed behind a
document separator, and `fail` says them behind its message. Why: docs/decisions.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from chartgen.coverage.choices import Operand as Value
from chartgen.coverage.choices import taps
from chartgen.coverage.edits import Edits
from chartgen.coverage.frame import Unit, Words, units
from chartgen.coverage.live import Live
from chartgen.coverage.points import Point, blank
from chartgen.template import Template
from chartgen.template.branches import operands
from chartgen.template.calls import constant
from chartgen.template.literals import STRING
from chartgen.template.tree import (
    Block,
    Call,
    Chain,
    Control,
    Define,
    Dot,
    Field,
    Function,
    If,
    Node,
    Operand,
    Pipe,
    Variable,
)
from chartgen.template.walk import commands, pipes

_STRING = re.compile(rf"{STRING}|`[^`]*`")
_ROOT = re.compile(r"\$(?!\w)")
# The operand of a function that a template may end with, which then is the last thing that is heard of it.
_LAST_WORDS = ("fail", "required")


def instrument(template: Template, points: Collection[Point], living: Live) -> str:
    """The source of `template`, taking down the ways of `points`, which are its own, all in the same lines.

    What is not `living` stays as it is.
    """
    return _Instrumented(template, points, living).text()


class _Instrumented:
    def __init__(self, template: Template, points: Collection[Point], living: Live) -> None:
        self._template, self._live, self._source = template, living, template.text
        self._points = {(p.at.kind, p.at.start, p.at.end): p for p in points}
        self._edits, self._words = Edits(self._source), Words.of(self._source)

    def text(self) -> str:
        for point in self._points.values():
            self._ways(point)
        for unit in units(self._template):
            is_blank = blank(tuple(n for n in unit.nodes if not isinstance(n, Define)))
            if self._live.has(self._template.name, unit.name) and not is_blank:
                self._unit(unit)
        return self._edits.applied()

    def _unit(self, unit: Unit) -> None:
        called = self._points.get(("define", unit.at, unit.end))
        begin = self._words.begin(is_file=not unit.name, called=called.first if called else None)
        self._edits.actions(unit.start, *begin)
        self._bodies(unit.nodes)
        if not unit.name:
            self._edits.append(self._words.finish(self._template))

    def _ways(self, point: Point) -> None:
        """Marks at the start of the bodies of a block, with an `else` where there was none."""
        if point.at.kind not in ("if", "with", "range"):
            return
        for number, way in zip(point.numbers, point.at.ways, strict=True):
            if way.head == way.start:
                self._edits.otherwise(way.start, self._words.mark(number))
            else:
                self._edits.actions(way.start, self._words.mark(number))

    def _bodies(self, nodes: tuple[Node, ...]) -> None:
        """Every node of a unit; `outer` tells whether dot is still what the unit was called with."""
        waiting = [(node, True) for node in nodes]
        while waiting:
            node, outer = waiting.pop()
            for pipe in pipes(node):
                self._pipe(pipe, outer)
            if isinstance(node, Control):
                for branch in node.branches:
                    same = outer and (isinstance(node, If) or branch.pipe is None)
                    waiting.extend((inner, same) for inner in branch.body)
            elif isinstance(node, Call | Block) and self._calls(node.name):
                self._call(node)

    def _calls(self, name: str | None) -> bool:
        """Whether it matters to what is called by that name; None is a name that is computed."""
        return self._live.computed or name in self._live.names

    def _call(self, node: Call | Block) -> None:
        if node.pipe:
            self._wrap((node.pipe.start, node.pipe.end), whole=True)
        elif isinstance(node, Call):
            name = _STRING.match(self._source, node.name_start)
            end = name.end() if name else node.end
            before, after = self._words.wrap()
            self._edits.wrap((end, end), "", f" {before}nil{after}")

    def _wrap(self, span: tuple[int, int], whole: bool) -> None:
        is_nil = self._source[slice(*span)] == "nil"
        self._edits.wrap(span, *self._words.wrap(whole and not is_nil))

    def _pipe(self, pipe: Pipe, outer: bool) -> None:
        for within, index in commands(pipe):
            command = within.commands[index]
            if index == 0:
                self._declared(within)
            for arg in command.args:
                self._operand(arg.operand if isinstance(arg, Chain) else arg, outer)
            first = command.args[0]
            if isinstance(first, Function):
                self._function(first.name, within, index)

    def _declared(self, pipe: Pipe) -> None:
        """`$ := ...` makes another `$` of what we call by a name of ours."""
        if "$" in pipe.variables:
            for found in _ROOT.finditer(self._source, pipe.start, pipe.commands[0].start):
                self._edits.replace(found.start(), 1, self._words.root)

    def _operand(self, node: Operand, outer: bool) -> None:
        if isinstance(node, Variable) and node.name == "$":
            self._edits.replace(node.start, 1, self._words.root)
        elif isinstance(node, Field) and outer:
            self._edits.replace(node.start, 0, self._words.data)
        elif isinstance(node, Dot) and outer:
            self._edits.replace(node.start, 1, self._words.data)

    def _function(self, name: str, within: Pipe, index: int) -> None:
        spans = operands(within, index)
        command = within.commands[index]
        point = self._points.get((name, command.start, command.end))
        if name == "include" and len(spans) > 1 and self._calls(constant(command.args[1:])):
            self._wrap(spans[1], whole=index > 0)
        elif name in _LAST_WORDS and spans:
            self._edits.wrap(spans[0], *self._words.last)
        elif point:
            self._choice(point, spans, index > 0)

    def _choice(self, point: Point, spans: list[tuple[int, int]], piped: bool) -> None:
        """Let the operands that tell pass through a list, whose other element takes down what they tell."""
        values = [self._value(span) for span in spans]
        for (span, value), number in taps(point.at.kind, values, piped, point.numbers):
            self._edits.wrap(span, *self._words.record(value, number))

    def _value(self, span: tuple[int, int]) -> Value:
        """A variable for an operand. `nil` has no need of one, and could not be assigned."""
        is_nil = self._source[slice(*span)] == "nil"
        return Value(span, "nil" if is_nil else f"{self._words.operand}{span[0]}_{span[1]}")
