"""What a violated schema means, said for a person.

`Fault` is one violation as either library reports it; `explained` turns faults into the errors shown.
A schema that has `writeOnly: true` beside the violated keyword keeps its value out of the message; a
`$comment` beside a `pattern` or `not` that begins with "must" is said instead of what it stands beside.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from chartgen.errors import near_miss
from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Path = tuple[str | int, ...]
_LONGEST = 60  # of a value shown, characters
_FEW = 8  # so many known fields are worth a list
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "a map",
    "string": "a string",
}
_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


class SchemaError(Frozen):
    """One thing wrong with a document: where, what, and the keyword of the schema that says so."""

    path: Path
    message: str
    keyword: str


class Fault(Frozen):
    """A violation: `schema` is the one that holds `keyword`, `branches` what each alternative of an
    `anyOf` or `oneOf` had against the value (for `propertyNames`: one branch, against the name)."""

    path: Path
    keyword: str
    schema: Mapping[str, Any]
    value: Any
    branches: tuple[tuple[Fault, ...], ...] = ()


def explained(faults: Iterable[Fault]) -> tuple[SchemaError, ...]:
    """The errors that `faults` amount to, each once, sorted by path."""
    found = {error for fault in faults for error in _errors(fault)}
    return tuple(
        sorted(found, key=lambda e: ([(isinstance(p, str), p) for p in e.path], e.keyword, e.message))
    )


def as_python(pattern: str) -> str:
    """The ECMA 262 `pattern` for Python's `re`: `$` is the very end, classes are ASCII.

    A group of its own, since jsonschema joins the patterns of `patternProperties` by `|`.
    """
    if pattern.startswith("(?a:"):
        return pattern
    body = _TOKEN.sub(lambda m: r"\Z" if m[0] == "$" else m[0], pattern)
    return f"(?a:{body})"


def _errors(fault: Fault) -> Iterator[SchemaError]:
    if fault.keyword in ("anyOf", "oneOf"):
        yield from _of_branches(fault)
    elif fault.keyword == "propertyNames":
        yield from _of_name(fault)
    elif fault.keyword == "additionalProperties":
        yield from _unknown(fault)
    elif fault.keyword in ("required", "dependencies"):
        yield from _missing(fault)
    else:
        yield SchemaError(fault.path, _sentence(fault), fault.keyword)


def _unknown(fault: Fault) -> Iterator[SchemaError]:
    known = fault.schema.get("properties", {})
    patterns = [re.compile(as_python(p)) for p in fault.schema.get("patternProperties", {})]
    for name in fault.value:
        if name not in known and not any(p.search(name) for p in patterns):
            hint = near_miss(name, known)
            few = len(known) <= _FEW or hint.startswith("did you mean")
            said = f"unknown field {name!r}" + (f"; {hint}" if hint and few else "")
            yield SchemaError((*fault.path, name), said, fault.keyword)


def _missing(fault: Fault) -> Iterator[SchemaError]:
    wanted: dict[str, str] = dict.fromkeys(fault.schema.get("required", ()), "")
    if fault.keyword == "dependencies":
        wanted = {}
        for part in ("dependencies", "dependentRequired"):
            for owner, others in fault.schema.get(part, {}).items():
                if owner in fault.value and isinstance(others, list):
                    wanted |= dict.fromkeys(others, f" because {owner!r} is set")
    for name, why in wanted.items():
        if name not in fault.value:
            yield SchemaError(fault.path, f"field {name!r} is missing{why}", fault.keyword)


def _of_name(fault: Fault) -> Iterator[SchemaError]:
    for nested in fault.branches[0]:
        for error in _errors(nested):
            yield SchemaError((*fault.path, str(nested.value)), f"this key {error.message}", fault.keyword)


def _of_branches(fault: Fault) -> Iterator[SchemaError]:
    """The errors of the one alternative that was meant, or a sentence that names them all."""
    alternatives = fault.schema[fault.keyword]
    names = [part["required"][0] for part in alternatives if _asks_one_field(part)]
    if len(names) == len(alternatives):
        yield _wrong_fields(fault, names)
        return
    if any(not branch for branch in fault.branches):
        yield SchemaError(
            fault.path, "fits more than one of the forms that exclude each other", fault.keyword
        )
        return
    near = [branch for branch in fault.branches if not any(_is_wrong_kind(f, fault) for f in branch)]
    if len(near) == 1:
        yield from (error for nested in near[0] for error in _errors(nested))
        return
    against = dict.fromkeys(next(_errors(branch[0])).message for branch in fault.branches)
    yield SchemaError(fault.path, "; or it ".join(against), fault.keyword)


def _asks_one_field(part: Any) -> bool:
    return isinstance(part, dict) and set(part) == {"required"} and len(part["required"]) == 1


def _is_wrong_kind(nested: Fault, fault: Fault) -> bool:
    return nested.path == fault.path and nested.keyword in ("type", "const", "enum")


def _wrong_fields(fault: Fault, names: list[str]) -> SchemaError:
    if not isinstance(fault.value, dict):  # which has every field, as far as JSON Schema is concerned
        wanted = {**fault.schema, "type": "object"}
        return SchemaError(fault.path, _type(Fault(fault.path, "type", wanted, fault.value)), "type")
    return SchemaError(fault.path, _exactly_one(fault, names), fault.keyword)


def _exactly_one(fault: Fault, names: list[str]) -> str:
    there = [name for name in names if name in fault.value]
    how = "at least one" if fault.keyword == "anyOf" else "exactly one"
    found = f"found {_listed(there)}" if there else "found none"
    return f"needs {how} of {_listed(names)}; {found}"


def _listed(names: Iterable[object]) -> str:
    return ", ".join(repr(name) for name in names)


def _instead(fault: Fault) -> str:
    """What is there, to end a sentence with; nothing for a value that is not to be shown."""
    return "" if fault.schema.get("writeOnly") else f", not {_shown(fault)}"


def _shown(fault: Fault) -> str:
    text = json.dumps(fault.value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _sentence(fault: Fault) -> str:
    said = fault.schema.get(fault.keyword)
    makers = {
        "type": _type,
        "enum": _enum,
        "pattern": _pattern,
        "falseSchema": lambda _: "is not allowed here",
        "const": lambda f: f"must be {json.dumps(said)}{_instead(f)}",
        "minimum": lambda f: f"must be at least {said}{_instead(f)}",
        "maximum": lambda f: f"must be at most {said}{_instead(f)}",
        "exclusiveMinimum": lambda f: f"must be above {said}{_instead(f)}",
        "exclusiveMaximum": lambda f: f"must be below {said}{_instead(f)}",
        "multipleOf": lambda f: f"must be a multiple of {said}{_instead(f)}",
        "minLength": lambda f: "must not be empty" if said == 1 else _size(f, "at least", "characters"),
        "maxLength": lambda f: _size(f, "at most", "characters"),
        "minItems": lambda f: "must not be empty" if said == 1 else _size(f, "at least", "items"),
        "maxItems": lambda f: _size(f, "at most", "items"),
        "minProperties": lambda f: _size(f, "at least", "fields"),
        "maxProperties": lambda f: _size(f, "at most", "fields"),
        "uniqueItems": lambda _: "has the same item twice",
        "not": _not,
    }
    make = makers.get(fault.keyword)
    return make(fault) if make else f"violates {fault.keyword!r} of its schema{_instead(fault)}"


def _size(fault: Fault, how: str, what: str) -> str:
    wanted = fault.schema[fault.keyword]
    counted = what.removesuffix("s") if wanted == 1 else what
    return f"must have {how} {wanted} {counted}, not {len(fault.value)}"


def _type(fault: Fault) -> str:
    wanted = fault.schema["type"]
    kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if kind != "null"] or ["null"]
    said = f"must be {' or '.join(_TYPES[kind] for kind in kinds)}{_instead(fault)}"
    if kinds == ["string"] and isinstance(fault.value, bool | int | float):
        return f"{said}: put it in quotes"
    return said


def _enum(fault: Fault) -> str:
    words = fault.schema["enum"]
    known = [word for word in words if isinstance(word, str)]
    hint = near_miss(fault.value, known) if isinstance(fault.value, str) else ""
    meant = f"; {hint}" if hint.startswith("did you mean") and not fault.schema.get("writeOnly") else ""
    return f"must be {' or '.join(json.dumps(word) for word in words)}{_instead(fault)}{meant}"


def _pattern(fault: Fault) -> str:
    return (_comment(fault) or f"must match {fault.schema['pattern']}") + _instead(fault)


def _comment(fault: Fault) -> str:
    said = str(fault.schema.get("$comment", ""))
    return said if said.startswith("must ") else ""


def _not(fault: Fault) -> str:
    refused = fault.schema["not"]
    together = refused["required"] if isinstance(refused, dict) and set(refused) == {"required"} else ()
    pair = f"cannot have {_listed(together)} together" if len(together) > 1 else ""
    return _comment(fault) or pair or "is what its schema refuses"
