"""Which named templates there are, which are included, and which functions are called, with places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chartgen.frozen import Frozen
from chartgen.template.tree import Block, Call, Chain, Function, Literal, Node, Operand, Pipe, Template
from chartgen.template.walk import commands, definitions, owned, pipes


class Definition(Frozen):
    """`{{ define }}` or `{{ block }}`."""

    template: str
    line: int
    column: int
    name: str


class FunctionCall(Frozen):
    """A function is called; `inside` is the named template it stands in, or ""."""

    template: str
    line: int
    column: int
    name: str
    inside: str


class Inclusion(Frozen):
    """A named template is executed; `name` is None when it is computed. `how`: include, template, block."""

    template: str
    line: int
    column: int
    name: str | None
    how: str
    inside: str


class Calls(Frozen):
    """All of them in the order of the templates, then by place."""

    defined: tuple[Definition, ...]
    included: tuple[Inclusion, ...]
    functions: tuple[FunctionCall, ...]

    @property
    def lookups(self) -> tuple[FunctionCall, ...]:
        """The calls of `lookup`, which asks the cluster: what they render depends on where."""
        return tuple(f for f in self.functions if f.name == "lookup")


def calls(templates: Iterable[Template]) -> Calls:
    """What the templates define, include and call. Places are those of the name or the function."""
    defined: list[Definition] = []
    included: list[Inclusion] = []
    functions: list[FunctionCall] = []
    for template in templates:
        defined += [
            Definition(template.name, *template.place(d.start), d.name) for d in definitions(template)
        ]
        executed, called = _in(template)
        included += sorted(executed, key=lambda i: (i.line, i.column))
        functions += sorted(called)
    return Calls(tuple(defined), tuple(included), tuple(functions))


def _in(template: Template) -> tuple[list[Inclusion], list[FunctionCall]]:
    included: list[Inclusion] = []
    functions: list[FunctionCall] = []
    for inside, node in owned(template.nodes):
        included += _executed(template, node, inside)
        for pipe in pipes(node):
            included += _includes(template, pipe, inside)
            functions += _functions(template, pipe, inside)
    return included, functions


def _executed(template: Template, node: Node, inside: str) -> list[Inclusion]:
    if isinstance(node, Call):
        place = template.place(node.name_start)
        return [Inclusion(template.name, *place, node.name, "template", inside)]
    if isinstance(node, Block):
        return [Inclusion(template.name, *template.place(node.start), node.name, "block", inside)]
    return []


def _includes(template: Template, pipe: Pipe, inside: str) -> list[Inclusion]:
    found = []
    for within, index in commands(pipe):
        first, *args = within.commands[index].args
        if isinstance(first, Function) and first.name == "include":
            place = template.place(first.start)
            found.append(Inclusion(template.name, *place, constant(args), "include", inside))
    return found


def constant(args: Sequence[Operand]) -> str | None:
    """The name of a template as the first argument of `include`; None when it is computed."""
    value = args[0].value if args and isinstance(args[0], Literal) else None
    return value if isinstance(value, str) else None


def _functions(template: Template, pipe: Pipe, inside: str) -> list[FunctionCall]:
    found = []
    for within, index in commands(pipe):
        for arg in within.commands[index].args:
            operand = arg.operand if isinstance(arg, Chain) else arg
            if isinstance(operand, Function):
                place = template.place(operand.start)
                found.append(FunctionCall(template.name, *place, operand.name, inside))
    return found
