"""Templates of templates: Jinja decides what is in square brackets, Helm later what is in curly ones.

Names go into templates, data goes into values. What still has to enter a template as data goes through
the `yaml` filter; the guard on every printed expression lets nothing else through, so that no text of
`app.yaml` can become Helm code.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chartgen.chart import ChartFile
from chartgen.model.field import camel
from chartgen.shipped import FOLDER

if TYPE_CHECKING:
    from jinja2 import Environment

# Names, numbers and paths: what means nothing to YAML, the shell in double quotes, or Go.
_PLAIN = re.compile(r"([A-Za-z0-9_./:-][A-Za-z0-9_./:@%+,=&~?-]*)?")


# The last step of a pipeline; data that looks like one has had its braces taken apart.
_INDENT = re.compile(r"(\{\{-? [^{}]*\| n?indent )(\d+)(?= -?\}\})")


class Fragment(str):
    """Text that has been made safe for its place in a template."""

    __slots__ = ()


def chart_file(path: str, template: str, **context: Any) -> ChartFile:
    """One file of a chart, from a template of ours, with a note of where it came from."""
    note = f"{{{{- /* Made by chartgen from its template {template}. */ -}}}}"
    return ChartFile(path, f"{note}\n{fragment(template, **context)}\n".encode())


def fragment(template: str, **context: Any) -> Fragment:
    """The text of a template of ours, at its own left margin."""
    return Fragment(_environment().get_template(template).render(context).rstrip("\n"))


def shift(text: str, spaces: int) -> Fragment:
    """Moves text to the right, and the numbers in its `nindent` and `indent` with it."""
    margin = " " * spaces
    moved = "\n".join(margin + line if line.strip() else line for line in text.split("\n"))
    return Fragment(_INDENT.sub(lambda m: f"{m[1]}{int(m[2]) + spaces}", moved).rstrip("\n"))


def data(value: Any, spaces: int = 0) -> Fragment:
    """A value as YAML that Helm prints and does not run."""
    from chartgen import documents

    text = documents.dump(value).rstrip("\n")
    margin = " " * spaces
    lines = text.replace("{{", '{{ "{{" }}').split("\n")
    return Fragment("\n".join([lines[0], *(margin + line if line else line for line in lines[1:])]))


def quoted(value: str) -> Fragment:
    """A string as a Go string literal, for an argument of a template function."""
    import json

    return Fragment(json.dumps(value, ensure_ascii=False))  # every escape of JSON is one of Go


def prose(value: str) -> Fragment:
    """One line of text for a comment or for NOTES: no line break, nothing that Helm would run."""
    text = " ".join(value.split()).replace("*/", "* /")
    return Fragment(text.replace("{{", '{{ "{{" }}'))


def guard(value: Any) -> Any:
    """Lets integers, identifiers and fragments through; anything else is our mistake. Raises TypeError."""
    if isinstance(value, Fragment) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    raise TypeError(f"{value!r} would be printed into a template as it is: use the yaml filter")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined

    from chartgen.bytecode import Compiled

    environment = Environment(
        loader=Compiled(FOLDER / "templates", Path(__file__)),
        block_start_string="[%", block_end_string="%]",
        variable_start_string="[[", variable_end_string="]]",
        comment_start_string="[#", comment_end_string="#]",
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        undefined=StrictUndefined, finalize=guard, autoescape=False,
        auto_reload=False, cache_size=-1,
    )  # fmt: skip
    environment.filters.update(
        shift=shift, yaml=data, quoted=quoted, prose=prose, camel=camel, trusted=Fragment
    )
    return environment
