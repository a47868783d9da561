"""Which files change a dict that somebody else may see, and not only one that they have just made.

Sprig's `set` and `merge` change their first argument. Where that is `dict ...`, a copy, or a variable that
only ever held such a one, nobody else has it: whatever other templates read stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chartgen.template.tree import Function, Node, Pipe, Range, Template, Variable
from chartgen.template.walk import commands, owned, pipes

if TYPE_CHECKING:
    from chartgen.template.tree import Command, Operand

# Sprig's functions that change a dict they are given. Source: Masterminds/sprig, dict.go.
CHANGES = frozenset("set unset merge mergeOverwrite mustMerge mustMergeOverwrite".split())
# Those that give a new one. Source: the same, and pkg/engine/funcs.go of Helm.
_MAKES = frozenset("dict deepCopy mustDeepCopy pick omit fromYaml fromJson mustFromJson".split())


def changes(template: Template) -> bool:
    """Whether a file, outside of what it defines, changes a dict that it has not made itself."""
    own = [node for inside, node in owned(template.nodes) if not inside]
    given = list(_given(own))
    return any(
        not _made(command.args[1:2], given, frozenset())
        for node in own
        for pipe in pipes(node)
        for within, index in commands(pipe)
        for command in [within.commands[index]]
        if _function(command) in CHANGES
    )


def _given(nodes: list[Node]) -> Iterator[tuple[str, Pipe | None]]:
    """What each variable is given: a pipe, or None for an element of one."""
    for node in nodes:
        for pipe in pipes(node):
            yield from ((name, None if isinstance(node, Range) else pipe) for name in pipe.variables)


def _made(target: tuple[Operand, ...], given: list[tuple[str, Pipe | None]], asked: frozenset[str]) -> bool:
    """Whether a target is a dict that was just made, all that the variable was given being so."""
    match target:
        case (Function(name=name),):
            return name in _MAKES
        case (Pipe() as pipe,):
            last = pipe.commands[-1]
            name = _function(last)
            return name in _MAKES or (name in CHANGES and _made(last.args[1:2], given, asked))
        case (Variable(name=name, path=()),) if name not in asked:
            held = [pipe for variable, pipe in given if variable == name]
            return bool(held) and all(
                pipe is not None and _made((pipe,), given, asked | {name}) for pipe in held
            )
    return False


def _function(command: Command) -> str:
    first = command.args[0]
    return first.name if isinstance(first, Function) else ""
