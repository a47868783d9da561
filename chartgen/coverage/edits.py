"""Texts put into a source at exact places, in an order that does not depend on who asked first."""

from __future__ import annotations

from typing import NamedTuple

from chartgen.template.lexer import SPACES

# What comes first at one place: the end of an operand, then whole actions, then the start of an operand.
_AFTER, _BETWEEN, _BEFORE, _INSTEAD = range(4)


class _Edit(NamedTuple):
    at: int
    rank: int
    order: int
    text: str
    drop: int = 0


class Edits:
    """Changes of one text, applied at once; every place is an offset into the text as it was."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._edits: list[_Edit] = []

    def wrap(self, span: tuple[int, int], before: str, after: str) -> None:
        """Put an operand between two texts. Of operands inside each other the outer one is put outside."""
        start, end = span
        self._edits += [_Edit(start, _BEFORE, -end, before), _Edit(end, _AFTER, -start, after)]

    def replace(self, start: int, length: int, text: str) -> None:
        """Another text for `length` characters; none of them may be the place of another change."""
        self._edits.append(_Edit(start, _INSTEAD, 0, text, length))

    def append(self, text: str) -> None:
        """A text after everything."""
        self._edits.append(_Edit(len(self._source), _BETWEEN, 1, text))

    def actions(self, at: int, *inner: str) -> None:
        """Actions at the start of a body, where the action before it ends; they trim as that one does."""
        closing = " -}}" if at and self._source.endswith("-}}", 0, at) else " }}"
        text = "".join(f"{{{{ {action}{closing}" for action in inner)
        self._edits.append(_Edit(at, _BETWEEN, 0, text))

    def otherwise(self, at: int, inner: str) -> None:
        """An `{{ else }}` with an action, before an `{{ end }}`, whose trimming it takes over."""
        trims = self._source.startswith("{{-", at) and self._source[at + 3 : at + 4] in tuple(SPACES)
        opening = "{{-" if trims else "{{"
        self._edits.append(_Edit(at, _BETWEEN, 1, f"{opening} else }}}}{{{{ {inner} }}}}"))

    def applied(self) -> str:
        """The text with all changes in it."""
        parts, at = [], 0
        for edit in sorted(self._edits):
            parts += [self._source[at : edit.at], edit.text]
            at = edit.at + edit.drop
        return "".join([*parts, self._source[at:]])
