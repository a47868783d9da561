"""Whether what a person gives arrives: texts exactly as they are, and every setting somewhere.

The values of one setting are held against each other, everything else equal. A text that arrives nowhere
although other texts of the same place do was executed, cut, or read as something else than a text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.findings import Finding, Place, Severity
from chartgen.manifest import Rendering
from chartgen.settings import Setting
from chartgen.verify.space import Trial

ARRIVES, EFFECT = "arrives", "effect"
HELP = {
    ARRIVES: "Texts arrive in the objects as they were given: not executed, cut, or read as something else.",
    EFFECT: "Every setting changes something, under some value.",
}
_SHORT = 2  # characters: so short a text stands in many places by chance


class Arrival:
    """What came of the values of one setting, one after the other."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._first: tuple[frozenset[str], str] | None = None
        self._changed = self._seen = 0
        self._texts: dict[str, dict[str, tuple[bool, Trial]]] = {}  # by place within the value

    def add(self, trial: Trial, rendering: Rendering) -> None:
        """Takes in what came of a value."""
        digests = frozenset(manifest.digest for manifest in rendering.manifests)
        self._seen += 1
        if self._first is None:
            self._first = digests, rendering.notes
        if (digests, rendering.notes) == self._first:
            return
        self._changed += 1
        if self._setting.tpl or "enum" in self._setting.schema:
            return  # executed, as documented, or a word that decides something
        new = [m.data for m in rendering.manifests if m.digest not in self._first[0]]
        there = _Texts(new, rendering.notes)
        for place, text in _texts(values.get(trial.values, self._setting.path), ""):
            if len(text) > _SHORT:
                self._texts.setdefault(place, {})[text] = (text in there, trial)

    @property
    def without_effect(self) -> bool:
        """Whether no value has changed anything, and there were some to tell by."""
        return self._seen > 1 and not self._changed

    def findings(self) -> Iterator[tuple[Finding, Trial | None]]:
        """What is wrong with the setting, and the trial that shows it."""
        place = Place("values.yaml", path=self._setting.dotted)
        if self.without_effect:
            what = (
                f"{self._seen} different values make the same objects and notes: nothing reads this setting"
            )
            yield Finding(EFFECT, place, what, "remove it, or use it", Severity.ERROR), None
        for inner, texts in self._texts.items():
            if not any(arrived for arrived, _ in texts.values()):
                continue  # a word that decides something, and is not itself anywhere
            for text, (arrived, trial) in texts.items():
                if not arrived:
                    what = f"the text {text!r:.80} does not arrive as it is"
                    at = Place("values.yaml", path=f"{self._setting.dotted}{inner}")
                    yield Finding(ARRIVES, at, what, "quote it in the template, and do not execute it"), trial


class _Texts:
    """The texts in objects and notes, to be looked through."""

    def __init__(self, objects: list[Any], notes: str) -> None:
        self._whole = set[str]()
        for data in objects:
            self._whole.update(_strings(data))
        self._all = "\n\0".join([*self._whole, notes])

    def __contains__(self, text: str) -> bool:
        if text in self._whole or text in self._all:
            return True
        return b64encode(text.encode("utf-8", "surrogatepass")).decode() in self._whole


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        yield from map(str, data)
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, each with its place; elements of lists and keys of a person's have none."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{place}.{key}" if _word(key) else f"{place}.*")
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, f"{place}[]")


def _word(key: str) -> bool:
    return key.isidentifier()
