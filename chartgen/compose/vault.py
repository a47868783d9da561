"""Values that must stay hidden: which they are, and which secret of app.yaml each becomes.

A value that is the same in two places is one secret, or the two would no longer fit together once somebody
replaces it. No value ever leaves this module: others hold the key that it goes by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from chartgen.compose.interpolate import HELD, Scope
from chartgen.compose.naming import slug, unique
from chartgen.compose.sensitive import is_handed_out, is_secret, is_switch
from chartgen.compose.service import Service
from chartgen.frozen import Frozen

_IN_URL = re.compile(r"://[^/:@\s]*:(?P<value>[^/@\s]+)@")
# What stands before a value that is a password: a plain `postgres` may be the user or the host as well.
_BEFORE = re.compile(
    r"(?:://[^/:@\s]*:"
    r"|(?:pass|password|passwd|pwd|secret|token|requirepass|masterauth)['\"]?\s*[=: ]\s*['\"]?"
    r"|(?:^|\s)-[ap]\s?)$",
    re.IGNORECASE,
)


class Entry(Frozen):
    """A secret of app.yaml with its one key. `made` says whether a random value serves."""

    name: str
    key: str
    made: bool
    why: str = ""

    def block(self) -> dict[str, Any]:
        """What app.yaml says of it."""
        origin = "job" if self.made else "none"
        return {
            "generate": origin,
            "keys": {self.key: {"length": 32, "description": self.why}},
        }


class Span(Frozen):
    """A part of a text that an entry stands for."""

    start: int
    end: int
    entry: Entry


class Vault:
    """Every hidden value of a project."""

    def __init__(self, services: Iterable[Service], scope: Scope, taken: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}  # the variable to the first of the same value
        self._values: dict[str, str] = {}  # the value to its variable
        self._about: dict[str, list[str]] = {}
        for name, value in scope.hidden.items():
            self._hold(name, value)
        for service in services:
            for name, (value, _) in service.environment.items():
                self._environment(service.name, name, value or "")
        names = unique(dict.fromkeys(self._names.values()), taken=taken)
        self._entries = {n: Entry(names[n], _key(n), not is_handed_out(n), self._why(n)) for n in names}

    def _hold(self, name: str, value: str | None) -> str:
        first = self._values.setdefault(value, name) if value else name
        self._names.setdefault(name, first)
        return self._names[name]

    def _environment(self, service: str, name: str, value: str) -> None:
        held = [self._names[m] for m in HELD.findall(value) if m in self._names]
        plain = HELD.sub("", value)
        if is_secret(name) and plain and not held and not is_switch(plain):
            taken = name in self._names and self._values.get(value) != self._names[name]
            held.append(
                self._hold(f"{slug(service).upper().replace('-', '_')}_{name}" if taken else name, value)
            )
        passwords = [match["value"] for match in _IN_URL.finditer(value)]
        written = [word for word in passwords if not HELD.search(word) and "$" not in word]
        held += [self._hold(f"{name}_PASSWORD", word) for word in written]
        for first in held:
            self._about.setdefault(first, []).append(f"{name} of {service}")

    def _why(self, name: str) -> str:
        uses = list(dict.fromkeys(self._about.get(name, ())))
        return ", ".join(uses[:4]) + (", and more" if len(uses) > 4 else "")

    @property
    def entries(self) -> dict[str, Entry]:
        """Every entry by the name of its secret, in the order in which they were met."""
        return {entry.name: entry for entry in self._entries.values()}

    def of_variable(self, name: str) -> Entry | None:
        """The entry of a variable, if it holds one of the values."""
        return self._entries.get(self._names.get(name, ""))

    def spans(self, text: str, name: str = "", before: str = "") -> Iterator[Span]:
        """The parts of a text that must not be seen: of the variable `name`, or after the word `before`."""
        taken: list[tuple[int, int]] = []
        for match in HELD.finditer(text):
            if match[1] in self._names:
                taken.append(match.span())
                yield Span(*match.span(), self._entries[self._names[match[1]]])
        if not taken and is_secret(name) and text in self._values:
            yield Span(0, len(text), self._entries[self._names[self._values[text]]])
            return
        for value, first in sorted(self._values.items(), key=lambda item: -len(item[0])):
            for match in re.finditer(rf"(?<![\w]){re.escape(value)}(?![\w])", text):
                free = all(match.end() <= start or end <= match.start() for start, end in taken)
                if free and _BEFORE.search(text[: match.start()] or f"{before} "):
                    taken.append(match.span())
                    yield Span(*match.span(), self._entries[self._names[first]])


def _key(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)
