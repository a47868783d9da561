"""Where a template decides: the points at which it can go one way or another, and the ways.

Structural points are `if`, `with` and `range`, with the way past them when they have no `else`. The
others are functions that answer with one of their operands.
"""

from __future__ import annotations

from chartgen.frozen import Frozen
from chartgen.template.tree import Control, Function, If, Pipe, Range, Template
from chartgen.template.walk import commands, owned, pipes

CHOICES = frozenset({"and", "or", "default", "coalesce", "ternary"})


class Way(Frozen):
    """One way to go.

    - what: "then", "else if", "else with", "else" or "no else" for `if` and `with`; "each" and "none" for
      `range`; "given", "default", "true", "false" or "operand 2" for a function.
    - start, end: the body of the block, or the operand. For "no else" and a range without `else` both are
      where an `{{ else }}` would have to stand: at the start of `{{ end }}`.
    - head: where the head of that branch starts (`{{ else }}`); equal to `start` where there is none.
    - line, column: of `head`, from 1.
    """

    what: str
    start: int
    end: int
    head: int
    line: int
    column: int


class BranchPoint(Frozen):
    """`kind` is "if", "with", "range" or a name in CHOICES; `inside` the named template, or ""."""

    kind: str
    start: int
    end: int
    line: int
    column: int
    inside: str
    ways: tuple[Way, ...]


def branches(template: Template) -> tuple[BranchPoint, ...]:
    """Every point of a template at which it goes one of several ways, by place."""
    points = []
    for inside, node in owned(template.nodes):
        if isinstance(node, Control):
            points.append(_control(template, node, inside))
        for pipe in pipes(node):
            points.extend(_choices(template, pipe, inside))
    return tuple(sorted(points, key=lambda p: (p.start, -p.end)))


def _control(template: Template, node: Control, inside: str) -> BranchPoint:
    kind = type(node).__name__.lower()
    ways = []
    for i, branch in enumerate(node.branches):
        what = ("each" if isinstance(node, Range) else "then") if i == 0 else _else(node, branch.pipe)
        ways.append(Way(what, branch.end, branch.body_end, branch.start, *template.place(branch.start)))
    if node.branches[-1].pipe:
        at = node.branches[-1].body_end
        what = "none" if isinstance(node, Range) else "no else"
        ways.append(Way(what, at, at, at, *template.place(at)))
    return BranchPoint(kind, node.start, node.end, *template.place(node.start), inside, tuple(ways))


def _else(node: Control, pipe: Pipe | None) -> str:
    if isinstance(node, Range):
        return "none"
    return "else" if pipe is None else "else if" if isinstance(node, If) else "else with"


def _choices(template: Template, pipe: Pipe, inside: str) -> list[BranchPoint]:
    points = []
    for within, index in commands(pipe):
        command = within.commands[index]
        first = command.args[0]
        if isinstance(first, Function) and first.name in CHOICES:
            spans = operands(within, index)
            ways = tuple(
                Way(what, start, end, start, *template.place(start))
                for what, (start, end) in zip(_names(first.name, len(spans)), spans, strict=False)
            )
            if len(ways) > 1:
                place = template.place(command.start)
                points.append(BranchPoint(first.name, command.start, command.end, *place, inside, ways))
    return points


def operands(pipe: Pipe, index: int) -> list[tuple[int, int]]:
    """Where the operands of a command stand; the piped one, the last, is what comes before it."""
    spans = [(arg.start, arg.end) for arg in pipe.commands[index].args[1:]]
    if index:
        spans.append((pipe.commands[0].start, pipe.commands[index - 1].end))
    return spans


def _names(function: str, count: int) -> list[str]:
    if function == "default":
        return ["default", "given"]
    if function == "ternary":
        return ["true", "false"]
    return [f"operand {i}" for i in range(1, count + 1)]
