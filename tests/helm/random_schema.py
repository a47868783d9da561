"""Values that fit a draft-07 JSON Schema, drawn by chance, with a liking for what breaks templates.

The library for this, hypothesis-jsonschema 0.23.1, had its last release in February 2024 and fails with
today's hypothesis. This one draws by construction, follows conditions by folding one side of them in,
and takes what a validator accepts: the schema has the last word, so nothing here has to be complete.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

from chartgen.kubernetes.definitions import PREFIX
from chartgen.schema import Validator, compiled
from tests.helm.random_text import matching

TRIES = 60
_SIMPLE = frozenset(
    "$comment additionalProperties const default description enum items maxItems maximum minItems minimum "
    "properties required title type x-chartgen".split()
)
# What YAML, Go templates or shells read as something else than the text it is. (Not `<no value>`: that text
# Helm itself takes out of whatever it renders.)
TEXTS = (
    "", "a", "true", "no", "null", "~", "0", "010", "1e3", "0x1F", "1.10", "2001-01-01", "08:30", "x y", "*", "%",
    "- x", "a: b", "#x", " x ", "'", 'quo"te', "a\nb\n", "\ttab", "é€😀", "{{ .Release.Name }}", "{{", "$(HOME)",
    "$HOME`id`", "\\n", "@x", "&x", "x" * 64, "=", "a,b", "[]", "{}",
)  # fmt: skip
_LARGE = 2**31 - 1  # what an API server takes for an int32


class Impossible(Exception):  # noqa: N818  # not an error: the drawing is tried again without it
    """No value was found that fits."""


class Drawing:
    """Draws values that fit the parts of one schema; the same for the same `chance`."""

    def __init__(self, root: Mapping[str, Any], chance: random.Random) -> None:
        self._definitions: Mapping[str, Any] = root.get("definitions", {})
        self._chance = chance
        self._validators: dict[str, Validator] = {}

    def fits(self, schema: Any, value: Any) -> bool:
        """Whether `value` is one that `schema`, a part of the root, accepts."""
        text = json.dumps(schema)
        if text not in self._validators:
            whole = {"allOf": [schema], "definitions": self._definitions}
            self._validators[text] = compiled(whole, trusted=True)
        return self._validators[text].accepts(value)

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value that fits. Raises Impossible when none is found in TRIES."""
        if schema is False:
            raise Impossible
        if schema is True or not schema:
            return self._chance.choice([True, 1, "a", ["a"], {"a": "b"}])
        if "$ref" in schema:
            return self.value(self._target(schema), depth)
        checked = not schema.keys() <= _SIMPLE
        for _ in range(TRIES):
            found = self._drawn(self._decided(schema), depth)
            if not checked or self.fits(schema, found):
                return found
        raise Impossible(json.dumps(schema)[:200])

    def _target(self, schema: Any) -> Any:
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self._definitions[schema["$ref"].removeprefix(PREFIX)]
        return schema

    def _decided(self, schema: Any) -> dict[str, Any]:
        """The schema with one alternative of each choice, and one side of each condition, folded in."""
        found = {k: v for k, v in self._target(schema).items() if k not in _CHOICES}
        parts = list(self._target(schema).get("allOf", ()))
        for key in ("anyOf", "oneOf"):
            if key in self._target(schema):
                parts.append(self._chance.choice(self._target(schema)[key]))
        if "if" in self._target(schema):
            condition = self._target(schema)
            sides = [[condition["if"], condition.get("then", True)], [condition.get("else", True)]]
            parts += self._chance.choice(sides)
        for part in parts:
            found = _both(found, self._decided(part) if isinstance(part, dict) else {})
        return found

    def _drawn(self, schema: Mapping[str, Any], depth: int) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        kinds = schema.get("type", _kind(schema))
        kind = self._chance.choice(kinds) if isinstance(kinds, list) else kinds
        draw = {
            "object": self._object, "array": self._array, "string": self._text, "integer": self._integer,
            "number": self._number, "boolean": self._boolean, "null": lambda *_: None,
        }[kind]  # fmt: skip
        return draw(schema, depth)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        known: Mapping[str, Any] = schema.get("properties", {})
        needed = list(schema.get("required", ()))
        others = [name for name in known if name not in needed and known[name] is not False]
        least = max(0, schema.get("minProperties", 0) - len(needed))
        most = schema.get("maxProperties", 99) - len(needed)
        wanted = min(most, len(others), max(least, self._few(3 if depth < 4 else 1)))
        found = {name: self.value(known.get(name, True), depth + 1) for name in needed}
        for name in self._chance.sample(others, max(0, wanted)):
            try:
                found[name] = self.value(known[name], depth + 1)
            except Impossible:
                continue
        more = schema.get("additionalProperties", {} if not known else False)
        for _ in range(0 if more is False or known else max(least, min(most, self._few(3)))):
            found[self._name(schema)] = self.value(more or {"type": ["object", "string"]}, depth + 1)
        return found

    def _name(self, schema: Mapping[str, Any]) -> str:
        return str(self.value({"type": "string", "minLength": 1, **self._target(schema.get("propertyNames", {}))}))

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", 99), least + self._few(2 if depth < 4 else 1))
        items = [self.value(schema.get("items", True), depth + 1) for _ in range(most)]
        unique = {json.dumps(item, sort_keys=True): item for item in items}
        return list(unique.values()) if schema.get("uniqueItems") else items

    def _text(self, schema: Mapping[str, Any], depth: int) -> str:
        pattern, most = schema.get("pattern"), schema.get("maxLength", 99)
        if pattern is None or self._chance.random() < 0.4:
            alone = {key: schema[key] for key in ("pattern", "minLength", "maxLength") if key in schema}
            fitting = [t for t in (*TEXTS, "y" * min(most, 300)) if self.fits({"type": "string", **alone}, t)]
            if fitting:
                return self._chance.choice(fitting)
        return matching(pattern, self._chance) if pattern else "x" * schema.get("minLength", 1)

    def _integer(self, schema: Mapping[str, Any], depth: int) -> int | float:
        least, most = schema.get("minimum", -1), schema.get("maximum", _LARGE)
        inside = [n for n in (least, least + 1, most - 1, most, 0, 1, 7, 1_000_000) if least <= n <= most]
        number = int(self._chance.choice(inside))
        return float(number) if self._chance.random() < 0.1 else number  # 3.0 is an integer to JSON Schema

    def _number(self, schema: Mapping[str, Any], depth: int) -> int | float:
        return self._chance.choice([0, 1, -1, 0.5, 3.0, 1e21, 1e-7, 2**53 + 1, 12345678, _LARGE])

    def _boolean(self, schema: Mapping[str, Any], depth: int) -> bool:
        return self._chance.random() < 0.5

    def _few(self, most: int) -> int:
        return self._chance.randint(0, most)


_CHOICES = ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else")


def _kind(schema: Mapping[str, Any]) -> str:
    if schema.keys() & {"items", "minItems", "maxItems"}:
        return "array"
    if schema.keys() & {"pattern", "minLength", "maxLength"}:
        return "string"
    return "integer" if schema.keys() & {"minimum", "maximum"} else "object"


def _both(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Something near to what fits `a` and `b`: a validator judges it afterwards."""
    found = {**a, **b}
    if "properties" in a and "properties" in b:
        names = dict.fromkeys([*a["properties"], *b["properties"]])
        found["properties"] = {n: _meet(a["properties"].get(n, {}), b["properties"].get(n, {})) for n in names}
    if "required" in a and "required" in b:
        found["required"] = list(dict.fromkeys([*a["required"], *b["required"]]))
    return found


def _meet(a: Any, b: Any) -> Any:
    if a is False or b is False:
        return False
    given = [part for part in (a, b) if isinstance(part, dict) and part]
    return {"allOf": given} if len(given) > 1 else (given or [True])[0]
