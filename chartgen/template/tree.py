"""What a parsed template is made of: nodes with exact places.

Every node carries `start` and `end`, offsets in characters into the text that was parsed, so that
`text[node.start:node.end]` is its source. Text, comments and the heads of actions tile the file:
nothing of it is lost, trimmed white space included. `Template.place` turns an offset into a line
and a column, both counted from 1.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TypeAlias

from chartgen.frozen import Frozen


class Span(Frozen):
    """A node without anything but its place."""

    start: int
    end: int


class Field(Frozen):
    """`.a.b`: the fields of dot. `path` is ("a", "b")."""

    start: int
    end: int
    path: tuple[str, ...]


class Variable(Frozen):
    """`$x.a`: `name` is "$x" ("$" for the data a template was called with), `path` is ("a",)."""

    start: int
    end: int
    name: str
    path: tuple[str, ...] = ()


class Dot(Span):
    """`.`, whatever the place makes of it."""

    __slots__ = ()


class Literal(Frozen):
    """A constant: a string (quotes and escapes resolved), number, character, boolean or nil."""

    start: int
    end: int
    kind: str
    value: str | int | float | complex | bool | None


class Function(Frozen):
    """The name of a function, called when it stands first or alone."""

    start: int
    end: int
    name: str


class Chain(Frozen):
    """`(pipeline).a.b` or `function.a`: fields of what is not a plain field or variable."""

    start: int
    end: int
    operand: Pipe | Function
    path: tuple[str, ...]


class Command(Frozen):
    """Operands with white space between them; the first is a function when there are several."""

    start: int
    end: int
    args: tuple[Operand, ...]


class Pipe(Frozen):
    """Commands joined by `|`, after the variables they declare (`:=`) or assign (`=`).

    In parentheses, `start` and `end` include them. `commands` is never empty.
    """

    start: int
    end: int
    variables: tuple[str, ...]
    assigns: bool
    commands: tuple[Command, ...]


Operand: TypeAlias = Field | Variable | Dot | Literal | Function | Chain | Pipe


class Text(Frozen):
    """`start` to `end` is the source between two actions; `text` is what trim markers leave of it."""

    start: int
    end: int
    text: str


class Comment(Span):
    """`{{/* ... */}}`, which prints nothing."""

    __slots__ = ()


class Action(Frozen):
    """`{{ pipeline }}`; it prints unless the pipeline declares or assigns."""

    start: int
    end: int
    pipe: Pipe


class Branch(Frozen):
    """One way through an `if`, `with` or `range`.

    `start` and `end` enclose its head (`{{ else if .x }}`); its body goes from `end` to `body_end`,
    where the next head, or `{{ end }}`, starts. `pipe` is None for a plain `{{ else }}`.
    """

    start: int
    end: int
    pipe: Pipe | None
    body: tuple[Node, ...]
    body_end: int


class Control(Frozen):
    """The branches in order; the first is the head itself, a plain `{{ else }}` can only be the last."""

    start: int
    end: int
    branches: tuple[Branch, ...]


class If(Control):
    """`{{ if }}`, with any number of `{{ else if }}`."""

    __slots__ = ()


class With(Control):
    """`{{ with }}`: its value is dot inside, when it is not empty."""

    __slots__ = ()


class Range(Control):
    """`{{ range }}`: each element is dot in turn; `{{ else }}` for none."""

    __slots__ = ()


class Define(Frozen):
    """`{{ define "name" }}...{{ end }}`; the body goes from `body_start` to `body_end`."""

    start: int
    end: int
    name: str
    body: tuple[Node, ...]
    body_start: int
    body_end: int


class Block(Frozen):
    """`{{ block "name" pipeline }}...{{ end }}`: a definition, called where it stands."""

    start: int
    end: int
    name: str
    pipe: Pipe
    body: tuple[Node, ...]
    body_start: int
    body_end: int


class Call(Frozen):
    """`{{ template "name" pipeline }}`; the name starts at offset `name_start`."""

    start: int
    end: int
    name: str
    name_start: int
    pipe: Pipe | None


class Break(Span):
    """`{{ break }}`, only inside a range."""

    __slots__ = ()


class Continue(Span):
    """`{{ continue }}`, only inside a range."""

    __slots__ = ()


Node: TypeAlias = Text | Comment | Action | Control | Define | Block | Call | Break | Continue


class Template(Frozen):
    """A parsed file: `name` is its path in messages, `nodes` its top level, definitions included."""

    name: str
    text: str
    nodes: tuple[Node, ...]

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, in characters."""
        return place(self._line_starts, offset)


def line_starts(text: str) -> list[int]:
    """The offset at which each line starts. Only a line feed ends a line, as in Go."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts[:-1]


def place(starts: list[int], offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text with these line starts."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
