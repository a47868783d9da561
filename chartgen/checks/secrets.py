"""Nothing secret stands where anybody can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, Scene, entries, finding, mapping, once
from chartgen.findings import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.settings import Path

NAME = "secrets"
HELP = "No password, token or key is a literal outside a Secret."
# Names of variables that hold a secret. `SECRET_NAME`, `TOKEN_URL` or `PUBLIC_KEY` do not.
_SMELLS = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASS|PASSPHRASE|PWD|TOKEN|SECRET|CREDENTIALS?|(?<!PUBLIC_)KEY|API_?KEY)$",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"]+)@", re.IGNORECASE)
# A password that is taken from elsewhere, or stands for one: `$(X)`, `${X}`, `{{ x }}`, `<password>`, `***`;
# or no password at all, but a switch.
_PLACEHOLDER = re.compile(r"\$[({].*|\{\{.*|%.+%|<.*>|\*+|x+|true|false|yes|no|on|off|[01]", re.IGNORECASE)
_SHORT = 6  # characters: a shorter value stands in many places by chance
_HINT = "put it into a Secret and refer to it with valueFrom.secretKeyRef"


def check(scene: Scene) -> Iterator[Finding]:
    """Variables by their name, logins in URLs, and the values of settings that are marked secret."""
    hidden = tuple(_hidden(scene))
    for item in scene.items:
        if item.kind == "Secret":
            continue
        told = set()
        for path, what in (*_literals(item), *_leaks(item, hidden)):
            if path not in told:
                told.add(path)
                yield finding(NAME, item, path, what, _HINT, item.blame)
    for name, value in hidden:
        if value in scene.notes:
            place = Place("templates/NOTES.txt")
            hint = "tell how to read it with kubectl, and never the value"
            yield Finding(NAME, place, f"the notes show the value of the secret setting {name}", hint)


@once
def _literals(item: Item) -> Iterator[tuple[str, str]]:
    yield from _variables(item)
    yield from _logins(item)


def _variables(item: Item) -> Iterator[tuple[str, str]]:
    for container in item.containers:
        for path, entry in entries(container.data, "env", container.path):
            name, value = str(entry.get("name", "")), entry.get("value")
            literal = isinstance(value, str) and value and not _PLACEHOLDER.fullmatch(value)
            if literal and _SMELLS.search(name):
                yield f"{path}.value", f"{name} is a literal that everybody who sees the object can read"


def _logins(item: Item) -> Iterator[tuple[str, str]]:
    for path, text in item.texts if _LOGIN.search(item.text) else ():
        for match in _LOGIN.finditer(text) if "://" in text else ():
            if not _PLACEHOLDER.fullmatch(match[1]):
                yield path, "a URL with a password in it"
                break


def _hidden(scene: Scene) -> Iterator[tuple[str, str]]:
    """The values of settings that are marked secret: dotted path and value."""
    for path in scene.secrets:
        for values in (scene.case.values, scene.chart.default_values if scene.chart else {}):
            value = _lookup(values, path)
            if isinstance(value, str) and len(value) >= _SHORT:
                yield ".".join(path), value
                break


def _lookup(values: Mapping[str, Any], path: Path) -> Any:
    found: Any = values
    for key in path:
        found = mapping(found).get(key)
    return found


def _leaks(item: Item, hidden: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    there = [(name, value) for name, value in hidden if value in item.text]
    for path, text in item.texts if there else ():
        for name, value in there:
            if value in text:
                yield path, f"shows the value of the secret setting {name}"
