"""`.env` files and those that `env_file` names.

Source: the Compose Specification, "env_file", "Env_file format"; compose-go's dotenv package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chartgen.compose.interpolate import Scope, TemplateError
from chartgen.errors import Problem

_NAME = re.compile(
    r"(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.\[\]-]*)[ \t]*(?P<sign>[=:]|(?=\n|#|$))[ \t]*"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\([abfnrtv\"\\$])")


def parse(text: str, name: str, scope: Scope, problems: list[Problem]) -> dict[str, str]:
    """The variables of a file called `name`. What is wrong is added to `problems`, with its line.

    A value may name variables of `scope` and those above it. A name alone takes its value from `scope`.
    """
    found: dict[str, str] = {}
    text, at = text.removeprefix("\ufeff").replace("\r\n", "\n"), 0
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        end = text.find("\n", at) if "\n" in text[at:] else len(text)
        if not (stripped := text[at:end].strip()) or stripped.startswith("#"):
            at = end + 1
            continue
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        match = _NAME.match(text, start)
        if not match:
            hint = "lines are NAME=VALUE, or begin with #"
            problems.append(Problem(f"{name}:{line}", "no name of a variable", hint))
            at = end + 1
            continue
        at = _assign(text, match, found, scope, (f"{name}:{line}", problems))
    return found


def _assign(
    text: str, match: re.Match[str], found: dict[str, str], scope: Scope, told: tuple[str, list[Problem]]
) -> int:
    """Takes one assignment down; returns where the next line begins."""
    key, at = match["name"], match.end()
    if not match["sign"]:
        if key in scope.variables:
            found[key] = scope.variables[key]
        return _next_line(text, at)
    quote = text[at : at + 1]
    if quote not in ("'", '"'):
        end = _next_line(text, at)
        raw = re.split(r"(?:^|[ \t])#", text[at:end].rstrip("\n"), maxsplit=1)[0].strip()
        found[key] = _resolved(raw, scope, found, told)
        return end
    closing = _closing(text, at, quote)
    if closing < 0:
        told[1].append(Problem(told[0], f"the {quote} after {key} is never closed", "close it"))
        return len(text)
    raw = text[at + 1 : closing]
    if quote == '"':
        raw = _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], "$$" if m[1] == "$" else m[1]), raw)
        found[key] = _resolved(raw, scope, found, told)
    else:
        found[key] = raw.replace("\\'", "'")
    return _next_line(text, closing)


def _resolved(raw: str, scope: Scope, found: Mapping[str, str], told: tuple[str, list[Problem]]) -> str:
    try:
        return Scope({**found, **scope.variables}).text(raw)
    except TemplateError as error:
        told[1].append(Problem(told[0], error.what, error.hint))
        return ""


def _closing(text: str, start: int, quote: str) -> int:
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == quote:
            return at
        at += 1
    return -1


def _next_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
