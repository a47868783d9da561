"""Why a mutant survives: what there would have to be for the search to see it."""

from __future__ import annotations

import re
from collections.abc import Callable

from ci.mutation.record import Record

_TEXT = "words for people: that something is said, and what, has no judge but a reader"
_SCRIPT = "a line of a shell script, which the search does not run; the tests of the scripts do"
_VALUE = "a constant that the chart chose: another one, or the server's default, installs as well"
_GONE = "an object, or a part of one, that nothing else names: without it the rest installs as well"
_LOGIC = "the other way of the condition makes objects that install as well, and settings keep an effect"
_FREE = (
    "no value that was tried fits only the weaker schema and fails: the server asks for less than the schema"
)
# The first that fits is the reason.
_REASONS: tuple[tuple[Callable[[Record], bool], str], ...] = (
    (lambda r: "NOTES.txt" in r.mutant, _TEXT),
    (lambda r: r.mutant.startswith("values.schema.json"), _FREE),
    (lambda r: bool(re.search(r"'(#|done|fi|do|sh |exit|wget|echo)", r.mutant)), _SCRIPT),
    (lambda r: r.operator.startswith(("inverted", "swapped")), _LOGIC),
    (lambda r: r.operator.startswith("emptied"), _GONE),
    (lambda r: r.operator.startswith(("removed line", "other port", "dropped", "missing", "wrong")), _VALUE),
)


def reason(record: Record) -> str:
    """The reason for which a survivor survives; "" when none is known."""
    return next((words for fits, words in _REASONS if fits(record)), "")
