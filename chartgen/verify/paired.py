"""Documents in which every two settings meet at each of their levels, and what is lost of that to the Rules.

The rows of the array are changed where a Rule refuses them, and with that lose pairs. A value that lost some
is then tried once more, held fast, beside every level of every other setting. Pairs that still stand in no
document that the Rules accept are counted: most of them are what a Rule is there to refuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from chartgen import values
from chartgen.frozen import Frozen
from chartgen.settings import Path, Setting
from chartgen.verify import pairs
from chartgen.verify.document import Document, Settled, alone, put

Level = tuple[int, int]  # which setting, and which of its levels
_AGAIN = 40  # values that are tried once more, at most
_ABSENT = object()


class Lost(Frozen):
    """How many pairs there are, and how many of them stand in no document that the Rules accept."""

    pairs: int = 0
    lost: int = 0


class Paired:
    """Makes the documents on top of `base`; `choices` are the levels of each setting."""

    def __init__(
        self,
        settings: Sequence[Setting],
        choices: Sequence[list[Any]],
        settled: Settled,
        base: Document,
        switches: Collection[Path],
    ) -> None:
        known = [(setting, found) for setting, found in zip(settings, choices, strict=True) if found]
        self._settings = [setting for setting, _ in known]
        self._levels = [[alone(setting.default, value) for value in found] for setting, found in known]
        self._on = [setting.path in switches for setting, _ in known]
        self._settled, self._base = settled, base

    @cached_property
    def documents(self) -> tuple[tuple[str, Document], ...]:
        """Each with its name: the rows, once with all that can be switched on switched on, and the others."""
        found = [
            (f"row {number + 1}{' with all switched on' if on else ''}", self._document(row, on))
            for on in (False, True)
            for number, row in enumerate(pairs.rows([len(levels) for levels in self._levels]))
        ]
        self._masks = [[0] * len(levels) for levels in self._levels]
        self._count = 0
        for _, document in found:
            self._met(document)
        for (column, level), _ in Counter(one for pair in self._lost() for one in pair).most_common(_AGAIN):
            found += self._again(column, level)
        return tuple(found)

    @cached_property
    def lost(self) -> Lost:
        """What became of all pairs in the documents."""
        assert self.documents
        sizes = [len(levels) for levels in self._levels]
        every = (sum(sizes) ** 2 - sum(size**2 for size in sizes)) // 2
        return Lost(every, sum(1 for _ in self._lost()))

    def _document(self, row: Sequence[int], on: bool, pinned: int = -1) -> Document:
        document = values.merge([self._base])
        for column, level in enumerate(row):
            value = True if on and self._on[column] and column != pinned else self._levels[column][level]
            put(document, self._settings[column].path, value)
        return self._settled.settle(document, [self._settings[pinned].path] if pinned >= 0 else ())

    def _again(self, column: int, level: int) -> Iterator[tuple[str, Document]]:
        """A value beside every level of each other setting, where no Rule refuses that."""
        for turn in range(max(map(len, self._levels))):
            row = [(turn + place) % len(levels) for place, levels in enumerate(self._levels)]
            row[column] = level
            document = self._document(row, on=True, pinned=column)
            if self._met(document):
                name = self._settings[column].dotted
                yield f"{name} at level {level + 1}, turn {turn + 1}", document

    def _met(self, document: Document) -> bool:
        """Takes down the levels in a document, unless a Rule refuses it; says whether none does."""
        if self._settled.refusals(document):
            return False
        bit = 1 << self._count
        self._count += 1
        for setting, levels, masks in zip(self._settings, self._levels, self._masks, strict=True):
            value = values.get(document, setting.path, _ABSENT)
            for number, level in enumerate(levels):
                if type(value) is type(level) and value == level:
                    masks[number] |= bit
                    break
        return True

    def _lost(self) -> Iterator[tuple[Level, Level]]:
        """The pairs that meet in none of the documents so far."""
        for column, masks in enumerate(self._masks):
            for other in range(column):
                for level, mask in enumerate(masks):
                    for beside, theirs in enumerate(self._masks[other]):
                        if not mask & theirs:
                            yield (column, level), (other, beside)
