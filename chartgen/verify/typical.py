"""The values of a setting that are worth trying: its bounds, each choice, and what breaks templates."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from chartgen.settings import Schema, Setting
from chartgen.verify.draw import TEXTS, Drawing, Impossible, named_once

# Names as long as those of a port, a label and an object may be; texts that are long, or wide.
LONG = ("a" * 15, "b" * 63, ".".join(["c" * 63] * 3 + ["d" * 61]), "x" * 1000, "é€😀" * 20)
# What one form of scalar or another wants: quantities, durations, addresses, paths, versions.
FORMS = (
    *"1 100m 1.5Gi 512Mi 30s 1h 10.0.0.0/8 10.0.0.1 fd00::1 / /a a/b a.example.com *.example.com".split(),
    *"https://a.b/c 50% 8080 0.5 UTC None latest".split(),
    "*/5 * * * *",
)
_PORTS = (80, 443, 1023, 1024, 30000, 32767, 65535, 65536)
NUMBERS = (0, 1, -1, 2, *_PORTS, 1_000_000, 2**31 - 1, 2**31, 0.5, 3.0)
# Chance makes no Kubernetes object: what a list of templates holds is some of these.
OBJECTS: tuple[Any, ...] = (
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
_EMPTY: tuple[Any, ...] = ("", [], {}, 0, False)
_DRAWN = 4  # values by chance of a form that only the schema knows
_DEEP = 3  # levels, below which one value is enough
_MATCHES = 4  # texts for a pattern


def typical(setting: Setting, drawing: Drawing) -> list[Any]:
    """Different values that the setting's schema accepts, its default first; the same every time."""
    drawn: Iterable[Any] = _Forms(drawing, setting.dotted).of(setting.schema)
    if setting.tpl and setting.schema.get("type") == "array":
        drawn = [*([item] for item in OBJECTS), list(OBJECTS)]
    if setting.secret:
        # Like no other value, so that it is known wherever it turns up.
        marked = [f"secret of {setting.dotted}: {text}{'.' * 32}" for text in TEXTS]
        fitting = [text for text in marked if drawing.fits(setting.schema, text)]
        drawn = fitting or drawn
    tries = (setting.default, *setting.examples, *_EMPTY, *drawn)
    return [value for value in _distinct(tries) if value is not None and drawing.fits(setting.schema, value)]


def levels(found: list[Any], most: int) -> list[Any]:
    """At most `most` of the typical values: the first, an empty one, and the rest from short to long."""
    if len(found) <= most:
        return found
    empty = [value for value in found[1:] if not value][:1]
    rest = sorted((v for v in found[1:] if v not in empty), key=lambda v: len(json.dumps(v)))
    wanted = most - 1 - len(empty)
    step = (len(rest) - 1) / max(1, wanted - 1)
    return _distinct([found[0], *empty, *(rest[round(n * step)] for n in range(wanted))])


def _distinct(found: Iterable[Any]) -> list[Any]:
    unique: dict[str, Any] = {}
    for value in found:
        unique.setdefault(json.dumps(value, sort_keys=True), value)
    return list(unique.values())


class _Forms:
    """Values by the form of a schema. Whether they fit is asked of the schema as a whole, afterwards."""

    def __init__(self, drawing: Drawing, seed: str) -> None:
        self._drawing, self._chance = drawing, random.Random(seed)

    def of(self, schema: Any, depth: int = 0) -> Iterator[Any]:
        """Values for a schema, the plainest first."""
        found = self._drawing.target(schema) if isinstance(schema, dict) else {}
        if "const" in found or "enum" in found:
            yield from found.get("enum", [found.get("const")])
            return
        for part in (*found.get("anyOf", ()), *found.get("oneOf", ())):
            yield from self.of({**_around(found), **part} if "$ref" not in part else part, depth)
        kinds = found.get("type", ())
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            yield from self._kind(kind, found, depth)
        if found.keys() & {"if", "allOf", "anyOf", "oneOf"} or not kinds:
            yield from self._drawn(found, _DRAWN)

    def _kind(self, kind: str, schema: Schema, depth: int) -> Iterator[Any]:
        if kind == "boolean":
            yield from (True, False)
        elif kind in ("integer", "number"):
            bounds = [schema[key] + n for key in ("minimum", "maximum") if key in schema for n in (0, -1, 1)]
            yield from (*bounds, *NUMBERS)
        elif kind == "string":
            yield from self._texts(schema)
        elif kind == "array":
            yield from self._lists(schema, depth)
        elif kind == "object":
            yield from self._maps(schema, depth)

    def _texts(self, schema: Schema) -> Iterator[str]:
        if "pattern" in schema:
            yield from map(str, self._drawn({**schema, "type": "string"}, _MATCHES))
        yield from (*TEXTS, *FORMS, *LONG)
        longest = schema.get("maxLength")
        if longest:
            yield from ("y" * longest, "y" * (longest - 1))

    def _lists(self, schema: Schema, depth: int) -> Iterator[list[Any]]:
        items = named_once(self._fitting(schema.get("items", True), depth))
        yield []
        yield items[:1]
        yield items[:3]
        most = schema.get("maxItems", len(items))
        yield from (items[start : start + most] for start in range(0, len(items), max(1, most)))

    def _maps(self, schema: Schema, depth: int) -> Iterator[dict[str, Any]]:
        yield {}
        known, needed = schema.get("properties", {}), schema.get("required", ())
        least = {key: next(iter(self._fitting(known.get(key, True), depth)), None) for key in needed}
        yield least
        whole = dict(least)
        for key, part in known.items():
            for value in self._fitting(part, depth)[: 1 if depth else 3]:
                whole[key] = value
                yield {**least, key: value}
        yield whole
        more = schema.get("additionalProperties", not known)
        if more is not False:
            yield from self._open(schema, more, depth)

    def _open(self, schema: Schema, more: Any, depth: int) -> Iterator[dict[str, Any]]:
        """Maps with keys of a person's: one, and as many as there are values, which all keys share."""
        found = self._fitting(more, depth)
        keys = self._fitting({"type": "string", "minLength": 1, **schema.get("propertyNames", {})}, depth)
        if found and keys:
            yield {keys[0]: found[0]}
            yield {key: found[n % len(found)] for n, key in enumerate(keys)}
            yield {f"{keys[0]}{n}": value for n, value in enumerate(found)}

    def _fitting(self, schema: Any, depth: int) -> list[Any]:
        """Values that a part of the schema accepts."""
        if schema is False or depth > _DEEP:
            return []
        values = chain(self._drawn(schema, 1), self.of(schema, depth + 1))
        found = [value for value in _distinct(values) if self._drawing.fits(schema, value)]
        return found if depth == 0 else found[:2]

    def _drawn(self, schema: Any, count: int) -> Iterator[Any]:
        for _ in range(count):
            try:
                yield self._drawing.value(schema)
            except Impossible:
                return


def _around(schema: Schema) -> Schema:
    """What holds beside a choice, for each side of it."""
    return {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "$comment")}
