"""Text that came from somewhere else, made safe to show."""

from __future__ import annotations

from pathlib import PurePosixPath


def visible(text: str) -> str:
    """`text` on one line, with everything that a terminal would act on or hide written as an escape.

    Python calls a character printable unless Unicode files it under control, format (the ones that
    turn the writing direction), surrogate, private, unassigned, or a separator other than the space.
    """
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def scalar(text: str) -> str:
    """`text` without lone surrogates, which no UTF-8 document may hold (YAML and JSON can name them)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def path(file: str) -> str:
    """A file of the project the way every format names it: relative, forward slashes, no `.` parts.

    Only what was given is tidied; a path that climbs with `..` or starts at the root stays as it is.
    """
    return str(PurePosixPath(file.replace("\\", "/"))) if file else ""
