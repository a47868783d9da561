"""Rules: relations between settings, as data, so that one declaration is enforced everywhere.

A rule names the combination of settings that is refused. From the same clauses come a condition of a
template, a Python predicate, what the chart's schema carries for other tools, and the sentence that a
person reads. They are enforced by `fail` and not by an `if/then` of the schema, because a validator can
only say that a document "does not match", and the person needs to know why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from chartgen.frozen import Frozen
from chartgen.settings import Path

Values = Mapping[str, Any]
Op = Literal[
    "is", "is not", "above", "longer than", "empty", "set", "has", "has not",
    "above setting", "is setting", "is not setting",
]  # fmt: skip
# The comparisons of a setting with another one, whose path is their value.
WITH_SETTING: tuple[Op, ...] = ("above setting", "is setting", "is not setting")


class Clause(Frozen):
    """One comparison of a setting with `value`: a constant, or the path of another for `WITH_SETTING`.

    An absent setting counts as empty, as it does in a template. Two settings are the same when both are
    written alike; that is meant for texts, as Helm may write one number in two ways. `inside` says that the
    last key stands within a setting, which a person may set to null.
    """

    path: Path
    op: Op
    value: Any = None
    inside: bool = False

    def holds(self, values: Values) -> bool:
        """Whether the values satisfy this comparison."""
        return _HOLDS[self.op](_get(values, self.path), self.value, values)

    def condition(self) -> str:
        """The same comparison as a Go template expression."""
        *above, last = self.path
        read = f"(.Values.{'.'.join(above)}).{last}" if self.inside else f".Values.{'.'.join(self.path)}"
        return _GO[self.op](read, self.value)

    def data(self) -> dict[str, Any]:
        """What a chart carries of this comparison: JSON, read back by `of`."""
        found = {"path": list(self.path), "op": self.op, "value": self.value}
        return {**found, "inside": True} if self.inside else found

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Clause:
        """The comparison that `data` wrote down."""
        return cls(tuple(data["path"]), data["op"], _frozen(data["value"]), bool(data.get("inside")))


class Rule(Frozen):
    """`sentence` says what is asked and why; the values are refused when all of `refuses` hold."""

    sentence: str
    refuses: tuple[Clause, ...]

    @property
    def reads(self) -> tuple[Path, ...]:
        """The settings that it compares."""
        others = (c.value for c in self.refuses if c.op in WITH_SETTING)
        return tuple(dict.fromkeys([*(c.path for c in self.refuses), *others]))

    def accepts(self, values: Values) -> bool:
        """Whether coalesced values pass this rule."""
        return not all(c.holds(values) for c in self.refuses)

    def condition(self) -> str:
        """When a template must fail, as a Go template expression."""
        clauses = [c.condition() for c in self.refuses]
        return clauses[0] if len(clauses) == 1 else "and " + " ".join(_wrapped(c) for c in clauses)

    def data(self) -> dict[str, Any]:
        """What a chart carries of this rule: JSON, read back by `of`."""
        return {"sentence": self.sentence, "refuses": [c.data() for c in self.refuses]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rule:
        """The rule that `data` wrote down."""
        return cls(str(data["sentence"]), tuple(map(Clause.of, data["refuses"])))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _wrapped(expression: str) -> str:
    return f"({expression})" if " " in expression else expression


def _get(values: Values, path: Path) -> Any:
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _int(value: Any) -> int:
    """A whole number, as `int` of Helm's templates makes one. Source: spf13/cast, ToInt64."""
    if isinstance(value, str):
        head, _, tail = value.partition(".")
        whole = head if set(tail) <= {"0"} else ""
        return int(whole) if whole.removeprefix("-").isdecimal() else 0
    return int(value) if isinstance(value, int | float) else 0


def _text(value: Any) -> str:
    """A scalar as `toString` of Helm's templates writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _same(found: Any, value: Any) -> bool:
    """Whether a setting has a value. Of truth it is asked as in an `if`, where nothing at all is not true."""
    if isinstance(value, bool):
        return bool(found) == value
    return _int(found) == value if isinstance(value, int) else _text(found) == value


_HOLDS: dict[str, Callable[[Any, Any, Values], bool]] = {
    "is": lambda found, value, _: _same(found, value),
    "is not": lambda found, value, _: not _same(found, value),
    "above": lambda found, value, _: _int(found) > value,
    "above setting": lambda found, value, values: _int(found) > _int(_get(values, value)),
    "is setting": lambda found, value, values: _text(found) == _text(_get(values, value)),
    "is not setting": lambda found, value, values: _text(found) != _text(_get(values, value)),
    "longer than": lambda found, value, _: len(found or ()) > value,
    "empty": lambda found, _, __: not found,
    "set": lambda found, _, __: bool(found),
    "has": lambda found, value, _: value in (found or ()),
    "has not": lambda found, value, _: value not in (found or ()),
}


def _go(value: Any) -> str:
    import json

    return json.dumps(value)


def _is(read: str, value: Any) -> str:
    if isinstance(value, bool):
        return read if value else f"not {read}"
    if isinstance(value, int):
        return f"eq (int {read}) {value}"
    return f"eq (toString {read}) {_go(value)}"


_GO: dict[str, Callable[[str, Any], str]] = {
    "is": _is,
    "is not": lambda read, value: f"not ({_is(read, value)})",
    "above": lambda read, value: f"gt (int {read}) {value}",
    "above setting": lambda read, value: f"gt (int {read}) (int .Values.{'.'.join(value)})",
    "is setting": lambda read, value: f"eq (toString {read}) (toString .Values.{'.'.join(value)})",
    "is not setting": lambda read, value: f"ne (toString {read}) (toString .Values.{'.'.join(value)})",
    "longer than": lambda read, value: f"gt (len (default list {read})) {value}",
    "empty": lambda read, _: f"not {read}",
    "set": lambda read, _: read,
    "has": lambda read, value: f"has {_go(value)} {read}",
    "has not": lambda read, value: f"not (has {_go(value)} {read})",
}
