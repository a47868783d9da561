"""One execution of a template on data whose origin is known: what dot and the variables stand for."""

from __future__ import annotations

from chartgen.template.effects import CHANGES, PARTS, apply
from chartgen.template.origin import (
    MADE,
    NOTHING,
    OTHER,
    Constant,
    Found,
    Origin,
    Origins,
    Place,
    element,
    fields,
    follow,
    keys,
    strings,
)
from chartgen.template.reader import Reader
from chartgen.template.tree import (
    Action,
    Block,
    Call,
    Chain,
    Command,
    Control,
    Dot,
    Field,
    Function,
    Literal,
    Node,
    Operand,
    Pipe,
    Range,
    Variable,
    With,
)

# What a loop assigns, its next turn may read. Each turn can only add origins; more turns than this
# would need a chain of as many variables handing one value on.
MAX_TURNS = 8


class Body:
    """Walks the nodes of a template and tells `reader` what happens to the values.

    `anchor` is the offset to report instead of the nodes' own.
    """

    def __init__(self, reader: Reader, data: Origins, anchor: int | None = None) -> None:
        self.reader = reader
        self.anchor = anchor
        self.dot = data
        self.scopes: list[dict[str, Origins]] = [{"$": data}]
        self.looping = False
        self.changed = False

    def walk(self, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            if isinstance(node, Action):
                found = self.pipe(node.pipe)
                if not node.pipe.variables:
                    self.reader.use(found)
            elif isinstance(node, Control):
                self._control(node)
            elif isinstance(node, Call):
                self._call(node.name, node.pipe, node.name_start)
            elif isinstance(node, Block):
                self._call(node.name, node.pipe, node.start)

    def _call(self, name: str, pipe: Pipe | None, at: int) -> None:
        data: Found = self.pipe(pipe) if pipe else {}
        self.reader.call({Constant(name): at}, data)

    def _control(self, node: Control) -> None:
        self.scopes.append({})
        for branch in node.branches:
            found = self.pipe(branch.pipe) if branch.pipe else {}
            self.reader.use({o: at for o, at in found.items() if not isinstance(o, MADE)})
            outer = self.dot
            if isinstance(node, Range) and branch.pipe:
                self._range(branch.pipe, found, branch.body)
            else:
                if isinstance(node, With) and branch.pipe:
                    self.dot = frozenset(found)
                self.walk(branch.body)
            self.dot = outer
        self.scopes.pop()

    def _range(self, pipe: Pipe, found: Found, body: tuple[Node, ...]) -> None:
        each = frozenset(follow(found, element))
        index = frozenset(follow(found, keys))
        self.dot = each
        self._bind(pipe.variables, pipe.assigns, (index, each)[-len(pipe.variables) :])
        outermost, self.looping = not self.looping, True
        for _ in range(MAX_TURNS if outermost else 1):
            self.changed = False
            self.scopes.append({})
            self.walk(body)
            self.scopes.pop()
            if not self.changed:
                break
        self.looping = not outermost

    def _bind(self, names: tuple[str, ...], assigns: bool, values: tuple[Origins, ...]) -> None:
        for name, value in zip(names, values, strict=False):
            if assigns:
                self._assign(name, value)
            else:
                self.scopes[-1][name] = value

    def _assign(self, name: str, value: Origins) -> None:
        """Whether the assignment is reached is not known: what was there before stays possible."""
        scope = next((s for s in reversed(self.scopes) if name in s), self.scopes[-1])
        before = scope.get(name, NOTHING)
        scope[name] = before | value
        self.changed |= scope[name] != before

    def pipe(self, pipe: Pipe) -> Found:
        """The value of a pipeline, after what it declares or assigns."""
        found: Found | None = None
        for command in pipe.commands:
            found = self._command(command, found)
        value = found or {}
        if len(pipe.variables) == 1:
            self._bind(pipe.variables, pipe.assigns, (frozenset(value),))
        return value

    def _command(self, command: Command, piped: Found | None) -> Found:
        first, *rest = command.args
        args = [self._operand(arg) for arg in rest]
        if piped is not None:
            args.append(piped)
        if not isinstance(first, Function):
            found = self._operand(first)
            return self._method(found, args) if args else found
        found = apply(self.reader, first.name, args, self._at(first))
        if first.name in CHANGES and rest:
            self._change(rest[0], frozenset(found), args[1:])
        return found

    def _change(self, target: Operand, value: Origins, added: list[Found]) -> None:
        """`set $x "k" v`: the map changes for everybody who holds it."""
        if isinstance(target, Variable) and not target.path:
            before = self._variable(target.name)
            self._assign(target.name, value)
            if before == self.dot:
                self.dot = self._variable(target.name)
        elif isinstance(target, Dot):
            if self.scopes[0]["$"] == self.dot:
                self._assign("$", value)
            self.dot |= value
        elif _held(target):
            for found in added:
                self.reader.escape(found)

    def _method(self, found: Found, args: list[Found]) -> Found:
        """`.Files.Get "a.txt"`: constant arguments are part of the path that is read."""
        for arg in args:
            self.reader.use(arg)
        names = [strings(arg) for arg in args]
        for origin, at in found.items():
            if isinstance(origin, Place):
                self.reader.use({_called(origin, names): at})
        return dict.fromkeys(OTHER, min(found.values(), default=0))

    def _operand(self, node: Operand) -> Found:
        if isinstance(node, Field):
            return self._stamped(fields(self.dot, node.path), node)
        if isinstance(node, Variable):
            return self._stamped(fields(self._variable(node.name), node.path), node)
        if isinstance(node, Dot):
            return self._stamped(self.dot, node)
        if isinstance(node, Pipe):
            return self.pipe(node)
        if isinstance(node, Chain):
            return self._stamped(fields(self._operand(node.operand), node.path), node)
        if isinstance(node, Function):
            return apply(self.reader, node.name, [], self._at(node))
        return self._stamped(_literal(node), node)

    def _variable(self, name: str) -> Origins:
        return next((s[name] for s in reversed(self.scopes) if name in s), NOTHING)

    def _at(self, node: Operand) -> int:
        return node.start if self.anchor is None else self.anchor

    def _stamped(self, origins: Origins, node: Operand) -> Found:
        return dict.fromkeys(origins, self._at(node))


def _literal(node: Literal) -> Origins:
    if node.kind in ("string", "number") and isinstance(node.value, str | int):
        return frozenset({Constant(node.value)})
    return NOTHING if node.kind == "nil" else OTHER


def _held(target: Operand) -> bool:
    """Whether a map can be reached again by another name: one just made by `dict` or `deepCopy` cannot."""
    if isinstance(target, Pipe):
        last = target.commands[-1].args[0]
        return last.name in PARTS if isinstance(last, Function) else _held(last)
    return isinstance(target, Field | Variable | Chain)


def _called(place: Place, names: list[list[str]]) -> Origin:
    if all(len(n) == 1 for n in names):
        return Place((*place.path, *(n[0] for n in names)))
    return Place(place.path, dynamic=True)
