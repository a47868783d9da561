"""The text of a compose file as a tree, with all problems and their lines."""

from __future__ import annotations

from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from chartgen.compose import plain
from chartgen.compose.tree import Map, Override, Reset, Seq
from chartgen.errors import ModelError, Problem
from chartgen.nodes import PLAIN, QUOTED, Reading, compose, utf8

LIMIT = 1 << 20  # bytes of a file that a person wrote
_TEXT = ("!!str", "tag:yaml.org,2002:str")
_KINDS = ("int", "float", "bool", "null", "map", "seq")
_USUAL = {f"tag:yaml.org,2002:{kind}" for kind in _KINDS}


def read(data: bytes, name: str, problems: list[Problem]) -> list[Map]:
    """The documents of a file; compose merges them like files. What is wrong is added to `problems`."""
    if len(data) > LIMIT:
        problems.append(Problem(name, f"{len(data):,} bytes, more than the {LIMIT:,} that are read"))
        return []
    try:
        roots = list(compose(utf8(data, name), name))
    except ModelError as error:
        problems.extend(error.problems)
        return []
    reading = _Reading(name, problems)
    found = [(reading.value(root, 0), root) for root in roots]
    for data_, root in found:
        if data_ is not None and not isinstance(data_, Map):
            reading.add(root, "a compose file is a mapping", "begin with `services:`")
    return [tree for tree, _ in found if isinstance(tree, Map)]


class _Reading(Reading):
    """One pass over the nodes of one file."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        super().__init__()
        self._name, self._problems = name, problems

    def add(self, node: Node, what: str, hint: str) -> None:
        self._problems.append(Problem(self._mark(node), what, hint))

    def _mark(self, node: Node) -> str:
        return f"{self._name}:{node.start_mark.line + 1}"

    def value(self, node: Node, depth: int) -> Any:
        if node.tag == "!reset":
            return Reset()
        if node.tag == "!override":
            return Override(self._untagged(node, depth))
        return self._untagged(node, depth)

    def _untagged(self, node: Node, depth: int) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if node.tag not in (PLAIN, QUOTED, "!override", *_USUAL):
            self._unknown(node)
        if not self.entered(node, depth):
            return None
        result = self._mapping(node, depth + 1) if isinstance(node, MappingNode) else self._list(node, depth)
        self.left(node)
        return result

    def _unknown(self, node: Node) -> None:
        hint = "compose knows !reset and !override; put text in quotes"
        self.add(node, f"the tag {node.tag} is not known", hint)

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        if node.tag == PLAIN or node.tag in _USUAL or node.tag == "!override":
            return plain.resolve(text)
        if node.tag != QUOTED and node.tag not in _TEXT:
            self._unknown(node)
        return text

    def _list(self, node: Node, depth: int) -> Seq:
        return Seq(self._mark(node), ((self.value(n, depth + 1), self._mark(n)) for n in node.value))

    def _mapping(self, node: MappingNode, depth: int) -> Map:
        result, merged = Map(self._mark(node)), Map()
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.add(key_node, "a key that is a list or a mapping", "keys are texts")
            elif key_node.tag == PLAIN and key_node.value == "<<":
                self._merge(value_node, merged, depth)
            else:
                self._entry(key_node, self.value(value_node, depth), result)
        for key, value, mark in merged.entries():
            if key not in result:  # what is written out wins, wherever `<<` stands
                result.put(key, value, mark)
        return result

    def _entry(self, node: ScalarNode, value: Any, into: Map) -> None:
        key = str(node.value)
        if key in into:
            hint = f"it is already at {into.mark(key)}"
            self.add(node, f"the key {key!r} stands twice", hint)
        into.put(key, value, self._mark(node))

    def _merge(self, node: Node, into: Map, depth: int) -> None:
        sources = [node] if isinstance(node, MappingNode) else node.value
        if isinstance(node, ScalarNode) or any(not isinstance(source, MappingNode) for source in sources):
            self.add(node, "<< takes a mapping or a list of mappings", "point it at an anchor of a mapping")
            return
        for source in sources:  # the first of a list wins
            found = self.value(source, depth)
            for key, value, mark in found.entries() if isinstance(found, Map) else ():
                if key not in into:
                    into.put(key, value, mark)
