"""`--set` both ways: read as Helm reads it, and written to reproduce given values.

The grammar is the one of Helm's pkg/strvals/parser.go (the same in 3.18 and 4.2), its corners
included: `a[0].b=` sets nothing, `a.` is no error, and a list needs no comma after its brace.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.errors import UsageError

MAX_INDEX = 65536
MAX_LEVELS = 30
_WHOLE = re.compile(r"[-+]?[0-9]+", re.ASCII)
_INT64 = range(-(1 << 63), 1 << 63)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "0": 0}


def parse_set(
    expression: str, into: Mapping[str, Any] | None = None, *, strings: bool = False
) -> dict[str, Any]:
    """The values that `--set expression` gives, or `--set-string` with `strings`, on top of `into`.

    Raises UsageError where Helm refuses the expression.
    """
    data = json.loads(json.dumps(into or {}))
    parser = _Parser(expression, strings)
    while not parser.key(data, 0):
        pass
    return dict(data)


def typed(text: str) -> Any:
    """What `--set` makes of a value: true, false, null and integers in their type, else the text."""
    word = text.casefold()
    if word in _WORDS:
        return _WORDS[word]
    if not text.startswith("0") and _WHOLE.fullmatch(text) and int(text) in _INT64:
        return int(text)
    return text


class _Parser:
    """A reader of one expression; `key` and `item` say whether the expression ended in the middle."""

    def __init__(self, text: str, strings: bool) -> None:
        self._text, self._at, self._strings = text, 0, strings

    def key(self, data: dict[str, Any], level: int) -> bool:
        """Read `name=value`, `name[...` or `name.` with what follows into `data`."""
        name, stop = self._until("=[,.")
        if not stop:
            if name:
                raise self._wrong(f"the key {name!r} has no value")
            return True
        if stop == ",":
            raise self._wrong(f"the key {name!r} has no value before the comma")
        if stop == "[":
            return self._indexed(data, name, level)
        if stop == ".":
            return self._nested(data, name, level + 1)
        ended = self._at == len(self._text)
        _put(data, name, "" if ended else self._value())
        return ended

    def _indexed(self, data: dict[str, Any], name: str, level: int) -> bool:
        index = self._index()
        old = data.get(name, [])
        if not isinstance(old, list):
            raise self._wrong(f"{name!r} is not a list")
        items, ended = self._item(list(old), index, level)
        _put(data, name, items)
        return ended

    def _nested(self, data: dict[str, Any], name: str, level: int) -> bool:
        if level > MAX_LEVELS:
            raise self._wrong(f"more than {MAX_LEVELS} levels")
        inner = data.get(name, {})
        if not isinstance(inner, dict):
            raise self._wrong(f"{name!r} is not a table")
        ended = self.key(inner, level)
        if not ended and not inner:
            raise self._wrong(f"the key {name!r} has no value")
        if inner:
            _put(data, name, inner)
        return ended

    def _item(self, items: list[Any], index: int, level: int) -> tuple[list[Any], bool]:
        rest, stop = self._until("[.=")
        if rest:
            raise self._wrong(f"{rest!r} after a list index")
        if not stop:
            return items, True
        old = items[index] if index < len(items) else None
        if stop == "=":
            return self._placed(items, index, "" if self._at == len(self._text) else self._value()), False
        if stop == "[":
            return self._item_of_list(items, index, level, old)
        inner = old if isinstance(old, dict) else {}
        if index < len(items):
            items[index] = inner
        if self.key(inner, level):
            return items, True
        return self._placed(items, index, inner), False

    def _item_of_list(self, items: list[Any], index: int, level: int, old: Any) -> tuple[list[Any], bool]:
        further = self._index()
        if old is not None and not isinstance(old, list):
            raise self._wrong("a list index on what is not a list")
        inner, ended = self._item(old or [], further, level)
        return (items, True) if ended else (self._placed(items, index, inner), False)

    def _placed(self, items: list[Any], index: int, value: Any) -> list[Any]:
        if index > MAX_INDEX:
            raise self._wrong(f"the index {index} is above {MAX_INDEX}")
        items += [None] * (index + 1 - len(items))
        items[index] = value
        return items

    def _index(self) -> int:
        digits, stop = self._until("]")
        if not stop or not _WHOLE.fullmatch(digits) or int(digits) < 0 or int(digits) not in _INT64:
            raise self._wrong(f"{digits!r} is not a list index")
        return int(digits)

    def _value(self) -> Any:
        if self._text[self._at] != "{":
            return self._typed(self._until(",")[0])
        self._at += 1
        items = []
        while True:
            text, stop = self._until(",}")
            if not stop:
                raise self._wrong("a list must end with }")
            items.append(self._typed(text))
            if stop == "}":
                self._at += self._text[self._at : self._at + 1] == ","
                return items

    def _typed(self, text: str) -> Any:
        return text if self._strings else typed(text)

    def _until(self, stops: str) -> tuple[str, str]:
        """The unescaped text up to one of `stops`, and that stop; no stop at the end."""
        found: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character in stops:
                return "".join(found), character
            if character == "\\":
                character = self._text[self._at : self._at + 1]
                self._at += 1
            found.append(character)
        return "".join(found), ""

    def _wrong(self, what: str) -> UsageError:
        return UsageError(
            f"--set {self._text}: {what}", "the form is name.inner=value,list[0]=value,other={a,b}"
        )


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    if name:
        data[name] = value


def to_set(values: Mapping[str, Any]) -> str | None:
    """The flags, quoted for a shell, that give `values` to Helm; None when that takes a file.

    Texts that `--set` would turn into something else go through `--set-string`; lists, empty tables
    and fractions through `--set-json`. A file is needed for empty keys and more than 30 levels.
    """
    flags = []
    for path, value in _settable(values, ()):
        if "" in path or len(path) > MAX_LEVELS:
            return None
        flag, text = _flag(value)
        flags.append(f"{flag} {shlex.quote('.'.join(map(_escaped, path)) + '=' + text)}")
    return " ".join(flags)


def _settable(values: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _settable(value, (*above, key))
        else:
            yield (*above, key), value


def _flag(value: Any) -> tuple[str, str]:
    if isinstance(value, str):
        text = re.sub(r"([\\,]|^\{)", r"\\\1", value)
        return ("--set" if typed(value) == value and isinstance(typed(value), str) else "--set-string"), text
    plain = value is None or isinstance(value, bool) or (isinstance(value, int) and value in _INT64)
    return ("--set" if plain else "--set-json"), json.dumps(value, ensure_ascii=False)


def _escaped(key: str) -> str:
    return re.sub(r"([\\.,=\[]|^\{)", r"\\\1", key)
