"""The parser of a whole template: texts, actions and the blocks they open and close.

Blocks are kept on a stack of our own, not Python's. What is accepted is what Go's
`text/template/parse/parse.go` accepts, except that nesting ends at `MAX_DEPTH`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chartgen.template.errors import TemplateError
from chartgen.template.expressions import MAX_DEPTH, Expressions, FaultError
from chartgen.template.functions import FUNCTIONS
from chartgen.template.lexer import Token, kept, parts, trouble
from chartgen.template.tree import (
    Action,
    Block,
    Branch,
    Break,
    Call,
    Comment,
    Continue,
    Control,
    Define,
    If,
    Node,
    Pipe,
    Range,
    Template,
    Text,
    With,
    line_starts,
    place,
)

_CONTROLS: dict[str, type[Control]] = {"if": If, "with": With, "range": Range}


@dataclass
class _Open:
    """A block whose `{{ end }}` has not come yet, or the file itself (kind "")."""

    kind: str
    start: int = 0
    head_start: int = 0
    head_end: int = 0
    name: str = ""
    pipe: Pipe | None = None
    body: list[Node] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    variables: list[str] = field(default_factory=lambda: ["$"])
    scope: int = 1
    ranges: int = 0
    plain_else: bool = False


def parse(text: str, name: str, functions: frozenset[str] | None = FUNCTIONS) -> Template:
    """Parse one template as Helm would; `name` is only used in messages.

    A function outside `functions` is an error; None allows any. Raises TemplateError with the first
    problem: after it nothing that follows can be read with certainty.
    """
    parser = _Parser(text, functions)
    try:
        return Template(name, text, parser.run())
    except FaultError as fault:
        line, column = place(line_starts(text), fault.offset)
        raise TemplateError(name, line, column, fault.what, fault.hint) from None


class _Parser:
    def __init__(self, text: str, functions: frozenset[str] | None) -> None:
        self.text = text
        self.functions = functions
        self.stack = [_Open("")]
        self.filled: set[str] = set()

    def run(self) -> tuple[Node, ...]:
        text = self.text
        for part in parts(text):
            kind, _, start, end = part[0]
            if kind == "text":
                self.stack[-1].body.append(Text(start, end, kept(text, start, end)))
            elif kind == "comment":
                self.stack[-1].body.append(Comment(start, end))
            elif kind == "error":
                raise FaultError(*trouble(text, part[0], start))
            else:
                self._action(part)
        top = self.stack[-1]
        if top.kind:
            raise FaultError(top.start, f"this {top.kind} is never closed: {{{{ end }}}} is missing")
        return tuple(top.body)

    def _action(self, tokens: list[Token]) -> None:
        top = self.stack[-1]
        inside = Expressions(self.text, tokens, top.variables, self.functions, len(self.stack) - 1)
        start, end = tokens[0].start, tokens[-1].end
        word = inside.word()
        if not word:
            top.body.append(Action(start, end, inside.pipeline("an action")))
            return
        inside.at += 1
        if word in _CONTROLS:
            scope = len(top.variables)
            pipe = inside.pipeline(word)
            ranges = top.ranges + (word == "range")
            self._push(_Open(word, start, start, end, "", pipe, [], [], top.variables, scope, ranges))
        elif word == "end":
            inside.close("end")
            self._end(start, end)
        elif word == "else":
            self._else(inside, start, end)
        elif word in ("define", "block"):
            self._named(word, inside, start, end)
        elif word == "template":
            self._call(inside, start, end)
        else:
            self._leave(word, inside, start, end)

    def _push(self, block: _Open) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise FaultError(block.start, f"nested more than {MAX_DEPTH} deep")
        self.stack.append(block)

    def _named(self, word: str, inside: Expressions, start: int, end: int) -> None:
        if word == "define" and len(self.stack) > 1:
            raise FaultError(start, "define must stand at the top level of the file, outside every block")
        name = inside.name(word)
        pipe = inside.pipeline(word) if word == "block" else None
        if not pipe:
            inside.close(word)
        self._push(_Open(word, start, start, end, name, pipe))

    def _call(self, inside: Expressions, start: int, end: int) -> None:
        name_start = inside.tokens[inside.at].start
        name = inside.name("template")
        pipe = None if inside.tokens[inside.at].kind == "close" else inside.pipeline("template")
        self.stack[-1].body.append(Call(start, end, name, name_start, pipe))

    def _leave(self, word: str, inside: Expressions, start: int, end: int) -> None:
        inside.close(word)
        if not self.stack[-1].ranges:
            raise FaultError(start, f"{word} outside range")
        self.stack[-1].body.append(Break(start, end) if word == "break" else Continue(start, end))

    def _else(self, inside: Expressions, start: int, end: int) -> None:
        top, word = self.stack[-1], inside.word()
        if top.kind not in _CONTROLS:
            raise FaultError(start, "else without if, with or range")
        if top.plain_else:
            raise FaultError(start, "a second else: only {{ end }} may follow the first")
        if word and (word != top.kind or word == "range"):
            raise FaultError(start, f"else {word} is not possible in this {top.kind}")
        if not word:
            inside.close("else")
        inside.at += 1
        self._close_branch(start)
        top.pipe = inside.pipeline(word) if word else None
        top.head_start, top.head_end, top.plain_else = start, end, not word

    def _close_branch(self, at: int) -> None:
        top = self.stack[-1]
        top.branches.append(Branch(top.head_start, top.head_end, top.pipe, tuple(top.body), at))
        top.body.clear()

    def _end(self, start: int, end: int) -> None:
        top = self.stack[-1]
        if not top.kind:
            raise FaultError(start, "end without a block to close")
        if top.kind in _CONTROLS:
            self._close_branch(start)
            # Go keeps what one branch declared in scope for the next, and forgets all of it here.
            del top.variables[top.scope :]
            node: Node = _CONTROLS[top.kind](top.start, end, tuple(top.branches))
        else:
            node = self._definition(top, start, end)
        self.stack.pop()
        self.stack[-1].body.append(node)

    def _definition(self, top: _Open, start: int, end: int) -> Define | Block:
        body = tuple(top.body)
        if not all(isinstance(n, Comment) or (isinstance(n, Text) and not n.text.strip()) for n in body):
            # Across files the last definition wins; in one file Go refuses a second that is not blank.
            if top.name in self.filled:
                raise FaultError(top.start, f"template {top.name!r} is defined twice in this file")
            self.filled.add(top.name)
        if top.pipe:
            return Block(top.start, end, top.name, top.pipe, body, top.head_end, start)
        return Define(top.start, end, top.name, body, top.head_end, start)
