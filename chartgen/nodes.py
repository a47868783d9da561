"""YAML text to nodes: the C parser when PyYAML has it, PyYAML's own otherwise, with equal results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import Composer
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from chartgen.errors import ModelError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAIN = ""  # the tag of a node that has none: a plain scalar, a mapping, a sequence
QUOTED = "!"  # the tag of a quoted or block scalar: text whatever it looks like
DEPTH = 100  # levels of nesting that are read
TOO_DEEP = f"more than {DEPTH} levels are not read"
ALIASED = 10_000  # values that aliases may add to one file

# What libyaml and go-yaml read; everything else is an error in both.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE = re.compile(r"\ufeff?(?:[ \t]*(?:#.*)?\n)*(?=%)")
_MARGIN = re.compile(r"^[ ?:-]*", re.MULTILINE)
_SAFE = 250  # levels that fit a small stack, and that few honest files could hold
_NEEDS_QUOTES = "@`%*&{"


class Reading:
    """One pass over the nodes of a file: notices what is too deep, contains itself, or multiplies."""

    def __init__(self) -> None:
        self._met: set[int] = set()  # collections, to notice when an alias repeats one
        self._open: set[int] = set()  # collections around the one being read
        self._aliased = 0

    def add(self, node: Node, what: str, hint: str) -> None:
        """Takes down what is wrong with a node."""
        raise NotImplementedError

    def entered(self, node: Node, depth: int) -> bool:
        """Whether the collection may be read, which is `left` afterwards."""
        identity = id(node)
        if depth >= DEPTH:
            self.add(node, "nested too deep", TOO_DEEP)
        elif identity in self._open:
            self.add(node, "an anchor that contains itself", "write the value out")
        elif identity not in self._met or self._affordable(node):
            self._met.add(identity)
            self._open.add(identity)
            return True
        return False

    def left(self, node: Node) -> None:
        """The collection has been read."""
        self._open.discard(id(node))

    def _affordable(self, node: Node) -> bool:
        before, self._aliased = self._aliased, self._aliased + 1 + len(node.value)
        if before <= ALIASED < self._aliased:
            self.add(node, f"aliases that add more than {ALIASED:,} values", "write the values out")
        return self._aliased <= ALIASED


class _Untagged:
    """The resolver of a PyYAML loader that resolves nothing: scalars keep their text."""

    def resolve(self, kind: type[Node], _value: object, implicit: tuple[bool, bool]) -> str:
        return PLAIN if kind is not ScalarNode or implicit[0] else QUOTED

    def descend_resolver(self, *_where: object) -> None:
        """Part of PyYAML's protocol; nothing to do."""

    def ascend_resolver(self) -> None:
        """Part of PyYAML's protocol; nothing to do."""


class PurePython(Reader, Scanner, Parser, Composer, _Untagged):
    """The loader without libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


def c_parser() -> Callable[[str], Any] | None:
    """The loader over libyaml, when PyYAML was built with it."""
    if not yaml.__with_libyaml__:
        return None
    from yaml import cyaml

    return type("Fast", (vars(cyaml)["CParser"], _Untagged), {})


_FASTEST = c_parser() or PurePython


def utf8(data: bytes, name: str) -> str:
    """The text of a file. Raises ModelError with the line of what is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte {data[error.start]:#04x} is not UTF-8"
        raise refused(name, [Problem(f"{name}:{line}", what, "save the file as UTF-8")]) from None


def compose(text: str, name: str, loader: Callable[[str], Any] | None = None) -> Iterator[Node]:
    """The root node of each document in `text`. Raises ModelError with `name:line:column`."""
    _readable(text, name)
    opened: Callable[[str], Any] = loader or _FASTEST
    try:
        if _could_be_deep(text):
            _shallow(opened(text), name)
        nodes: Any = opened(text)
        while nodes.check_node():
            yield nodes.get_node()
    except yaml.MarkedYAMLError as error:
        raise refused(name, [_syntax(name, text, error)]) from None


def _could_be_deep(text: str) -> bool:
    """A cheap upper bound: a level costs a bracket, or a column before the first word of a line."""
    return text.count("[") + text.count("{") + max(map(len, _MARGIN.findall(text))) > _SAFE


def _shallow(events: Any, name: str) -> None:
    """Refuse deep nesting before composing it: the C composer recurses until the stack is gone."""
    depth = 0
    while events.check_event():
        event = events.get_event()
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEPTH:
            mark = event.start_mark
            where = f"{name}:{mark.line + 1}:{mark.column + 1}"
            raise refused(name, [Problem(where, "nested too deep", TOO_DEEP)])


def _readable(text: str, name: str) -> None:
    bad = _UNREADABLE.search(text)
    if bad:
        what = f"the character U+{ord(bad[0]):04X} is not allowed in YAML"
        raise refused(
            name, [Problem(_at(text, name, bad.start()), what, "write it as an escape in double quotes")]
        )
    directive = _DIRECTIVE.match(text)
    if directive:
        where, hint = _at(text, name, directive.end()), "Helm refuses a YAML directive: remove the line"
        raise refused(name, [Problem(where, "a line that starts with %", hint)])


def _at(text: str, name: str, index: int) -> str:
    return f"{name}:{text.count(chr(10), 0, index) + 1}"


def _syntax(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    what = " ".join(part for part in (error.context, error.problem) if part)
    lines = text.split("\n")
    line = lines[row] if row < len(lines) else ""
    return Problem(f"{name}:{row + 1}:{column + 1}", what, _hint(line, column))


def _hint(line: str, column: int) -> str:
    if "\t" in line[: column + 1] and not line[:column].strip():
        return "indent with spaces: YAML allows no tab there"
    start = line[column : column + 1]
    if start and start in _NEEDS_QUOTES:
        return f"put a text that starts with {start} in quotes"
    return "a colon followed by a space inside a text needs quotes around it" if start == ":" else ""


def problem(name: str, node: Node, what: str, hint: str = "") -> Problem:
    """A problem with one node."""
    mark = node.start_mark
    return Problem(f"{name}:{mark.line + 1}:{mark.column + 1}", what, hint)


def refused(name: str, problems: list[Problem]) -> ModelError:
    """The error that lists `problems` of the file `name`."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return ModelError(f"{name} cannot be used: {count}", problems=problems)
