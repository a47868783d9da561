"""From `app.yaml` to an App: one walker over the dataclasses, which collects every problem it meets."""

from __future__ import annotations

import dataclasses
import re
import sys
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin

from chartgen import documents
from chartgen.errors import ModelError, Problem, near_miss
from chartgen.model.app import App
from chartgen.model.check import problems_of
from chartgen.model.field import VERSION, Constraint, constraint
from chartgen.model.scalar import asked, wrong

Path = tuple[str | int, ...]
_READABLE = r"[A-Za-z0-9_./-]+"
# Begins a text that stands in for one that was reported; it is a letter of no alphabet.
STAND_IN = "\ue000"


class Report:
    """Takes down problems: path, what is wrong, what to do. Something stands in for what is `at` a path."""

    def __init__(self) -> None:
        self.problems: list[tuple[Path, str, str]] = []
        self.at: set[Path] = set()

    def __call__(self, path: Path, what: str, hint: str, missing: str = "") -> None:
        self.problems.append((path, what, hint))
        self.at.add((*path, missing) if missing else path)

    def covers(self, path: Path, *texts: str) -> bool:
        """Whether a problem may be one of what stands in, and of nothing that somebody wrote."""
        told = any(path[:length] in self.at for length in range(len(path) + 1))
        return told or (bool(self.at) and any(STAND_IN in text for text in texts))


def load(text: str | bytes, name: str = "app.yaml") -> App:
    """The application that `text` describes. Raises ModelError with all problems, each with its line."""
    document = documents.load(text, name)
    report = Report()
    app: App = _dataclass(App, document.data, (), "", report)
    problems = report.problems + [found for found in problems_of(app) if not report.covers(*found)]
    if problems:
        raise refused(document, problems)
    return app


def read(of: type, document: documents.Document) -> Any:
    """A value of the dataclass `of`, from a document. Raises ModelError with all problems."""
    report = Report()
    found = _dataclass(of, document.data, (), "", report)
    if report.problems:
        raise refused(document, report.problems)
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
        return _stand_in(of, Constraint(""), report, key)
    fields = declared(of)
    for unknown in (key for key in data if key not in fields):
        report((*path, unknown), f"unknown key {unknown!r}", near_miss(unknown, fields))
    needed = [f.name for f, _ in _needed(of)]
    values = _named(of, key)
    for name, f in fields.items():
        if name in data:
            values[name] = _value(hints(of)[name], data[name], (*path, name), constraint(f), report)
        elif name in needed:
            report(path, f"{name!r} is missing", constraint(f).help, missing=name)
            values[name] = _stand_in(hints(of)[name], constraint(f), report, name)
    return of(**values)


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
        return ()
    return tuple(_value(item, d, (*path, i), rule, report) for i, d in enumerate(data))


def _mapping(item: Any, data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    if not isinstance(data, Mapping):
        report(path, f"expected a mapping, found {_kind(data)}", rule.help)
        return {}
    plain = dataclasses.replace(rule, keys="")
    for key in data:
        if rule.keys and not re.fullmatch(rule.keys, key):
            report((*path, key), f"{key!r} cannot stand here", asked(rule.keys))
    return {k: _value(item, v, (*path, k), plain, report) for k, v in data.items()}


def _scalar(types_: tuple[Any, ...], data: Any, path: Path, rule: Constraint, report: Report) -> Any:
    # bool is an int in Python: the exact type decides.
    if type(data) not in types_:
        wanted = " or ".join(_NAMES[t] for t in types_)
        hint = _in_quotes(data) if str in types_ else ""
        report(path, f"expected {wanted}, found {_kind(data)}", hint or rule.help)
        return _stand_in(types_[0], rule, report)
    problems = list(wrong(data, rule))
    for what, hint in problems:
        report(path, what, hint)
    return _stand_in(types_[0], rule, report) if problems else data


def _stand_in(annotation: Any, rule: Constraint, report: Report, key: str = "") -> Any:
    """A value for the place of one that was reported, so that what contradicts elsewhere is told as well."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        options = get_args(annotation)
        return None if type(None) in options else _stand_in(options[0], rule, report, key)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        fields = _needed(annotation)
        values = {f.name: _stand_in(type_, constraint(f), report, f.name) for f, type_ in fields}
        return annotation(**_named(annotation, key), **values)
    if annotation is str:
        word = "0.0.0-" * (rule.form == VERSION) + f"{STAND_IN}{len(report.at)}"
        return rule.enum[0] if rule.enum else word
    # Ports above all: one that nobody has given.
    plain = {int: (rule.maximum or 1_000_000) - len(report.at), bool: False, Any: None}
    return plain.get(annotation, () if origin is tuple else {})


def _needed(of: type) -> list[tuple[dataclasses.Field[Any], Any]]:
    """The fields that have no default, and their types."""
    return [
        (f, hints(of)[name])
        for name, f in declared(of).items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]


def _named(of: type, key: str) -> dict[str, Any]:
    """What is called by its key in a mapping has it as its name."""
    return {"name": key} if "name" in hints(of) and "name" not in declared(of) else {}


def _in_quotes(data: Any) -> str:
    if isinstance(data, dict | list):
        return ""
    return 'write "" for an empty text' if data is None else f'put it in quotes: "{_plain(data)}"'


def _plain(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)


_NAMES = {str: "a string", int: "an integer", bool: "true or false"}


def _kind(data: Any) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, Mapping):
        return "a mapping"
    if isinstance(data, list):
        return "a list"
    return f"{data!r:.60}" if isinstance(data, str) else _plain(data)
