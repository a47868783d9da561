"""Faults in templates, at every place where each can be made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartgen.template import Template, branches, parse
from chartgen.template.tree import (
    Action,
    Block,
    Branch,
    Command,
    Control,
    Define,
    Field,
    Function,
    If,
    Literal,
    Node,
    Pipe,
    Text,
    Variable,
)
from chartgen.template.walk import commands, pipes, walk
from ci.mutation.mutant import Mutant

_SWAPPED = {"and": "or", "or": "and", "eq": "ne", "ne": "eq", "gt": "ge", "lt": "le", "ge": "gt", "le": "lt"}
_DROPPED = dict.fromkeys(
    "b64enc int int64 replace sha256sum toJson trim trunc trimSuffix".split(), "dropped function"
) | {"quote": "dropped quote", "toString": "missing toString", "default": "dropped default"}
_PORT = re.compile(
    r"^( *(?:- )?(?:containerPort|port|targetPort|hostPort|nodePort): )([a-z0-9-]+)$", re.MULTILINE
)


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Every fault of a template, by place. Raises TemplateError when it cannot be parsed."""
    template = parse(text, file)
    found = set(_Faults(template).all())
    yield from sorted(found)


class _Faults:
    def __init__(self, template: Template) -> None:
        self._template, self._text = template, template.text

    def all(self) -> Iterator[Mutant]:
        yield from self._bodies()
        yield from self._lines()
        yield from self._ports()
        for node in walk(self._template.nodes):
            if isinstance(node, If):
                yield from (self._inverted(branch) for branch in node.branches if branch.pipe)
            for pipe in pipes(node):
                for within, index in commands(pipe):
                    yield from self._command(within, index)

    def _mutant(self, operator: str, start: int, end: int, after: str) -> Mutant:
        line, _ = self._template.place(start)
        return Mutant(self._template.name, start, operator, line, self._text[start:end], after)

    def _inverted(self, branch: Branch) -> Mutant:
        assert branch.pipe
        start, end = branch.pipe.commands[0].start, branch.pipe.end
        return self._mutant("inverted condition", start, end, f"not ({self._text[start:end]})")

    def _bodies(self) -> Iterator[Mutant]:
        """What is printed in one way of a block, left out."""
        for point in branches(self._template):
            for way in point.ways:
                if way.head < way.start and self._text[way.start : way.end].strip():
                    yield self._mutant("emptied branch", way.start, way.end, "")

    def _lines(self) -> Iterator[Mutant]:
        """Lines that print, left out, where no block begins or ends in them."""
        blocked = {line for node in walk(self._template.nodes) for line in self._opened(node)}
        start = 0
        for number, line in enumerate(self._text.splitlines(keepends=True), 1):
            if line.strip() and number not in blocked:
                yield self._mutant("removed line", start, start + len(line), "")
            start += len(line)

    def _opened(self, node: Node) -> Iterator[int]:
        """Lines that cannot go alone: of heads and ends, of comments, and of actions over several lines."""
        if isinstance(node, Text):
            return
        spans = [(node.start, node.end)]
        if isinstance(node, Action):
            lines = range(self._template.place(node.start)[0], self._template.place(node.end - 1)[0] + 1)
            declares = node.pipe.variables and not node.pipe.assigns
            yield from lines if len(lines) > 1 or declares else ()
            return
        if isinstance(node, Control):
            spans = [(b.start, b.end) for b in node.branches] + [(node.branches[-1].body_end, node.end)]
        elif isinstance(node, Define | Block):
            spans = [(node.start, node.body_start), (node.body_end, node.end)]
        for start, end in spans:
            yield from range(self._template.place(start)[0], self._template.place(end - 1)[0] + 1)

    def _ports(self) -> Iterator[Mutant]:
        for found in _PORT.finditer(self._text):
            other = str(int(found[2]) + 1) if found[2].isdigit() else f"{found[2]}x"
            yield self._mutant("other port", found.start(2), found.end(2), other)

    def _command(self, pipe: Pipe, index: int) -> Iterator[Mutant]:
        command = pipe.commands[index]
        yield from self._renamed(command)
        first = command.args[0]
        if not isinstance(first, Function):
            return
        if first.name in _SWAPPED and len(command.args) > 1:
            operator = f"{first.name} for {_SWAPPED[first.name]}"
            yield self._mutant(f"swapped {operator}", first.start, first.end, _SWAPPED[first.name])
        if first.name in ("nindent", "indent") and len(command.args) > 1:
            yield from self._indented(command)
        if first.name in _DROPPED:
            yield from self._dropped(_DROPPED[first.name], pipe, index)

    def _indented(self, command: Command) -> Iterator[Mutant]:
        by = command.args[1]
        if isinstance(by, Literal) and isinstance(by.value, int):
            yield self._mutant("wrong indent", by.start, by.end, str(by.value + 2))
            if by.value > 1:
                yield self._mutant("wrong indent", by.start, by.end, str(by.value - 2))

    def _dropped(self, operator: str, pipe: Pipe, index: int) -> Iterator[Mutant]:
        """A function left out: what is piped into it, or its last operand, stays."""
        command = pipe.commands[index]
        if index:
            yield self._mutant(operator, pipe.commands[index - 1].end, command.end, "")
        elif len(command.args) > 1:
            last = command.args[-1]
            yield self._mutant(operator, command.start, command.end, self._text[last.start : last.end])

    def _renamed(self, command: Command) -> Iterator[Mutant]:
        """A setting by a name that nobody gives."""
        for arg in command.args:
            named = isinstance(arg, Field) or (isinstance(arg, Variable) and arg.name == "$")
            if (
                named
                and isinstance(arg, Field | Variable)
                and arg.path[:1] == ("Values",)
                and len(arg.path) > 1
            ):
                yield self._mutant("renamed setting", arg.end, arg.end, "Renamed")
