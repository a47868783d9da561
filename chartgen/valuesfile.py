"""`values.yaml`: every setting with its default, explained in the comment style that helm-docs reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import documents
from chartgen.settings import Group, Setting

WIDTH = 100  # columns of a comment


def text(name: str, settings: Group, about: Mapping[str, str]) -> str:
    """The text of `values.yaml`; `about` has a line for some of the top-level keys."""
    head = [
        f"# Values of the chart {name}. The README lists them all, values.schema.json refuses any other.",
        "# Change them in an overlay of your own (helm -f mine.yaml), not in this file.",
    ]
    return "\n".join([*head, *_top(settings, about)]) + "\n"


def _top(settings: Group, about: Mapping[str, str]) -> Iterator[str]:
    for key, node in settings.items():
        yield ""
        if key in about:
            yield from _comment(about[key], "", "# ")
        yield from _node(key, node, "")


def _node(key: str, node: Setting | Group, margin: str) -> Iterator[str]:
    if isinstance(node, Setting):
        yield from _comment(node.help, margin, "# -- ")
        yield from (margin + line if line else line for line in _assign(key, node.default))
        return
    yield f"{margin}{documents.scalar(key)}:"
    for name, child in node.items():
        yield from _node(name, child, margin + "  ")


def _assign(key: str, value: Any) -> list[str]:
    return documents.dump({key: value}).rstrip("\n").split("\n")


def _comment(help_: str, margin: str, mark: str) -> Iterator[str]:
    for i, line in enumerate(documents.wrapped(help_, WIDTH - len(margin) - len(mark))):
        yield f"{margin}{mark if i == 0 else '# '}{line}"
