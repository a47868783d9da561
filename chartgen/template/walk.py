"""Ways through a parsed template, none of which is limited by how deep it nests."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.template.tree import Action, Block, Call, Chain, Control, Define, Node, Pipe, Template


def definitions(template: Template) -> tuple[Define | Block, ...]:
    """Every named template a file defines, in the order of the text."""
    return tuple(n for n in walk(template.nodes) if isinstance(n, Define | Block))


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Every node at any depth, in the order of the text."""
    return (node for _, node in owned(nodes))


def owned(nodes: tuple[Node, ...]) -> Iterator[tuple[str, Node]]:
    """Every node at any depth with the named template it is in, "" for the file itself."""
    waiting = [("", node) for node in reversed(nodes)]
    while waiting:
        owner, node = waiting.pop()
        yield owner, node
        if isinstance(node, Control):
            waiting.extend((owner, n) for b in reversed(node.branches) for n in reversed(b.body))
        elif isinstance(node, Define | Block):
            waiting.extend((node.name, n) for n in reversed(node.body))


def pipes(node: Node) -> tuple[Pipe, ...]:
    """The pipelines of a node itself, without those of the nodes in its body."""
    if isinstance(node, Control):
        return tuple(b.pipe for b in node.branches if b.pipe)
    if isinstance(node, Action | Block):
        return (node.pipe,)
    return (node.pipe,) if isinstance(node, Call) and node.pipe else ()


def commands(pipe: Pipe) -> Iterator[tuple[Pipe, int]]:
    """Every command of a pipeline and of those in parentheses, as the pipe it is in and its index."""
    waiting = [pipe]
    while waiting:
        current = waiting.pop()
        inner = []
        for i, command in enumerate(current.commands):
            yield current, i
            for arg in command.args:
                operand = arg.operand if isinstance(arg, Chain) else arg
                if isinstance(operand, Pipe):
                    inner.append(operand)
        waiting.extend(reversed(inner))
