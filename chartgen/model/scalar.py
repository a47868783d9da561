"""What may be wrong with one text or number of a document, held against the constraint of its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from chartgen.errors import near_miss
from chartgen.model.field import ABSOLUTE, FORMS, RELATIVE, SAYS, SUB_PATH, VERSION, Constraint


def wrong(data: Any, rule: Constraint) -> Iterator[tuple[str, str]]:
    """What is wrong, and what to do."""
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
        yield f"{shown} is not valid here", f"{rule.help} {asked(rule.pattern)}{example}"
    if rule.max_length and len(text) > rule.max_length:
        yield f"{shown} has {len(text)} characters, {rule.max_length} at most", ""
    if text and rule.form:
        yield from _FORMS[rule.form](text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def asked(pattern: str) -> str:
    """What a pattern wants, in words where there are some."""
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
