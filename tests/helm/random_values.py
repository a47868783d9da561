"""Values documents for a chart, drawn from the settings that it declares: most fit, some do not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from chartgen import contract, values
from chartgen.chart import Chart
from chartgen.settings import Path, Setting
from tests.helm.random_schema import Drawing, Impossible

Values = Mapping[str, Any]
_SWITCHES = ("enabled", "create")
_WRONG: tuple[Any, ...] = (
    *(True, -1, 1.5, 10**6, "x", "A b/:", "", [], ["x", "x"], [0], {}, {"unknown": 1}, {"a": None}),
)
_SPOILED = 0.15  # of the documents
# Chance makes no Kubernetes object: what a list of templates holds is some of these.
_OBJECTS = (
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "{{ .Release.Name }}-a"},
        "data": {"n": "1"},
    },
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ printf "%s-b" .Release.Name }}\n',
    "{{- if .Release.IsUpgrade }}\napiVersion: v1\nkind: Namespace\nmetadata: {name: later}\n{{- end }}\n",
    "\n# nothing but a comment\n",
    "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: listed}}\n",
)


def documents(chart: Chart, seed: str, count: int, bases: Sequence[Values] = ({},)) -> list[dict[str, Any]]:
    """`count` documents, the same for the same chart and seed, each on top of one of `bases`.

    The settings are dealt out like cards, a few to a document, so that each comes up about equally often.
    """
    return list(_Documents(chart, random.Random(seed)).on(bases, count))


class _Documents:
    def __init__(self, chart: Chart, chance: random.Random) -> None:
        declared = contract.read(chart)
        self._chance, self._draw = chance, Drawing(declared.schema, chance)
        self._settings = declared.settings
        self._switches = {s.path for s in self._settings if s.path[-1] in _SWITCHES}

    def on(self, bases: Sequence[Values], count: int) -> Iterator[dict[str, Any]]:
        cards = chain.from_iterable(map(self._shuffled, repeat(self._settings)))
        for _ in range(count):
            document: dict[str, Any] = {}
            for _ in range(self._chance.choice((1, 2, 3, 5, 8))):
                self._add(document, next(cards))
            if self._chance.random() < _SPOILED:
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
        for length in range(1, len(setting.path)):
            for switch in _SWITCHES:
                path = (*setting.path[:length], switch)
                if path in self._switches and path != setting.path and self._chance.random() < 0.75:
                    _put(document, path, True)
        by_old_name = setting.renamed_from and self._chance.random() < 0.3
        _put(document, setting.renamed_from if by_old_name else setting.path, found)

    def _value(self, setting: Setting) -> Any:
        if not setting.needed and self._chance.random() < 0.05:
            return None
        if setting.examples and self._chance.random() < 0.2:
            return self._chance.choice(setting.examples)
        if setting.tpl and setting.schema.get("type") == "array":
            return self._chance.sample(_OBJECTS, self._chance.randint(0, 3))
        found = self._draw.value(setting.schema)
        if isinstance(found, dict) and isinstance(setting.default, Mapping) and self._chance.random() < 0.7:
            # Tables merge: whoever wants only these keys has to delete those of the default.
            found = dict.fromkeys(key for key in setting.default if key not in found) | found
        return found

    def _spoil(self, document: dict[str, Any], setting: Setting) -> None:
        if self._chance.random() < 0.3:
            _put(document, (*setting.path[:-1], "unknownName"), 1)
            return
        if self._chance.random() < 0.2:
            _put(document, setting.path[:-1] or setting.path, None)
            return
        wrong: list[Any] = [value for value in _WRONG if not self._draw.fits(setting.schema, value)]
        _put(document, setting.path, self._chance.choice(wrong or [None]))


def _put(document: dict[str, Any], path: Path, value: Any) -> None:
    level = document
    for key in path[:-1]:
        below = level.get(key)
        level[key] = level = below if isinstance(below, dict) else {}
    level[path[-1]] = value
