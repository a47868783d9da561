"""Words that templates look for in settings: worth trying, as each decides something.

They are constants beside a field in a comparison, such as `eq .Values.kind "latest"`, and keys that are asked
for. A field of the values is known by its path; another by its last name alone, through `with` and helpers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chartgen.chart import Chart
from chartgen.settings import Setting
from chartgen.template import TemplateError, parse
from chartgen.template.tree import Chain, Command, Field, Function, Literal, Operand, Pipe, Variable
from chartgen.template.walk import commands, pipes, walk

_COMPARE = ("eq", "ne", "has", "contains", "hasPrefix", "hasSuffix", "gt", "lt", "ge", "le")
_KEYS = ("hasKey", "index", "get", "dig")
Words = dict[str, tuple[Any, ...]]  # by the path of a setting, dotted, or by its last name


def words(chart: Chart) -> Words:
    """Values to try for settings, by what is known of their path; nothing from a template that is none."""
    found: dict[str, list[Any]] = {}
    for file in chart.templates:
        try:
            nodes = parse(file.text, file.path).nodes
        except (TemplateError, UnicodeDecodeError):
            continue
        for node in walk(nodes):
            for pipe in pipes(node):
                for within, index in commands(pipe):
                    for name, value in _of(within.commands[index]):
                        found.setdefault(name, []).extend(v for v in [value] if v not in found[name])
    return {name: tuple(values) for name, values in found.items()}


def _of(command: Command) -> Iterator[tuple[str, Any]]:
    first, *operands = command.args
    if not isinstance(first, Function) or first.name not in (*_COMPARE, *_KEYS):
        return
    constants = [o.value for o in operands if isinstance(o, Literal) and isinstance(o.value, str | int)]
    for name in dict.fromkeys(_names(operands)):
        for constant in constants:
            if first.name in _KEYS:
                yield name, {str(constant): "a"}
            else:
                yield from ((name, constant), (name, [constant]))


def _names(operands: Iterable[Operand]) -> Iterator[str]:
    """What is known of the paths of the fields in operands, at any depth."""
    for operand in operands:
        if (isinstance(operand, Field | Variable) and operand.path) or isinstance(operand, Chain):
            above, _, below = ".".join(operand.path).rpartition("Values.")
            yield below if above in ("", "root.") else operand.path[-1]
        elif isinstance(operand, Pipe):
            yield from _names(arg for command in operand.commands for arg in command.args)


def taken(names: Iterable[tuple[str, str]], settings: Iterable[Setting]) -> Words:
    """For settings that name an object of somebody's, the `names`, with their kinds, of the chart's own."""
    known = list(names)
    found: dict[str, tuple[Any, ...]] = {}
    for setting in settings:
        kind = setting.path[-1].lower().removeprefix("existing")
        if setting.path[-1].lower() != kind and kind:
            found[setting.path[-1]] = tuple(name for of, name in known if of.lower().endswith(kind))
    return found
