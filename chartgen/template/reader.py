"""What a function tells about the values it is given, and the parts all such tellings share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Protocol, TypeAlias

from chartgen.template.origin import OTHER, Found, Origin, Origins, Place, Printed, follow, union


class Reader(Protocol):
    """Who is told what happens to a value."""

    def use(self, found: Found, *, whole: bool = False) -> None:
        """It is looked at; `whole`: with everything below it."""

    def escape(self, found: Found) -> None:
        """It goes where it cannot be followed: anything in it may be read."""

    def call(self, name: Found, data: Found) -> None:
        """A named template is executed on it."""

    def execute(self, text: Found, data: Found) -> None:
        """A text is executed as a template on it."""


Effect: TypeAlias = Callable[[Reader, list[Found]], Found]


def made(at: int, origins: Origins = OTHER) -> Found:
    """A value that the template makes at offset `at`."""
    return dict.fromkeys(origins, at)


def named_at(args: list[Found]) -> int:
    """Where the first of these values is named; 0 for none."""
    return min(chain.from_iterable(a.values() for a in args), default=0)


def printed_whole(reader: Reader, args: list[Found]) -> Found:
    """`toYaml` and the like: everything in the arguments is read, the result is text."""
    for arg in args:
        reader.use(arg, whole=True)
    return follow(union(args), _printed)


def _printed(origin: Origin) -> Origins:
    return frozenset({Printed(origin.path)}) if isinstance(origin, Place) else OTHER
