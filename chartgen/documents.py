"""YAML in and out, with Helm's meaning of every scalar.

`load` is for what a person wrote: strict, with all problems and their lines. `load_all` is for what
Helm rendered: fast, and as forgiving as Helm, but for duplicate keys. `dump` writes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from chartgen import scalars
from chartgen.emit import dump, scalar, wrapped
from chartgen.errors import Problem
from chartgen.frozen import Frozen
from chartgen.nodes import PLAIN, QUOTED, Reading, compose, problem, refused, utf8

__all__ = ["Document", "dump", "load", "load_all", "scalar", "wrapped"]

Path = tuple[str | int, ...]
LIMIT = 1 << 20  # bytes of a file that a person wrote
_CORE = "tag:yaml.org,2002:"
_TAGS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "map", "seq")}


class Document(Frozen):
    """One document: its data, the line (1-based) of every path in it, the file it came from."""

    data: Any
    lines: Mapping[Path, int] = field(compare=False, repr=False)
    name: str = ""

    def line(self, path: Path = ()) -> int:
        """The line of a path, or of the nearest thing above it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: Path = ()) -> str:
        """`app.yaml:12` for a path, or for the nearest thing above it that is written down."""
        return f"{self.name}:{self.line(path)}"


def load(text: str | bytes, name: str, limit: int = LIMIT) -> Document:
    """The one document in `text`, a file called `name` that a person wrote; data None when empty.

    Raises ModelError listing every problem as `name:line:column`: syntax, keys that stand twice or
    are not strings, tags, aliases that multiply, more than `limit` bytes, deep nesting, not UTF-8.
    """
    roots = list(compose(_decoded(text, name, limit), name))
    if len(roots) > 1:
        raise refused(name, [problem(name, roots[1], "a second document", "one file holds one document")])
    if not roots:
        return Document(None, {(): 1}, name)
    reading = _Reading(name, strict=True)
    data = reading.value(roots[0], 0)
    if reading.problems:
        raise refused(name, reading.problems)
    return Document(data, _Lines(roots[0]), name)


def load_all(text: str, name: str) -> list[Any]:
    """The data of every document in `text`, rendered YAML called `name`; empty ones are left out.

    Raises ModelError for what Helm refuses too, and for keys that stand twice in one mapping.
    """
    found = []
    for root in compose(text, name):
        reading = _Reading(name, strict=False)
        data = reading.value(root, 0)
        if reading.problems:
            raise refused(name, reading.problems)
        if data is not None:
            found.append(data)
    return found


def _decoded(text: str | bytes, name: str, limit: int) -> str:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > limit:
        what = f"{len(data):,} bytes, more than the {limit:,} that are read"
        raise refused(name, [Problem(name, what, "split the file")])
    return utf8(data, name)


class _Reading(Reading):
    """One pass over the nodes of one document, building data and collecting problems."""

    def __init__(self, name: str, strict: bool) -> None:
        super().__init__()
        self.problems: list[Problem] = []
        self._name, self._strict = name, strict

    def value(self, node: Node, depth: int) -> Any:
        """The data of `node`; what is wrong with it lands in `problems`."""
        if type(node) is ScalarNode:
            return self._scalar(node)
        if node.tag != PLAIN:
            self._tagged(node)
        if not self.entered(node, depth):
            return None
        if type(node) is MappingNode:
            result: Any = self._mapping(node, depth + 1)
        else:
            result = [self.value(child, depth + 1) for child in node.value]
        self.left(node)
        return result

    def add(self, node: Node, what: str, hint: str) -> None:
        self.problems.append(problem(self._name, node, what, hint))

    def _tagged(self, node: Node) -> None:
        if self._strict or node.tag not in _TAGS:
            tag = str(node.tag).replace(_CORE, "!!")
            self.add(node, f"the tag {tag} is not read here", "remove it; put text in quotes")

    def _scalar(self, node: ScalarNode) -> scalars.Scalar:
        if node.tag == QUOTED:
            return str(node.value)
        if node.tag != PLAIN:
            self._tagged(node)
            return str(node.value) if node.tag == _CORE + "str" else scalars.resolve(node.value)
        value = scalars.resolve(node.value)
        if type(value) is float and not math.isfinite(value):
            self.add(node, f"{node.value} is no number that Helm can carry", "put it in quotes")
        return value

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        written: dict[str, Node] = {}
        for key_node, value_node in node.value:
            if key_node.tag == PLAIN and key_node.value == "<<":
                self._merge(value_node, result, depth)
                continue
            key = self._key(key_node)
            if key is None:
                continue
            if key in written:
                line = written[key].start_mark.line + 1
                self.add(key_node, f"the key {key!r} stands twice", f"it is already in line {line}")
            written[key] = key_node
            result[key] = self.value(value_node, depth)
        return result

    def _key(self, node: Node) -> str | None:
        if type(node) is not ScalarNode:
            self.add(node, "a key that is a list or a mapping", "keys are texts")
            return None
        if node.tag != PLAIN:
            value = self._scalar(node)
            return value if isinstance(value, str) else scalars.key(node.value)
        key = scalars.key(node.value)
        if key is None or (self._strict and not isinstance(scalars.resolve(node.value), str)):
            shown = f"{node.value or 'an empty key'} is no text for Helm"
            self.add(node, shown, f'put the key in quotes: "{node.value}"')
            return None
        return key

    def _merge(self, node: Node, into: dict[str, Any], depth: int) -> None:
        """Merge as go-yaml v2 does: where it stands counts, and the first of a list wins."""
        sources = [node] if type(node) is MappingNode else node.value
        if type(node) is ScalarNode or any(type(source) is not MappingNode for source in sources):
            self.add(node, "<< takes a mapping or a list of mappings", "point it at an anchor of a mapping")
            return
        for source in reversed(sources):
            into.update(self.value(source, depth) or {})


class _Lines(Mapping[Path, int]):
    """The line of every path, found when somebody asks for the first."""

    def __init__(self, root: Node) -> None:
        self._root = root

    @cached_property
    def _lines(self) -> dict[Path, int]:
        found: dict[Path, int] = {(): self._root.start_mark.line + 1}
        _collect(self._root, (), found)
        return found

    def __getitem__(self, path: Path) -> int:
        return self._lines[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _collect(node: Node, path: Path, found: dict[Path, int]) -> None:
    if type(node) is MappingNode:
        for key, value in node.value:
            if key.tag == PLAIN and key.value == "<<":
                for source in [value] if type(value) is MappingNode else value.value:
                    _collect(source, path, found)
                continue
            found[*path, key.value] = key.start_mark.line + 1
            _collect(value, (*path, key.value), found)
    elif type(node) is not ScalarNode:
        for index, child in enumerate(node.value):
            found[*path, index] = child.start_mark.line + 1
            _collect(child, (*path, index), found)
