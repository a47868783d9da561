"""What stands around a template that takes down its ways, and the words that it is done with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from chartgen.coverage.trace import MARK, NEXT_DOCUMENT, OWN_DOCUMENT
from chartgen.template import Template
from chartgen.template.tree import Node, Text
from chartgen.template.walk import definitions

# What wrapped data end with. No values document has it but by intent.
WRAPPED = "chartgen wrapped d41f8a"


class Unit(NamedTuple):
    """What is executed on data of its own: the file, called "", or a named template from `at` to `end`.

    `start` is where its body does.
    """

    name: str
    nodes: tuple[Node, ...]
    at: int
    end: int
    start: int


def units(template: Template) -> Iterator[Unit]:
    """The file, then its named templates."""
    yield Unit("", template.nodes, 0, len(template.text), 0)
    for node in definitions(template):
        yield Unit(node.name, node.body, node.start, node.end, node.body_start)


class Words(NamedTuple):
    """Variables that a text does not use itself, and what is said with them.

    The data and what `$` is, the dict of ways, whether they came together, and two for us alone.
    """

    data: str
    root: str
    taken: str
    wrapped: str
    unused: str
    operand: str

    @classmethod
    def of(cls, text: str) -> Words:
        stem = "$cg"
        while stem in text:
            stem += "_"
        return cls(*(f"{stem}{letter}" for letter in "drtwux"))

    def mark(self, number: int) -> str:
        """An action that takes down a way."""
        return f'{self.unused} := set {self.taken} "{number}" ""'

    @property
    def all(self) -> str:
        """A pipeline that gives the numbers of the ways so far."""
        return f'keys {self.taken} | sortAlpha | join ","'

    @property
    def last(self) -> tuple[str, str]:
        """What goes around a message that is the last to be heard of a template. It must be a string."""
        return "(print (trimSuffix `` (", f')) "{MARK}" ({self.all}) ";")'

    def wrap(self, whole: bool = False) -> tuple[str, str]:
        """What goes around data that somebody is called with; a `whole` pipeline needs parentheses."""
        before, after = ("(", ")") if whole else ("", "")
        return f"(list {before}", f'{after} {self.taken} "{WRAPPED}")'

    def record(self, value: str, number: str) -> tuple[str, str]:
        """What goes around an operand that gets the name `value` and tells the `number` of a way.

        It passes through a list, as its first element. `nil` is its own name: it cannot be assigned.
        """
        before, after = ("", "") if value == "nil" else (f"({value} := ", ")")
        return f"(index (list {before}", f'{after} (set {self.taken} {number} "")) 0)'

    def begin(self, is_file: bool, called: int | None) -> tuple[str, ...]:
        """Actions that take the data out of what they are wrapped in, and the way `called` down."""
        return (
            f"{self.data} := .",
            f"{self.taken} := dict",
            *((f"{self.wrapped} := false",) if is_file else ()),
            'if eq (kindOf .) "slice"',
            f'if eq (toString (last .)) "{WRAPPED}"',
            f"{self.data} = index . 0",
            f"{self.taken} = index . 1",
            *((f"{self.wrapped} = true",) if is_file else ()),
            "end",
            "end",
            f"{self.root} := {self.data}",
            *((self.mark(called),) if called is not None else ()),
        )

    def finish(self, template: Template) -> str:
        """Print the ways of a file where Helm itself executes it, and nowhere else."""
        path = PurePosixPath(template.name)
        if path.name.startswith("_"):
            return ""
        inner = "/".join(path.parts[path.parts.index("templates") :])
        last = template.nodes[-1]
        ends = isinstance(last, Text) and last.text.endswith("\n")
        return (
            f'{{{{ if and (not {self.wrapped}) (eq (kindOf {self.data}) "map") }}}}'
            f'{{{{ if hasKey {self.data} "Template" }}}}'
            f'{{{{ if hasSuffix "/{inner}" (toString {self.data}.Template.Name) }}}}'
            f"{OWN_DOCUMENT if ends else NEXT_DOCUMENT}{{{{ {self.all} }}}};\n"
            "{{ end }}{{ end }}{{ end }}"
        )
