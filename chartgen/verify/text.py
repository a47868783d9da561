"""Texts that match a pattern, drawn by chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # hypothesis reads patterns with it too
from re import _parser as reader  # type: ignore[attr-defined]  # the same
from typing import Any

from chartgen.schema_words import as_python

# What stands for "any character", and for one that a class leaves out.
_CHARACTERS = "aZ09-_./ :%é\t"
_MORE = 3  # so often, at most, is something repeated beyond what it has to be


def matching(pattern: str, chance: random.Random) -> str:
    """A text that the ECMA 262 `pattern` matches, or nearly: anchors and lookarounds are not seen to."""
    return "".join(_each(_parsed(pattern), chance))


@cache
def _parsed(pattern: str) -> Any:
    return reader.parse(as_python(pattern))


def _each(steps: Any, chance: random.Random) -> Iterator[str]:
    for code, argument in steps:
        if code not in _DRAWN:
            raise NotImplementedError(f"a pattern with {code}")
        yield from _DRAWN[code](argument, chance)


def _of_class(items: Any, chance: random.Random) -> Iterator[str]:
    if items[0][0] is op.NEGATE:
        left_out = {character for item in items[1:] for character in _all_of(item)}
        yield chance.choice([c for c in _CHARACTERS if c not in left_out])
    else:
        yield chance.choice(_all_of(chance.choice(items)))


def _all_of(item: Any) -> list[str]:
    code, argument = item
    if code is op.LITERAL:
        return [chr(argument)]
    if code is op.RANGE:
        return [chr(c) for c in range(argument[0], argument[1] + 1)]
    kind = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_WORD: r"\w", op.CATEGORY_SPACE: r"\s"}[argument]
    return [chr(c) for c in range(128) if re.match(kind, chr(c), re.ASCII)]


def _repeated(argument: Any, chance: random.Random) -> Iterator[str]:
    least, most, steps = argument
    for _ in range(chance.randint(least, min(most, least + _MORE))):
        yield from _each(steps, chance)


_DRAWN: dict[Any, Callable[[Any, random.Random], Iterator[str]]] = {
    op.LITERAL: lambda argument, _: iter(chr(argument)),
    op.NOT_LITERAL: lambda argument, chance: _of_class([(op.NEGATE, None), (op.LITERAL, argument)], chance),
    op.ANY: lambda _, chance: iter(chance.choice(_CHARACTERS)),
    op.IN: _of_class,
    op.BRANCH: lambda argument, chance: _each(chance.choice(argument[1]), chance),
    op.SUBPATTERN: lambda argument, chance: _each(argument[-1], chance),
    op.MAX_REPEAT: _repeated,
    op.MIN_REPEAT: _repeated,
    op.AT: lambda _, __: iter(()),
}
