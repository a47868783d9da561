"""Documents just outside of the schema: each must be refused, and the refusal must name the place."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.contract import Contract
from chartgen.findings import Finding, Place
from chartgen.settings import Path, Setting
from chartgen.verify.document import Document, put
from chartgen.verify.draw import Drawing
from chartgen.verify.expect import Expectation
from chartgen.verify.typical import typical

NAME = "outside"
HELP = "What is just outside of a setting's schema is refused, and the refusal names the setting."
_NUMBERS = (3, -1, 1.5, 2**31, 2**63)
_WRONG: tuple[Any, ...] = (True, "true", *_NUMBERS, "3", "x", "X y", "", [], ["x"], [0], [None], {}, {"x": 1})


def documents(contract: Contract) -> Iterator[tuple[Path, Document]]:
    """The path of what is wrong, and the document, for every setting."""
    drawing = Drawing(contract.schema, random.Random(0))
    for setting in contract.settings:
        for value in _values(setting, drawing):
            document: Document = {}
            put(document, setting.path, value)
            yield setting.path, document
        if setting.needed:
            document = {}
            put(document, setting.path, None)
            yield setting.path, document
    for level in dict.fromkeys(setting.path[:-1] for setting in contract.settings):
        if not _closed(contract.schema, level):
            continue
        document = {}
        put(document, (*level, "unknownName"), 1)
        yield (*level, "unknownName"), document


def _values(setting: Setting, drawing: Drawing) -> Iterator[Any]:
    """Values that the setting's schema refuses, near to those that it accepts."""
    near = [value for found in typical(setting, drawing)[:6] for value in _near(found)]
    seen = set()
    for value in (*_WRONG, *near):
        text = json.dumps(value, sort_keys=True)
        if text not in seen and not drawing.fits(setting.schema, _merged(setting.default, value)):
            seen.add(text)
            yield value


def _merged(default: Any, value: Any) -> Any:
    """What the schema sees of a value: tables merge."""
    return values.coalesce({"value": default}, {"value": value}).get("value")


def _closed(schema: Any, level: Path) -> bool:
    """Whether the schema knows all the keys of a level of the values."""
    for key in level:
        schema = schema.get("properties", {}).get(key, {})
    return schema.get("additionalProperties") is False


def _near(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield from (str(value).lower(), int(value))
    elif isinstance(value, str):
        yield from (f"{value}\n", f" {value}", value.swapcase(), f"{value}/", value * 40 + "x", [value])
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, str(value), value + 0.5, -value, value * 1000 + 70000)
    elif isinstance(value, list):
        yield from (value * 100, [*value, None], {str(n): item for n, item in enumerate(value)})
        yield from ([*value[:-1], near] for near in (_near(value[-1]) if value else ()))
    elif isinstance(value, dict):
        yield from ({**value, "unknownName": 1}, list(value))
        for key, inner in value.items():
            yield from ({**value, key: near} for near in (None, *_near(inner)) if near is not None)


def wrong(contract: Contract, expectation: Expectation, path: Path, document: Document) -> Finding | None:
    """What is wrong with how a document outside of the schema is refused; None when nothing is."""
    errors = expectation.errors(document)
    place = Place("values.schema.json", path=".".join(path))
    shown = json.dumps(document, ensure_ascii=False)
    if not errors:
        return Finding(NAME, place, f"the schema does not refuse {shown:.200}", "make its schema tighter")
    if not any(_names(path, error.path, error.message) for error in errors):
        said = "; ".join(f"{'.'.join(map(str, e.path))}: {e.message}" for e in errors)
        what = f"what is said about {shown:.100} does not name the setting: {said:.200}"
        return Finding(NAME, place, what, "mend the schema where it says so")
    return None


def _names(path: Path, at: tuple[str | int, ...], message: str) -> bool:
    """Whether an error is about a setting: in it, or at the level above with its name."""
    return at[: len(path)] == path or (at == path[:-1] and path[-1] in message)


# What decides of which type a value is.
_DECIDES = ("type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf", "not")
_OPEN: tuple[Path, ...] = (("properties", "global"),)  # where a parent chart has keys of its own


def loose(contract: Contract) -> Iterator[Finding]:
    """Places of the schema that take any type, or keys that nobody knows: there a typo goes through."""
    templates = {_place(setting.path) for setting in contract.settings if setting.tpl}
    for path, schema in _schemas(contract.schema, ()):
        if any(path[: len(place)] == place for place in templates):
            continue  # what is executed is judged when it is rendered
        what = ""
        if not schema.keys() & set(_DECIDES):
            what = "values of any type are taken here"
        elif "properties" in schema and not _is_tight(schema) and path not in _OPEN:
            what = "keys that nobody knows are taken here"
        if what:
            yield Finding(NAME, Place("values.schema.json", path="/".join(path)), what, "make it tighter")


def _is_tight(schema: Mapping[str, Any]) -> bool:
    """Whether a typo in a key is refused: no other keys, or only those of a form, with a value of a form."""
    more = schema.get("additionalProperties")
    return more is False or ("propertyNames" in schema and isinstance(more, Mapping))


def _place(path: Path) -> Path:
    return tuple(part for key in path for part in ("properties", key))


def _schemas(schema: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every schema that a value is held against by itself, with its place."""
    if not isinstance(schema, Mapping):
        return
    yield path, schema
    for key, inner in schema.items():
        if key in ("properties", "definitions"):
            for name, part in inner.items():
                yield from _schemas(part, (*path, key, name))
        elif key in ("items", "additionalProperties"):
            yield from _schemas(inner, (*path, key))
        elif key in ("anyOf", "oneOf") and "type" not in schema:
            for number, part in enumerate(inner):
                yield from _schemas(part, (*path, key, str(number)))
