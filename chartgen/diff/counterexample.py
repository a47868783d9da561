"""A document that the older version of a chart takes and the newer one refuses, searched for.

Values of one setting are tried: those that are worth trying (chartgen.verify.typical), then some drawn by
chance from the older schema. Both schemas judge the whole document, on top of their own defaults.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chartgen.setflags import to_set
from chartgen.settings import Setting
from chartgen.values import coalesce
from chartgen.verify.document import alone, put
from chartgen.verify.draw import Impossible, seeded
from chartgen.verify.shrink import shrunk
from chartgen.verify.typical import typical

if TYPE_CHECKING:
    from chartgen.diff.subject import Side

DRAWN = 60  # values by chance
TRIES = 80  # values that are tried to make one smaller
_NOTHING = object()


class Search:
    """Asks two versions of a chart about values of one setting."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        self._drawing = seeded(old.contract.schema)

    def refused(self, setting: Setting) -> Any:
        """A value found that only the older version takes, made small, in a list; an empty list for none."""
        found = next((value for value in self._values(setting) if self._tells(setting, value)), _NOTHING)
        if found is _NOTHING:
            return []

        def fails(document: dict[str, Any]) -> bool:
            return "value" in document and self._tells(setting, document["value"])

        return [shrunk({"value": found}, fails, TRIES)["value"]]

    def _tells(self, setting: Setting, value: Any) -> bool:
        document = given(setting, value)
        return self._takes(self._old, document, setting) and not self._takes(self._new, document, setting)

    def _values(self, setting: Setting) -> Iterator[Any]:
        try:
            yield from typical(setting, self._drawing)
        except (Impossible, NotImplementedError, KeyError, TypeError, ValueError):
            return  # a schema of somebody's that our drawing cannot read: what was found so far has to do
        for _ in range(DRAWN):
            try:
                yield self._drawing.value(setting.schema)
            except (Impossible, NotImplementedError, KeyError, TypeError, ValueError):
                return

    def _takes(self, side: Side, document: dict[str, Any], setting: Setting) -> bool:
        """Whether a schema has nothing against the setting, whatever else it has to say."""
        found = side.validator.errors(coalesce(side.chart.default_values, document))
        return not any(_about(error.path, setting.path) for error in found)


def given(setting: Setting, value: Any) -> dict[str, Any]:
    """A document that gives a setting this value and nothing else."""
    document: dict[str, Any] = {}
    put(document, setting.path, alone(setting.default, value))
    return document


def flags(setting: Setting, value: Any) -> str:
    """The flags that give a setting a value, as a person types them; "" when it takes a file."""
    return to_set(given(setting, value)) or ""


def _about(found: tuple[str | int, ...], path: tuple[str, ...]) -> bool:
    """Whether an error is at, below, or above a setting: a level that is too much counts too."""
    length = min(len(found), len(path))
    return length > 0 and found[:length] == path[:length]
