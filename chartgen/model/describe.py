"""What the dataclasses say about a document: its JSON Schema, its reference for people, and back to data."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

from chartgen.documents import scalar
from chartgen.model.field import FORMS, Constraint, constraint
from chartgen.model.load import declared, hints

_PLAIN = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


def schema(of: type, title: str) -> dict[str, Any]:
    """The JSON Schema (draft-07) of a document that the dataclass `of` describes, for editors."""
    definitions: dict[str, Any] = {}
    body = _object(of, definitions)
    ordered = dict(sorted(definitions.items()))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        **body,
        "definitions": ordered,
    }


def _object(of: type, definitions: dict[str, Any]) -> dict[str, Any]:
    fields = declared(of)
    required = [name for name, f in fields.items() if _required(f)]
    return {
        "type": "object",
        "description": _first_line(of),
        "properties": {name: _field(of, f, definitions) for name, f in fields.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _required(f: dataclasses.Field[Any]) -> bool:
    return f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING


def _first_line(of: type) -> str:
    text = (of.__doc__ or "").split("\n")[0]
    return "" if text.startswith(f"{of.__name__}(") else text


def _field(of: type, f: dataclasses.Field[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    rule = constraint(f)
    found = _type(hints(of)[f.name], rule, definitions)
    # Beside a $ref draft-07 ignores everything, and editors show it all the same.
    extra: dict[str, Any] = {"description": rule.help}
    if rule.examples:
        extra["examples"] = list(rule.examples)
    if isinstance(f.default, str | int | tuple) and f.default not in ("", ()):
        extra["default"] = list(f.default) if isinstance(f.default, tuple) else f.default
    return {**extra, **found}


def _type(annotation: Any, rule: Constraint, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        options = [_type(option, rule, definitions) for option in get_args(annotation)]
        return {"anyOf": options}
    if origin is tuple:
        return {"type": "array", "items": _type(get_args(annotation)[0], rule, definitions)}
    if origin is not None and issubclass(origin, Mapping):
        names = {"propertyNames": {"pattern": f"^({rule.keys})$"}} if rule.keys else {}
        plain = dataclasses.replace(rule, keys="")
        return {
            "type": "object",
            **names,
            "additionalProperties": _type(get_args(annotation)[1], plain, definitions),
        }
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        if annotation.__name__ not in definitions:
            definitions[annotation.__name__] = {}
            definitions[annotation.__name__] = _object(annotation, definitions)
        return {"$ref": f"#/definitions/{annotation.__name__}"}
    return {} if annotation is Any else _scalar(annotation, rule)


def _scalar(annotation: Any, rule: Constraint) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _PLAIN[annotation]}
    if annotation is str:
        limits = {"enum": list(rule.enum), "pattern": _pattern(rule), "maxLength": rule.max_length}
    else:
        limits = {"minimum": rule.minimum, "maximum": rule.maximum} if annotation is int else {}
    return {**found, **{key: value for key, value in limits.items() if value not in (None, "", [])}}


def _pattern(rule: Constraint) -> str:
    if rule.pattern:
        return f"^({rule.pattern})$"
    return f"^({FORMS[rule.form]})?$" if rule.form else ""


def reference(of: type, name: str) -> str:
    """The reference of a document for people, in Markdown: a table for each kind of mapping in it."""
    lines = [f"# Reference: {name}", "", "Made from the model by `chartgen schema`; do not edit.", ""]
    seen: list[type] = [of]
    for one in seen:
        lines += _table(one, name if one is of else one.__name__)
        seen += [n for n in _nested(one) if n not in seen]
    return "\n".join(lines).rstrip() + "\n"


def _nested(of: type) -> Iterator[type]:
    for name in declared(of):
        yield from _classes(hints(of)[name])


def _classes(annotation: Any) -> Iterator[type]:
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        yield annotation
    for inner in get_args(annotation):
        yield from _classes(inner)


def _table(of: type, title: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    if _first_line(of):
        yield _first_line(of)
        yield ""
    yield "| Key | Type | Default | Description |"
    yield "|---|---|---|---|"
    for name, f in declared(of).items():
        kind = _name(hints(of)[name], constraint(f))
        about = " ".join(_about(constraint(f))).replace("|", "\\|")
        yield f"| `{name}` | {kind} | {_default(f)} | {about} |"
    yield ""


def _about(rule: Constraint) -> Iterator[str]:
    """What a field is for, and what its value must be beyond its type."""
    yield rule.help
    if rule.minimum is not None and rule.maximum is not None:
        yield f"From {rule.minimum} to {rule.maximum}."
    elif rule.minimum is not None:
        yield f"At least {rule.minimum}."
    if rule.max_length:
        yield f"At most {rule.max_length} characters."
    if rule.examples:
        yield f"For example {', '.join(_code(example) for example in rule.examples)}."


def _default(f: dataclasses.Field[Any]) -> str:
    if _required(f):
        return "required"
    has_text = f.default is not dataclasses.MISSING and f.default not in ((), "", None)
    return _code(f.default) if has_text else ""


def _code(value: Any) -> str:
    """A value as app.yaml spells it."""
    shown = f"[{', '.join(map(scalar, value))}]" if isinstance(value, tuple) else scalar(value)
    return f"`{shown}`"


def _name(annotation: Any, rule: Constraint) -> str:
    origin = get_origin(annotation)
    if rule.enum and origin is None:
        return " or ".join(f"`{e}`" for e in rule.enum if e)
    if origin in (Union, types.UnionType):
        return " or ".join(_name(o, rule) for o in get_args(annotation) if o is not type(None))
    if origin is tuple:
        return f"list of {_name(get_args(annotation)[0], rule)}"
    if origin is not None:
        return f"map of {_name(get_args(annotation)[1], rule)}"
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return "anything" if annotation is Any else _PLAIN[annotation]


def dump(value: Any) -> Any:
    """A value of the model as the data that describes it: loading it gives an equal value."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        if isinstance(value, Mapping):
            return {key: dump(inner) for key, inner in value.items()}
        return [dump(inner) for inner in value] if isinstance(value, tuple | list) else value
    fields = declared(type(value))
    return {n: dump(getattr(value, n)) for n, f in fields.items() if getattr(value, n) != _initial(f)}


def _initial(f: dataclasses.Field[Any]) -> Any:
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return f.default
