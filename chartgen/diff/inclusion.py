"""Whether a schema accepts every document that another accepts: decided from their form, where it can be.

`narrower(old, new)` gives the places where the newer schema asks something that the older one did not. Each
is either sure (a type, a choice, a bound, a field) or open: two patterns, or conditions, whose documents only
a search can tell apart. No place means that the newer one accepts all that the older one did.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.diff import forms
from chartgen.diff.forms import Schema
from chartgen.frozen import Frozen
from chartgen.schema import compiled

Path = tuple[str, ...]  # keys, `[]` for the elements of a list, `*` for the values of open keys
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_LEAST = ("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum")
_MOST = ("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum")
_OBJECT = ("properties", "additionalProperties", "required", "propertyNames")
_SEEN = frozenset(("type", "enum", "const", "items", "uniqueItems", "anyOf", *_LEAST, *_MOST, *_OBJECT))
_FEW = 6  # values that are named
STEPS = 20_000  # comparisons for one setting: alternatives within alternatives multiply


class Place(Frozen):
    """Where the newer schema asks more. `sure` says that some document is refused that was accepted."""

    path: Path
    what: str
    sure: bool = False
    retyped: bool = False


class Schemas:
    """Compares parts of two documents of schemas, each with definitions of its own."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = (forms.definitions(root) for root in (old, new))
        self._left = STEPS

    def narrower(self, old: Schema, new: Schema, path: Path = (), depth: int = 0) -> tuple[Place, ...]:
        """Where `new` accepts less than `old`."""
        self._left = STEPS if depth == 0 else self._left - 1
        old, new = forms.resolved(old, self._old), forms.resolved(new, self._new)
        if new is True or new == {} or old is False or self._same(old, new):
            return ()
        if new is False:
            return (Place(path, "is accepted no more", sure=True),)
        if depth > forms.DEEP or self._left < 0:
            return (Place(path, "is too much to be compared"),)
        values = _values(old)
        if values is not None:
            return self._of_values(values, new, path)
        found = tuple(
            self._between(forms.plain(old) if old is not True else {}, forms.plain(new), path, depth)
        )
        choices = old.get("anyOf") if isinstance(old, Mapping) else None
        if found and choices:
            # Every alternative may fit the newer schema, though the older one as a whole says less.
            rest = {key: value for key, value in old.items() if key != "anyOf"}
            parts = [self.narrower(_both(rest, part), new, path, depth + 1) for part in choices]
            found = tuple(place for part in parts for place in part)
        return found

    def _of_values(self, values: list[Any], new: Schema, path: Path) -> tuple[Place, ...]:
        """The same for the only values there are: each is asked about."""
        judge = compiled({"allOf": [new], "definitions": dict(self._new)})
        lost = [value for value in values if not judge.accepts(value)]
        return (Place(path, f"takes {_listed(lost)} no more", sure=True),) if lost else ()

    def _same(self, old: Schema, new: Schema) -> bool:
        """Whether two schemas are the same but for their words, definitions included."""
        if old is True or new is False:
            return bool(old == new)
        left, right = forms.plain(old), forms.plain(new)
        if left != right:
            return False
        return forms.text(self._used(left, self._old)) == forms.text(self._used(right, self._new))

    def _used(self, schema: Schema, definitions: Mapping[str, Any]) -> dict[str, Any]:
        """The definitions that a schema leads to."""
        found: dict[str, Any] = {}
        todo = list(forms.references(schema))
        while todo:
            name = todo.pop()
            if name not in found:
                found[name] = forms.plain(definitions.get(name, True))
                todo += forms.references(found[name])
        return found

    def _between(self, old: dict[str, Any], new: dict[str, Any], path: Path, depth: int) -> Iterator[Place]:
        yield from _types(old, new, path)
        yield from _choices(new, path)
        yield from _bounds(old, new, path)
        if "object" in _kinds(old) and "object" in _kinds(new):
            yield from self._objects(old, new, path, depth)
        if "array" in _kinds(old) and "array" in _kinds(new):
            yield from self._lists(old, new, path, depth)
        if "anyOf" in new and old.get("anyOf") != new["anyOf"]:
            yield from self._any_of(old, new["anyOf"], path, depth)
        for key in sorted(new.keys() - _SEEN):
            if old.get(key) != new[key]:
                yield Place(path, f"its {key!r} is another one")

    def _any_of(self, old: dict[str, Any], choices: list[Any], path: Path, depth: int) -> Iterator[Place]:
        rest = {key: value for key, value in old.items() if key != "anyOf"}
        kinds = sorted(_kinds(old) - ({"integer"} if "number" in _kinds(old) else set()))
        for part in old.get("anyOf") or [{"type": kind} for kind in kinds]:
            whole = _both(rest, part)
            if all(self.narrower(whole, choice, path, depth + 1) for choice in choices):
                yield Place(path, "has other alternatives")
                return

    def _objects(self, old: dict[str, Any], new: dict[str, Any], path: Path, depth: int) -> Iterator[Place]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield Place((*path, name), "must be there")
        rest, open_ = new.get("additionalProperties", True), old.get("additionalProperties", True)
        if "patternProperties" in new:
            # Which keys the patterns take is not worked out here: those that no property has are left open.
            if new["patternProperties"] != old.get("patternProperties") or before.keys() - after.keys():
                yield Place(path, "has other patterns for its keys")
            rest = True
        for name, part in before.items():
            yield from self.narrower(part, after.get(name, rest), (*path, name), depth + 1)
        if open_ is not False:
            yield from self._open(old, new, (open_, rest), path, depth)

    def _open(
        self, old: dict[str, Any], new: dict[str, Any], rests: tuple[Any, Any], path: Path, depth: int
    ) -> Iterator[Place]:
        """Keys that the older schema has no name for, and `rests` are for in both."""
        for name, part in new.get("properties", {}).items():
            if name not in old.get("properties", {}):
                yield from self.narrower(rests[0], part, (*path, name), depth + 1)
        yield from self.narrower(*rests, (*path, "*"), depth + 1)
        if "propertyNames" in new and new["propertyNames"] != old.get("propertyNames"):
            names = old.get("propertyNames", True), new["propertyNames"]
            for place in self.narrower(*names, path, depth + 1):
                yield Place((*path, "*"), f"a key {place.what}")

    def _lists(self, old: dict[str, Any], new: dict[str, Any], path: Path, depth: int) -> Iterator[Place]:
        if new.get("uniqueItems") and not old.get("uniqueItems"):
            yield Place(path, "may hold nothing twice", sure=True)
        if isinstance(new.get("items", True), list):
            if new["items"] != old.get("items"):
                yield Place(path, "its 'items' are other ones")
        elif isinstance(old.get("items", True), list):
            yield Place(path, "its 'items' are other ones")
        else:
            yield from self.narrower(old.get("items", True), new.get("items", True), (*path, "[]"), depth + 1)


def _both(rest: Mapping[str, Any], part: Any) -> Any:
    """A schema and one of its alternatives; what both say is left to the alternative."""
    return {**rest, **part} if isinstance(part, Mapping) and "$ref" not in part else part


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    said = schema.get("type", _TYPES)
    kinds = {said} if isinstance(said, str) else set(said)
    return kinds | {"integer"} if "number" in kinds else kinds


def _values(schema: Schema) -> list[Any] | None:
    """The only values that a schema has, when it lists them."""
    if not isinstance(schema, Mapping):
        return None
    if "const" in schema:
        return [schema["const"]]
    found = schema.get("enum")
    return found if isinstance(found, list) else None


def _types(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> Iterator[Place]:
    lost = _kinds(old) - _kinds(new)
    if lost == {"number"} and "integer" in _kinds(new):
        yield Place(path, "takes whole numbers alone", sure=True)
    elif lost:
        retyped = not (_kinds(old) & _kinds(new))
        words = " or ".join(sorted(lost - {"integer"} if "number" in lost else lost))
        yield Place(path, f"takes no {words} any more", sure=True, retyped=retyped)


def _choices(new: Mapping[str, Any], path: Path) -> Iterator[Place]:
    after = _values(new)
    if after is not None:
        yield Place(path, f"takes only {_listed(after)}")


def _listed(values: list[Any]) -> str:
    shown = [json.dumps(value, ensure_ascii=False) for value in values[:_FEW]]
    return ", ".join(shown) + (f" and {len(values) - _FEW} more" if len(values) > _FEW else "")


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> Iterator[Place]:
    for key in (*_LEAST, *_MOST):
        if key not in new or not isinstance(new[key], int | float):
            continue
        zero = 0 if key in ("minLength", "minItems", "minProperties") else -math.inf
        least = key in _LEAST and new[key] > old.get(key, zero)
        if least or (key in _MOST and new[key] < old.get(key, math.inf)):
            yield Place(path, f"has {key} {new[key]:g}", sure=key in old)
