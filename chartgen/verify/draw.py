"""Values that fit a draft-07 JSON Schema, drawn by chance, with a liking for what breaks templates.

The library for this, hypothesis-jsonschema 0.23.1, had its last release in February 2024 and fails with
today's hypothesis. Here values are drawn by construction, following a condition by folding one side of it
in, until a validator takes one: the schema has the last word, so nothing here has to be complete.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.kubernetes.definitions import PREFIX
from chartgen.schema import Validator, compiled
from chartgen.verify.remembered import Remembered
from chartgen.verify.text import matching

Schema = Mapping[str, Any]
TRIES = 60
_MET = 4096  # schemas that are known by being the same in memory
# What YAML, Go templates or shells read as something else than the text it is. (Not `<no value>`: that text
# Helm itself takes out of whatever it renders.)
TEXTS = (
    "", "a", "true", "no", "null", "~", "0", "010", "1e3", "0x1F", "1.10", "2001-01-01", "08:30", "x y", "*",
    "%", "- x", "a: b", "#x", " x ", "'", 'quo"te', "a\nb\n", "\ttab", "é€😀", "{{ .Release.Name }}", "{{",
    "$(HOME)", "$HOME`id`", "\\n", "@x", "&x", "x" * 64, "=", "a,b", "[]", "{}",
)  # fmt: skip
_NAMES = (
    "mountPath",
    "devicePath",
    "name",
    "containerPort",
    "topologyKey",
    "key",
    "ip",
)  # what tells elements apart
_LARGE = 2**31 - 1  # the most that an API server takes for an int32
_DEEP = 4  # levels, below which objects and lists stay small
# Keywords that a value drawn from them fits without being asked whether it does.
_SURE = frozenset(
    "$comment additionalProperties const default description enum items maxItems maximum minItems minimum "
    "properties required title type x-chartgen".split()
)
_CHOICES = ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else")
_OF_TEXT = ("pattern", "minLength", "maxLength")
# The type that is meant where none is said, by the keywords of each.
_MEANT = {"array": ("items", "minItems", "maxItems"), "string": _OF_TEXT, "integer": ("minimum", "maximum")}


class Impossible(Exception):  # noqa: N818  # no error: whoever draws goes on without it
    """No value was found that fits."""


class Drawing:
    """Draws values that fit the parts of one schema; the same for the same `chance`."""

    def __init__(self, root: Schema, chance: random.Random) -> None:
        self._definitions: Schema = root.get("definitions", {})
        self._chance = chance
        self._validators: dict[str, Validator] = {}
        self._met: Remembered[int, tuple[Any, Validator]] = Remembered(_MET)  # by identity

    def fits(self, schema: Any, value: Any) -> bool:
        """Whether `value` is one that `schema`, a part of the root, accepts."""
        known = self._met.get(id(schema))
        if known is None or known[0] is not schema:
            known = self._met[id(schema)] = schema, self._validator(schema)
        return known[1].accepts(value)

    def _validator(self, schema: Any) -> Validator:
        """The one for a schema of this content."""
        text = json.dumps(schema)
        if text not in self._validators:
            whole = {"allOf": [schema], "definitions": self._definitions}
            self._validators[text] = compiled(whole, trusted=True)
        return self._validators[text]

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value that fits. Raises Impossible when none is found in TRIES."""
        if schema is False:
            raise Impossible
        if schema is True or not schema:
            return self._chance.choice([True, 1, "a", ["a"], {"a": "b"}])
        for _ in range(TRIES):
            found = self._drawn(self._decided(schema), depth)
            if schema.keys() <= _SURE or self.fits(schema, found):
                return found
        raise Impossible(json.dumps(schema)[:200])

    def target(self, schema: Any) -> Schema:
        """What a `$ref` leads to; beside one, draft-07 knows no other keyword."""
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].removeprefix(PREFIX)]
        found: Schema = schema
        return found

    def _decided(self, schema: Schema) -> dict[str, Any]:
        """The schema with one alternative of each choice, and one side of each condition, folded in."""
        target = self.target(schema)
        found = {key: value for key, value in target.items() if key not in _CHOICES}
        for part in self._folded(target):
            found = _both(found, self._decided(part) if isinstance(part, dict) else {})
        return found

    def _folded(self, schema: Schema) -> Iterator[Any]:
        yield from schema.get("allOf", ())
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                yield self._chance.choice(schema[choice])
        if "if" in schema and self._chance.random() < 0.5:
            yield from (schema["if"], schema.get("then", True))
        elif "if" in schema:
            yield schema.get("else", True)

    def _drawn(self, schema: Schema, depth: int) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        meant = next((kind for kind, words in _MEANT.items() if schema.keys() & set(words)), "object")
        kinds = schema.get("type", meant)
        kind = kinds if isinstance(kinds, str) else self._chance.choice(kinds)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, depth)
        return self._scalar(kind, schema)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        known: Schema = schema.get("properties", {})
        needed: list[str] = list(schema.get("required", ()))
        found = {name: self.value(known.get(name, True), depth + 1) for name in needed}
        others = [name for name in known if name not in needed]
        count = self._count(schema, "Properties", depth, len(needed))
        for name in self._chance.sample(others, min(count, len(others))):
            try:
                found[name] = self.value(known[name], depth + 1)
            except Impossible:
                continue
        more = schema.get("additionalProperties", True)
        for _ in range(0 if more is False or known else count):
            found[self._name(schema)] = self.value(more, depth + 1)
        return found

    def _name(self, schema: Schema) -> str:
        names = self.target(schema.get("propertyNames", {}))
        return str(self.value({"type": "string", "minLength": 1, **names}))

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        count = self._count(schema, "Items", depth, 0)
        items = [self.value(schema.get("items", True), depth + 1) for _ in range(count)]
        if schema.get("uniqueItems"):
            items = list({json.dumps(item, sort_keys=True): item for item in items}.values())
        return named_once(items)

    def _count(self, schema: Schema, of: str, depth: int, there: int) -> int:
        """How many more, beside those that are there, within `minItems` and `maxItems` or their like."""
        least: int = max(0, schema.get(f"min{of}", 0) - there)
        most: int = max(0, schema.get(f"max{of}", 99) - there)
        return min(most, max(least, self._chance.randint(0, 3 if depth < _DEEP else 1)))

    def _scalar(self, kind: str, schema: Schema) -> Any:
        if kind == "string":
            return self._text(schema)
        if kind == "integer":
            return self._integer(schema.get("minimum", -1), schema.get("maximum", _LARGE))
        if kind == "number":
            return self._chance.choice([0, 1, -1, 0.5, 3.0, 1e21, 1e-7, 2**53 + 1, 12345678, _LARGE])
        return self._chance.random() < 0.5 if kind == "boolean" else None

    def _text(self, schema: Schema) -> str:
        pattern = schema.get("pattern")
        if pattern and self._chance.random() < 0.6:
            return matching(pattern, self._chance)
        alone = {"type": "string", **{key: schema[key] for key in _OF_TEXT if key in schema}}
        longest = "y" * min(schema.get("maxLength", 99), 300)
        fitting = [text for text in (*TEXTS, longest) if self.fits(alone, text)]
        if not fitting and pattern:
            return matching(pattern, self._chance)
        return self._chance.choice(fitting or ["x" * schema.get("minLength", 1)])

    def _integer(self, least: int, most: int) -> int | float:
        inside = [n for n in (least, least + 1, most - 1, most, 0, 1, 7, 1_000_000) if least <= n <= most]
        number = self._chance.choice(inside)
        return float(number) if self._chance.random() < 0.1 else number  # JSON Schema: 3.0 is an integer


def seeded(root: Schema, seed: int = 0) -> Drawing:
    """What draws the same values in the same order each time."""
    return Drawing(root, random.Random(seed))


def named_once(items: list[Any]) -> list[Any]:
    """The elements that a server tells apart from all before them: no schema has a word for it."""
    found: dict[Any, Any] = {}
    for number, item in enumerate(items):
        names = [(key, item[key]) for key in _NAMES if key in item] if isinstance(item, dict) else []
        found.setdefault(str(names[0]) if names else number, item)
    return list(found.values())


def _both(a: Schema, b: Schema) -> dict[str, Any]:
    """Something near to what fits `a` and `b`: a validator judges it afterwards."""
    found = {**a, **b}
    if "properties" in a and "properties" in b:
        names = dict.fromkeys([*a["properties"], *b["properties"]])
        sides = {name: (a["properties"].get(name, True), b["properties"].get(name, True)) for name in names}
        found["properties"] = {name: _meet(*pair) for name, pair in sides.items()}
    if "required" in a and "required" in b:
        found["required"] = list(dict.fromkeys([*a["required"], *b["required"]]))
    return found


def _meet(a: Any, b: Any) -> Any:
    if a is False or b is False:
        return False
    said = [part for part in (a, b) if part is not True]
    return {"allOf": said} if len(said) > 1 else (said or [True])[0]
