"""What stands between `{{` and `}}`: pipelines, commands and operands, from the tokens of one action.

The grammar is that of Go's `text/template/parse/parse.go` (`pipeline`, `command`, `operand`, `term`).
"""

from __future__ import annotations

from typing import NoReturn

from chartgen.errors import near_miss
from chartgen.template.lexer import Token, trouble
from chartgen.template.literals import number, unquote
from chartgen.template.tree import Chain, Command, Dot, Field, Function, Literal, Operand, Pipe, Variable

# Go refuses parentheses nested 10,000 deep and has no limit for blocks; nothing written by a person
# or a generator comes near this one, and below it no walk over the tree can exhaust Python's stack.
MAX_DEPTH = 100

KEYWORDS = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with")
)
_CONSTANTS: dict[str, tuple[str, bool | None]] = {
    "true": ("bool", True),
    "false": ("bool", False),
    "nil": ("nil", None),
}
_TERMS = frozenset(("field", "dot", "variable", "word", "string", "raw", "number", "character", "left"))
_CLOSERS = {"close": "}}", "right": ")"}


class FaultError(Exception):
    """Something wrong at an offset; the parser of the file turns it into a TemplateError."""

    def __init__(self, offset: int, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.offset = offset
        self.what = what
        self.hint = hint


class Expressions:
    """A cursor over the tokens of one action. `variables` are those in scope, and grows."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        variables: list[str],
        functions: frozenset[str] | None,
        depth: int,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 1
        self.variables = variables
        self.functions = functions
        self.depth = depth

    def word(self) -> str:
        """The keyword at the cursor, or nothing."""
        token = self.tokens[self.at]
        name = self.text[token.start : token.end] if token.kind == "word" else ""
        return name if name in KEYWORDS else ""

    def close(self, context: str) -> None:
        """Go over `}}`, which must be next."""
        if self.tokens[self.at].kind != "close":
            self.unexpected(context)

    def name(self, context: str) -> str:
        """Go over a string, the name of a template."""
        token = self.tokens[self.at]
        if token.kind not in ("string", "raw"):
            self.unexpected(context)
        self.at += 1
        return unquote(self.text[token.start : token.end])

    def pipeline(self, context: str, closer: str = "close") -> Pipe:
        """A pipeline and what closes it; `closer` is the kind of that token."""
        first = self.at
        declared, assigns = self._declarations(context)
        commands = []
        while (kind := self.tokens[self.at].kind) in _TERMS:
            commands.append(self._command())
        if kind != closer:
            self.unexpected(context)
        if not commands:
            raise FaultError(self.tokens[self.at].start, f"missing value for {context}")
        _check_stages(commands)
        self.at += 1
        last = self.tokens[self.at - 2].end
        return Pipe(self.tokens[first].start, last, declared, assigns, tuple(commands))

    def _declarations(self, context: str) -> tuple[tuple[str, ...], bool]:
        declared: list[str] = []
        while (token := self.tokens[self.at]).kind == "variable":
            after = self.tokens[self.at + 1].kind
            if after not in ("declare", "assign", "comma"):
                break
            self.at += 2
            declared.append(self.text[token.start : token.end])
            self.variables.append(declared[-1])
            if after != "comma":
                return tuple(declared), after == "assign"
            if context != "range" or len(declared) > 1:
                raise FaultError(self.tokens[self.at - 1].start, f"too many variables in {context}")
            if self.tokens[self.at].kind not in ("variable", "close", "right"):
                raise FaultError(self.tokens[self.at].start, "range can only declare variables")
        return tuple(declared), False

    def _command(self) -> Command:
        first = self.at
        args = []
        while True:
            args.append(self._operand())
            token = self.tokens[self.at]
            if token.kind in _TERMS and token.spaced:
                continue
            if token.kind not in ("pipe", "close", "right"):
                self.unexpected("an operand", "put a space between operands" if token.kind in _TERMS else "")
            end = self.tokens[self.at - 1].end
            self.at += token.kind == "pipe"
            return Command(self.tokens[first].start, end, tuple(args))

    def _operand(self) -> Operand:
        node = self._term()
        path = []
        while (token := self.tokens[self.at]).kind == "field" and not token.spaced:
            path.append(self.text[token.start + 1 : token.end])
            self.at += 1
        if not path:
            return node
        end = self.tokens[self.at - 1].end
        if isinstance(node, Field):
            return Field(node.start, end, (*node.path, *path))
        if isinstance(node, Variable):
            return Variable(node.start, end, node.name, tuple(path))
        if isinstance(node, Pipe | Function):
            return Chain(node.start, end, node, tuple(path))
        raise FaultError(node.end, f"a {_kind(node)} has no field .{path[0]}")

    def _term(self) -> Operand:
        token = self.tokens[self.at]
        self.at += 1
        kind, _, start, end = token
        source = self.text[start:end]
        if kind == "field":
            return Field(start, end, (source[1:],))
        if kind == "word":
            return self._word(start, end, source)
        if kind == "variable":
            return self._variable(start, end, source)
        if kind == "left":
            return self._parenthesised(start)
        if kind == "dot":
            return Dot(start, end)
        if kind == "number":
            return Literal(start, end, kind, number(source))
        return Literal(start, end, "character" if kind == "character" else "string", unquote(source))

    def _parenthesised(self, start: int) -> Pipe:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FaultError(start, f"nested more than {MAX_DEPTH} deep")
        pipe = self.pipeline("parentheses", "right")
        self.depth -= 1
        end = self.tokens[self.at - 1].end
        return Pipe(start, end, pipe.variables, pipe.assigns, pipe.commands)

    def _word(self, start: int, end: int, name: str) -> Operand:
        if name in _CONSTANTS:
            return Literal(start, end, *_CONSTANTS[name])
        if name in KEYWORDS:
            raise FaultError(start, f"unexpected keyword {name}")
        if self.functions is not None and name not in self.functions:
            hint = near_miss(name, self.functions)
            raise FaultError(start, f"no function {name!r} in Helm", hint)
        return Function(start, end, name)

    def _variable(self, start: int, end: int, name: str) -> Variable:
        if name not in self.variables:
            hint = near_miss(name, set(self.variables))
            raise FaultError(start, f"undefined variable {name}", hint)
        return Variable(start, end, name)

    def unexpected(self, context: str, hint: str = "") -> NoReturn:
        """Refuse the token at the cursor, or say why the lexer could not read on."""
        token = self.tokens[self.at]
        if token.kind == "error":
            raise FaultError(*trouble(self.text, token, self.tokens[0].start))
        if token.kind in _CLOSERS:
            missing = ")" if context == "parentheses" else "("
            if missing == ")" or token.kind == "right":
                raise FaultError(
                    token.start, f"unexpected {_CLOSERS[token.kind]}: {missing} is missing before it"
                )
        source = self.text[token.start : min(token.end, token.start + 40)].strip()
        raise FaultError(token.start, f"unexpected {source} in {context}", hint)


def _check_stages(commands: list[Command]) -> None:
    for stage, command in enumerate(commands[1:], 2):
        if isinstance(command.args[0], Literal | Dot):
            what = f"stage {stage} of the pipeline is a {_kind(command.args[0])}, which cannot take a value"
            raise FaultError(command.start, what)


def _kind(node: Operand) -> str:
    return node.kind if isinstance(node, Literal) else "dot"
