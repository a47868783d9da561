"""Values documents for a chart, drawn from the settings that it declares: most fit, some do not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

from chartgen import values
from chartgen.contract import OWN, Contract
from chartgen.settings import Setting
from chartgen.verify.document import Values, above, alone, put, switches
from chartgen.verify.draw import Drawing, Impossible
from chartgen.verify.typical import OBJECTS

_WRONG: tuple[Any, ...] = (
    *(True, -1, 1.5, 10**6, "x", "A b/:", "", [], ["x", "x"], [0], {}, {"unknown": 1}, {"a": None}),
)
_SPOILED = 0.15  # of the documents


def documents(
    declared: Contract, seed: str, count: int, bases: Sequence[Values] = ({},)
) -> Iterator[dict[str, Any]]:
    """`count` documents, the same for the same contract and seed, each on top of one of `bases`.

    The settings are dealt out like cards, a few to a document, so that each comes up about equally often.
    """
    return _Documents(declared, random.Random(seed)).on(bases, count)


class _Documents:
    def __init__(self, declared: Contract, chance: random.Random) -> None:
        self._chance, self._draw = chance, Drawing(declared.schema, chance)
        self._settings = declared.settings
        self._switches = switches(self._settings)
        self._told = OWN in declared.schema  # what a chart without a contract refuses, it does not say

    def on(self, bases: Sequence[Values], count: int) -> Iterator[dict[str, Any]]:
        cards = chain.from_iterable(map(self._shuffled, repeat(self._settings)))
        for _ in range(count):
            document: dict[str, Any] = {}
            for _ in range(self._chance.choice((1, 2, 3, 5, 8))):
                self._add(document, next(cards))
            if self._told and self._chance.random() < _SPOILED:
                self._spoil(document, next(cards))
            yield values.merge([self._chance.choice(bases), document])

    def _shuffled(self, settings: tuple[Setting, ...]) -> list[Setting]:
        return self._chance.sample(settings, len(settings))

    def _add(self, document: dict[str, Any], setting: Setting) -> None:
        """Give a setting a value and, mostly, switch on what it is a part of."""
        try:
            found = self._value(setting)
        except Impossible:
            return
        for path in above(setting.path, self._switches):
            if self._chance.random() < 0.75:
                put(document, path, True)
        by_old_name = setting.renamed_from and self._chance.random() < 0.3
        put(document, setting.renamed_from if by_old_name else setting.path, found)

    def _value(self, setting: Setting) -> Any:
        if self._told and not setting.needed and self._chance.random() < 0.05:
            return None
        if setting.examples and self._chance.random() < 0.2:
            return self._chance.choice(setting.examples)
        if setting.tpl and setting.schema.get("type") == "array":
            return self._chance.sample(OBJECTS, self._chance.randint(0, 3))
        found = self._draw.value(setting.schema)
        if self._chance.random() < 0.7:
            # Tables merge: whoever wants only these keys has to delete those of the default.
            found = alone(setting.default, found)
        return found

    def _spoil(self, document: dict[str, Any], setting: Setting) -> None:
        if self._chance.random() < 0.3:
            put(document, (*setting.path[:-1], "unknownName"), 1)
            return
        if self._chance.random() < 0.2:
            put(document, setting.path[:-1] or setting.path, None)
            return
        wrong: list[Any] = [value for value in _WRONG if not self._draw.fits(setting.schema, value)]
        put(document, setting.path, self._chance.choice(wrong or [None]))
