"""From `app.yaml` to an App: one walker over the dataclasses, which collects every problem it meets."""

from __future__ import annotations

import dataclasses
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin

from chartgen import documents
from chartgen.errors import ModelError, Problem, near_miss
from chartgen.model.app import App
from chartgen.model.check import problems_of
from chartgen.model.field import ABSOLUTE, FORMS, RELATIVE, SAYS, SUB_PATH, VERSION, Constraint, constraint

Path = tuple[str | int, ...]
Report = Callable[[Path, str, str], None]
_READABLE = r"[A-Za-z0-9_./-]+"
_BROKEN = object()  # stands for a value that has already been reported


def load(text: str | bytes, name: str = "app.yaml") -> App:
    """The application that `text` describes. Raises ModelError with all problems, each with its line."""
    document = documents.load(text, name)
    app: App = read(App, document)
    problems = list(problems_of(app))
    if problems:
        raise refused(document, problems)
    return app


def read(of: type, document: documents.Document) -> Any:
    """A value of the dataclass `of`, from a document. Raises ModelError with all problems."""
    problems: list[tuple[Path, str, str]] = []
    found = _dataclass(of, document.data, (), "", lambda *problem: problems.append(problem))
    if problems:
        raise refused(document, problems)
    return found


def refused(document: documents.Document, problems: list[tuple[Path, str, str]]) -> ModelError:
    """The error that tells all problems (path, what is wrong, what to do) in the order of their lines."""
    ordered = sorted(problems, key=lambda problem: document.line(problem[0]))
    found = [Problem(f"{document.where(p)} {dotted(p)}".strip(), what, hint) for p, what, hint in ordered]
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return ModelError(f"{document.name}: {count}", problems=found)


def dotted(path: Path) -> str:
    """A path as people write it: `components.backend.args[0]`, what is no plain name in quotes."""
    return "".join(map(_part, path)).lstrip(".")


def _part(part: str | int) -> str:
    return f".{part}" if isinstance(part, str) and re.fullmatch(_READABLE, part) else f"[{part!r}]"


@cache
def hints(of: type) -> dict[str, Any]:
    """The resolved annotations of a dataclass of ours."""
    return {f.name: _evaluated(str(f.type), of.__module__) for f in dataclasses.fields(of)}


@cache
def _evaluated(annotation: str, module: str) -> Any:
    # typing.get_type_hints compiles each of them again: a twentieth of what `generate` takes.
    return eval(annotation, vars(sys.modules[module]))


def declared(of: type) -> dict[str, dataclasses.Field[Any]]:
    """The fields that a document may hold: those declared with a constraint."""
    return {f.name: f for f in dataclasses.fields(of) if "constraint" in f.metadata}


def _dataclass(of: type, data: Any, path: Path, key: str, report: Report) -> Any:
    if not isinstance(data, Mapping):
        report(path, f"expected a mapping, found {_kind(data)}", _shape(of))
        return _BROKEN
    fields = declared(of)
    for unknown in (key for key in data if key not in fields):
        report((*path, unknown), f"unknown key {unknown!r}", near_miss(unknown, fields))
    values: dict[str, Any] = {"name": key} if "name" in hints(of) and "name" not in fields else {}
    for name, f in fields.items():
        if name in data:
            values[name] = _value(hints(of)[name], data[name], (*path, name), constraint(f), report)
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            report(path, f"{name!r} is missing", constraint(f).help)
            values[name] = _BROKEN
    return _BROKEN if _BROKEN in values.values() else of(**values)


def _shape(of: type) -> str:
    return f"keys here: {', '.join(declared(of))}"


def _value(annotation: Any, data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _union(get_args(annotation), data, path, rule, report)
    if origin is tuple:
        return _list(get_args(annotation)[0], data, path, rule, report)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(annotation)[1], data, path, rule, report)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _dataclass(annotation, data, path, str(path[-1]), report)
    if annotation is Any:
        return data
    return _scalar((annotation,), data, path, rule, report)


def _union(options: tuple[Any, ...], data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    if data is None and type(None) in options:
        return None
    nested = [o for o in options if dataclasses.is_dataclass(o)]
    if nested and (isinstance(data, Mapping) or len(options) == 2):
        return _value(nested[0], data, path, rule, report)
    return _scalar(tuple(o for o in options if o in (str, int, bool)), data, path, rule, report)


def _list(item: Any, data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    if not isinstance(data, list):
        report(path, f"expected a list, found {_kind(data)}", rule.help)
        return _BROKEN
    found = tuple(_value(item, d, (*path, i), rule, report) for i, d in enumerate(data))
    return _BROKEN if _BROKEN in found else found


def _mapping(item: Any, data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    if not isinstance(data, Mapping):
        report(path, f"expected a mapping, found {_kind(data)}", rule.help)
        return _BROKEN
    plain = dataclasses.replace(rule, keys="")
    for key in data:
        if rule.keys and not re.fullmatch(rule.keys, key):
            report((*path, key), f"{key!r} cannot stand here", _asked(rule.keys))
    found = {k: _value(item, v, (*path, k), plain, report) for k, v in data.items()}
    return _BROKEN if any(v is _BROKEN for v in found.values()) else found


def _scalar(types_: tuple[Any, ...], data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    # bool is an int in Python: the exact type decides.
    if type(data) not in types_:
        wanted = " or ".join(_NAMES[t] for t in types_)
        hint = _in_quotes(data) if str in types_ else ""
        report(path, f"expected {wanted}, found {_kind(data)}", hint or rule.help)
        return _BROKEN
    before = len(problems := list(_wrong(data, rule)))
    for what, hint in problems:
        report(path, what, hint)
    return _BROKEN if before else data


def _in_quotes(data: Any) -> str:
    if isinstance(data, dict | list):
        return ""
    return 'write "" for an empty text' if data is None else f'put it in quotes: "{_plain(data)}"'


def _plain(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)


def _wrong(data: Any, rule: Constraint) -> Iterator[tuple[str, str]]:
    if rule.enum and data not in rule.enum:
        known = [e for e in rule.enum if e]
        yield f"{data!r} is not one of {', '.join(known)}", near_miss(str(data), known)
    if isinstance(data, str):
        yield from _wrong_text(data, rule)
    elif isinstance(data, int) and not isinstance(data, bool):
        if rule.minimum is not None and data < rule.minimum:
            yield f"{data} is below {rule.minimum}", rule.help
        if rule.maximum is not None and data > rule.maximum:
            yield f"{data} is above {rule.maximum}", rule.help


def _wrong_text(text: str, rule: Constraint) -> Iterator[tuple[str, str]]:
    shown = _shown(text)
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        yield f"{shown} holds a control character", "remove it"
    if rule.pattern and not re.fullmatch(rule.pattern, text):
        example = f", for example {rule.examples[0]!r}" if rule.examples else ""
        yield f"{shown} is not valid here", f"{rule.help} {_asked(rule.pattern)}{example}"
    if rule.max_length and len(text) > rule.max_length:
        yield f"{shown} has {len(text)} characters, {rule.max_length} at most", ""
    if text and rule.form:
        yield from _FORMS[rule.form](text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _asked(pattern: str) -> str:
    core = pattern.removesuffix("/?")
    for known in (core, core.removeprefix("(").removesuffix(")?")):
        if known in SAYS:
            return f"Wanted: {SAYS[known]}"
    return f"It must match {pattern}"


def _relative(text: str) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(FORMS[RELATIVE], text) or {".", ".."} & set(text.split("/")):
        yield (
            f"{_shown(text)} is not a plain relative path",
            "no slash at the ends, no backslash, no '.' or '..' part",
        )


def _sub_path(text: str) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(FORMS[SUB_PATH], text) or {".", ".."} & set(text.split("/")):
        yield (
            f"{_shown(text)} is not a plain relative path",
            f"no slash at the ends, no '..', only {_CHARACTERS}",
        )


def _absolute(text: str) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(FORMS[ABSOLUTE], text) or {".", ".."} & set(text.split("/")):
        yield f"{_shown(text)} is not a plain absolute path", f"start with /, no '..', only {_CHARACTERS}"


def _version(text: str) -> Iterator[tuple[str, str]]:
    # Grammar of Semantic Versioning 2.0.0; importing a library for one pattern costs every start-up.
    number, word = r"(0|[1-9]\d*)", r"(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
    build = r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
    if not re.fullmatch(rf"(?a:{number}\.{number}\.{number}(-{word}(\.{word})*)?{build})", text):
        yield f"{_shown(text)} is not a semantic version", "three numbers, for example 0.1.0"


_CHARACTERS = "letters, digits and _.@%+,=&~?-"
_FORMS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    RELATIVE: _relative,
    SUB_PATH: _sub_path,
    ABSOLUTE: _absolute,
    VERSION: _version,
}
_NAMES = {str: "a string", int: "an integer", bool: "true or false"}


def _kind(data: Any) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, Mapping):
        return "a mapping"
    if isinstance(data, list):
        return "a list"
    return f"{data!r:.60}" if isinstance(data, str) else _plain(data)
