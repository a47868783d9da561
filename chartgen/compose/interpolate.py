"""Variables in a text: `$NAME`, `${NAME}`, and the six operators, as the Compose Specification has them.

Source: the Compose Specification, "Interpolation"; where it is silent, compose-go's template package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chartgen.compose.sensitive import is_switch
from chartgen.frozen import Frozen

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
# What stands in a text for a value that must stay hidden: the name of its variable, between characters of
# no alphabet.
# The reason that `chartgen compose` gives for a variable that has to have a value: whatever its name.
SECRET = "it is a secret"
OPEN, CLOSE = "\ue000", "\ue001"
HELD = re.compile(f"{OPEN}([A-Za-z_][A-Za-z0-9_]*){CLOSE}")


class TemplateError(Exception):
    """A text whose variables cannot be resolved: what is wrong, and what to do."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


class Scope:
    """The variables that a text may name, and what was learnt while they were looked up.

    `hides` says of a name whether its value must not be seen; `hidden` has the value of each such name that
    was met (None where nobody gave one), and `unset` the other names without a value.
    """

    def __init__(self, variables: Mapping[str, str], hides: Callable[[str], bool] = lambda _: False) -> None:
        self._variables, self._hides = variables, hides
        self.hidden: dict[str, str | None] = {}
        self.unset: dict[str, None] = {}

    def under(self, variables: Mapping[str, str]) -> Scope:
        """A scope with more variables, which those here win over; it learns into this one."""
        scope = Scope({**variables, **self._variables}, self._hides)
        scope.hidden, scope.unset = self.hidden, self.unset
        return scope

    @property
    def variables(self) -> Mapping[str, str]:
        return self._variables

    def text(self, template: str) -> str:
        """The text with every variable replaced. Raises TemplateError."""
        return self._text(template) if "$" in template else template

    def _text(self, template: str) -> str:
        found, at = [], 0
        while (dollar := template.find("$", at)) >= 0:
            found.append(template[at:dollar])
            following = template[dollar + 1 : dollar + 2]
            name = _NAME.match(template, dollar + 1)
            if following == "$":
                found.append("$")
                at = dollar + 2
            elif following == "{":
                end = _closing(template, dollar + 1)
                found.append(self._braced(template[dollar + 2 : end]))
                at = end + 1
            elif name:
                found.append(self._value(_Use(name[0])))
                at = name.end()
            else:
                found.append("$")
                at = dollar + 1
        return "".join([*found, template[at:]])

    def _braced(self, inner: str) -> str:
        name = _NAME.match(inner)
        operator = _OPERATOR.match(inner, name.end()) if name else None
        if not name or (name.end() < len(inner) and not operator):
            shown = "${" + inner + "}"
            raise TemplateError(f"{shown} is no variable", "write $$ for a dollar that is meant as it stands")
        return self._value(_Use(name[0], operator[0], inner[operator.end() :]) if operator else _Use(name[0]))

    def _value(self, use: _Use) -> str:
        given = self._variables.get(use.name)
        there = given is not None and (bool(given) or not use.strict)
        kind = use.operator[-1:]
        if kind == "+":
            return self.text(use.word) if there else ""
        if self._hides(use.name) or (kind == "?" and use.word == SECRET):
            return self._hide(use, given if there else self.text(use.word) if kind == "-" else given)
        if there:
            return given or ""
        if kind == "-":
            return self.text(use.word)
        if kind == "?":
            reason = self.text(use.word) or "it is needed"
            hint = f"write it into .env, or give --env {use.name}=VALUE"
            raise TemplateError(f"the variable {use.name} has no value: {reason}", hint)
        if given is None:
            self.unset[use.name] = None
        return given or ""

    def _hide(self, use: _Use, value: str | None) -> str:
        """What stands in for a hidden value. A default that is empty says that none is needed."""
        if is_switch(value or "") or (value == "" and use.operator[-1:] in ("", "-")):
            return value or ""
        matched = HELD.fullmatch(value or "")
        if matched:
            return value or ""
        if not self.hidden.get(use.name):
            self.hidden[use.name] = value or None
        return f"{OPEN}{use.name}{CLOSE}"


class _Use(Frozen):
    """One use of a variable: `${name:-word}`."""

    name: str
    operator: str = ""
    word: str = ""

    @property
    def strict(self) -> bool:
        """Whether an empty value counts as none."""
        return self.operator.startswith(":")


def _closing(template: str, brace: int) -> int:
    """The place of the brace that closes the one at `brace`. Raises TemplateError."""
    depth, at = 0, brace
    while at < len(template):
        if template[at] == "{" and template[at - 1] == "$":
            depth += 1
        elif template[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    shown = template[brace - 1 : brace + 40]
    raise TemplateError(f"{shown!r} has no closing brace", "close it, or write $$ for a dollar as it stands")
