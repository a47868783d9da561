"""The data of compose files: mappings and lists that remember where each of their entries stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]


class Map(dict[str, Any]):
    """A mapping. `marks` has the place (`compose.yaml:12`) of each key, `where` that of the whole."""

    def __init__(self, where: str = "", entries: Iterable[tuple[str, Any, str]] = ()) -> None:
        super().__init__()
        self.where = where
        self.marks: dict[str, str] = {}
        for key, value, mark in entries:
            self.put(key, value, mark)

    def put(self, key: str, value: Any, mark: str) -> None:
        """Sets an entry and where it stands."""
        self[key] = value
        self.marks[key] = mark

    def mark(self, key: str) -> str:
        """Where an entry stands."""
        return self.marks.get(key, self.where)

    def entries(self) -> list[tuple[str, Any, str]]:
        return [(key, value, self.mark(key)) for key, value in self.items()]


class Seq(list[Any]):
    """A list. `marks` has the place of each item, `where` that of the whole."""

    def __init__(self, where: str = "", items: Iterable[tuple[Any, str]] = ()) -> None:
        super().__init__()
        self.where = where
        self.marks: list[str] = []
        for value, mark in items:
            self.append(value)
            self.marks.append(mark)

    def items(self) -> list[tuple[Any, str]]:
        return list(zip(self, self.marks, strict=True))


class Reset:
    """`!reset`: what earlier files said of this is forgotten."""


class Override:
    """`!override`: this stands instead of what earlier files said, and is not merged with it."""

    def __init__(self, value: Any) -> None:
        self.value = value


def place(tree: Any, path: Path) -> str:
    """Where a path stands, or the nearest thing above it that is written down."""
    found = getattr(tree, "where", "")
    for part in path:
        if isinstance(tree, Map) and isinstance(part, str) and part in tree:
            found, tree = tree.mark(part) or found, tree[part]
        elif isinstance(tree, Seq) and isinstance(part, int) and part < len(tree):
            found, tree = tree.marks[part] or found, tree[part]
        else:
            break
    return found


def each(tree: Any, change: Callable[[Any, str], Any], mark: str = "") -> Any:
    """A copy of a tree with every scalar changed by `change(value, where)`."""
    if isinstance(tree, Map):
        return Map(tree.where, ((k, each(v, change, m), m) for k, v, m in tree.entries()))
    if isinstance(tree, Seq):
        return Seq(tree.where, ((each(v, change, m), m) for v, m in tree.items()))
    if isinstance(tree, Override):
        return Override(each(tree.value, change, mark))
    return tree if isinstance(tree, Reset) else change(tree, mark)


def settled(tree: Any) -> Any:
    """A tree without its tags: nothing is left to merge with."""
    if isinstance(tree, Override):
        return settled(tree.value)
    if isinstance(tree, Map):
        kept = [entry for entry in tree.entries() if not isinstance(entry[1], Reset)]
        return Map(tree.where, ((k, settled(v), m) for k, v, m in kept))
    if isinstance(tree, Seq):
        return Seq(tree.where, ((settled(v), m) for v, m in tree.items() if not isinstance(v, Reset)))
    return None if isinstance(tree, Reset) else tree
