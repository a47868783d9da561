"""The one door to JSON Schema: a schema compiled once, its errors in words a person can act on.

`jsonschema_rs` does the work when it is installed (microseconds a document), `jsonschema` otherwise
(milliseconds). Both accept and refuse the same documents and their errors read the same, because the
words are made here, from what was violated, and not by the library. Not judged: `format`, which the two
know to different extents. Nothing is ever fetched: a `$ref` to another file or host is an error.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chartgen.errors import ChartgenError
from chartgen.schema_words import Fault, SchemaError, as_python, explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import jsonschema_rs
    from jsonschema.exceptions import ValidationError

__all__ = ["Library", "SchemaError", "Validator", "compiled", "path_text"]

Library = Literal["jsonschema-rs", "jsonschema"]
_DRAFT_7 = "http://json-schema.org/draft-07/schema#"
_NOTHING: dict[str, Any] = {"not": {}}  # `false`, in a spelling that keeps its path in jsonschema
_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas")
_PLAIN_KEY = re.compile(r"[A-Za-z_][-A-Za-z0-9_]*\Z")


class Validator(Protocol):
    """A compiled schema."""

    def accepts(self, doc: Any) -> bool:
        """Whether `doc`, JSON as Python has it (dict, list, str, ...), fits."""
        ...

    def errors(self, doc: Any) -> tuple[SchemaError, ...]:
        """Everything that is wrong with `doc`, sorted by path; empty when it fits."""
        ...


def path_text(path: Iterable[str | int]) -> str:
    """`('spec', 'containers', 0, 'env', 'a.b')` as `spec.containers[0].env['a.b']`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.match(part):
            text += f".{part}" if text else part
        else:
            text += f"[{part!r}]"
    return text


def compiled(
    schema: Mapping[str, Any], *, trusted: bool = False, library: Library | None = None
) -> Validator:
    """The validator of `schema`, made once per content; draft-07 unless its `$schema` says another.

    A `trusted` schema is one of ours that the caller keeps compiled: it is not looked up by its content,
    nor, where the library can leave that out, checked to be well formed.
    Raises ChartgenError when the schema is not a schema, or refers to something outside itself.
    """
    library = library or _found()
    if trusted:
        return _made({"$schema": _DRAFT_7, **schema}, library, trusted=True)
    return _remembered(json.dumps(schema), library)


@cache
def _found() -> Library:
    try:
        import jsonschema_rs  # noqa: F401  # is it there
    except ImportError:
        return "jsonschema"
    return "jsonschema-rs"


@lru_cache(maxsize=512)
def _remembered(text: str, library: Library) -> Validator:
    return _made({"$schema": _DRAFT_7, **json.loads(text)}, library, trusted=False)


def _made(schema: dict[str, Any], library: Library, trusted: bool) -> Validator:
    return _Fast(schema) if library == "jsonschema-rs" else _Plain(schema, trusted)


def _refused(reason: object) -> ChartgenError:
    said = str(reason).strip().splitlines()[0]
    return ChartgenError(f"this JSON Schema cannot be used: {said}", "mend the schema")


class _Fast:
    """`jsonschema_rs`, whose errors say where in the schema they arose."""

    def __init__(self, schema: dict[str, Any]) -> None:
        import jsonschema_rs

        self._schema = schema
        try:
            self._inner = jsonschema_rs.validator_for(schema, validate_formats=False, offline=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise _refused(error) from error

    def accepts(self, doc: Any) -> bool:
        return self._inner.is_valid(doc)

    def errors(self, doc: Any) -> tuple[SchemaError, ...]:
        if self._inner.is_valid(doc):
            return ()
        return explained(self._fault(error, doc) for error in self._inner.iter_errors(doc))

    def _fault(self, error: jsonschema_rs.ValidationError, doc: Any) -> Fault:
        path, keyword, schema = tuple(error.instance_path), error.kind.name, self._holder(error.schema_path)
        if keyword == "falseSchema":  # also what it calls unknown fields where none is known
            if error.schema_path[-1:] == ["additionalProperties"] and error.schema_path[-2:-1] != [
                "properties"
            ]:
                return Fault(path, "additionalProperties", schema, _at(doc, path))
            return Fault(path, keyword, {}, None)
        if keyword == "propertyNames":
            return Fault(path, keyword, schema, None, ((self._fault(error.kind.value, doc),),))
        if keyword == "required" and "required" not in error.schema_path[-1:]:
            keyword = "dependencies"
        branches = error.kind.value if keyword in ("anyOf", "oneOf") else ()
        inside = tuple(tuple(self._fault(nested, doc) for nested in branch) for branch in branches)
        return Fault(path, keyword, schema, error.instance, inside)

    def _holder(self, path: list[str | int]) -> Any:
        """The schema that holds the keyword at the end of `path`."""
        return _at(self._schema, path[:-1])


def _at(root: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        root = root[part]
    return root


class _Plain:
    """`jsonschema`, its patterns read as ECMA 262 reads them."""

    def __init__(self, schema: dict[str, Any], trusted: bool) -> None:
        from jsonschema.exceptions import SchemaError as Malformed
        from jsonschema.validators import validator_for
        from referencing import Registry

        kind = validator_for(schema)
        try:
            if not trusted:
                kind.check_schema(schema)
        except Malformed as error:
            raise _refused(error.message) from error
        self._originals: dict[str, str] = {}
        # a registry of one's own has no way to fetch
        self._inner = _keeping_names(kind)(self._translated(schema), registry=Registry())

    def accepts(self, doc: Any) -> bool:
        return not self._found(doc)

    def errors(self, doc: Any) -> tuple[SchemaError, ...]:
        return explained(map(self._fault, self._found(doc)))

    def _found(self, doc: Any) -> list[ValidationError]:
        from referencing.exceptions import Unresolvable

        try:
            return list(self._inner.iter_errors(doc))
        except (Unresolvable, re.error) as error:
            raise _refused(error) from error

    def _translated(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [_NOTHING if part is False else self._translated(part) for part in schema]
        if isinstance(schema, dict):
            return {key: self._part(key, value) for key, value in schema.items()}
        return schema

    def _part(self, key: str, value: Any) -> Any:
        if key in ("const", "enum", "default", "examples"):
            return value
        if key == "pattern":
            return self._pattern(value)
        if key in _MAPS and isinstance(value, dict):
            named = {name: _NOTHING if part is False else part for name, part in value.items()}
            if key == "patternProperties":
                named = {self._pattern(pattern): part for pattern, part in named.items()}
            return {name: self._translated(part) for name, part in named.items()}
        return self._translated(value)

    def _pattern(self, pattern: str) -> str:
        translated = as_python(pattern)
        self._originals[translated] = pattern
        return translated

    def _fault(self, error: Any) -> Fault:  # its attributes are typed as 'perhaps unset'
        path, schema, keyword = tuple(error.absolute_path), error.schema, str(error.validator)
        if keyword == "not" and schema == _NOTHING:
            return Fault(path, "falseSchema", {}, None)
        if keyword == "dependentRequired":
            keyword = "dependencies"
        if keyword == "pattern":
            schema = {**schema, "pattern": self._originals[schema["pattern"]]}
        branches: list[list[Fault]] = []
        if keyword in ("anyOf", "oneOf"):
            branches = [[] for _ in error.validator_value]
            for nested in error.context or ():
                branches[int(nested.schema_path[0])].append(self._fault(nested))
        elif keyword == "propertyNames":
            branches = [[self._fault(nested) for nested in error.context or ()]]
        return Fault(path, keyword, schema, error.instance, tuple(map(tuple, branches)))


def _keeping_names(kind: Any) -> Any:
    """`kind`, whose errors about the name of a property say that they are."""
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def names(inner: Any, wanted: Any, doc: Any, _schema: Any) -> Iterator[ValidationError]:
        for name in doc if inner.is_type(doc, "object") else ():
            found = list(inner.descend(name, wanted))
            if found:
                yield ValidationError("", validator="propertyNames", instance=name, context=found)

    widened: Any = extend
    return widened(kind, {"propertyNames": names})
