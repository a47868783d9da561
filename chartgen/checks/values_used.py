"""Every value that a template reads is declared, and every one that is declared is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chartgen.errors import near_miss
from chartgen.findings import Finding, Place

if TYPE_CHECKING:
    from chartgen.checks.subject import Made
    from chartgen.settings import Path
    from chartgen.template import Read

NAME = "values-used"
HELP = "Templates read the values that are declared: no others, and all of them."
ANY = "*"  # any element of a list, any key of a map
# A parent chart sets these on its own account; nothing has to read them.
PLACEHOLDERS: tuple[Path, ...] = (("enabled",), ("global",))


def check(made: Made) -> Iterator[Finding]:
    """Files that are no templates first: what they read cannot be known."""
    for error in made.broken:
        yield Finding(NAME, Place(error.name, error.line), error.what, error.hint)
    found = [read for read in made.reads if read.root == "Values"]
    declared = _Node()
    for setting in made.settings:
        declared.add(setting.path).end = True
        if setting.renamed_from:
            declared.add(setting.renamed_from).end = True
    yield from _undeclared(found, declared)
    if not made.broken:
        yield from _unread(made, found)


@dataclass
class _Node:
    """A level of paths. `end` says that a path ends here and takes all that is below with it."""

    below: dict[str, _Node] = field(default_factory=dict)
    end: bool = False
    omitted: frozenset[str] = frozenset()

    def add(self, path: Iterable[str]) -> _Node:
        node = self
        for key in path:
            node = node.below.setdefault(key, _Node())
        return node

    def step(self, key: str) -> list[_Node]:
        """Where `key` leads; to every child when it may be any."""
        if key == ANY:
            return list(self.below.values())
        return [self.below[k] for k in (key, ANY) if k in self.below]


def _undeclared(found: Iterable[Read], declared: _Node) -> Iterator[Finding]:
    """A read is fine when it ends at a level, at a setting, or inside one."""
    for read in found:
        level = [declared]
        for depth, key in enumerate(read.path):
            if any(node.end for node in level):
                break
            above, level = level, [after for node in level for after in node.step(key)]
            if not level:
                known = [name for node in above for name in node.below]
                what = f"reads .Values.{'.'.join(read.path[: depth + 1])}, which no setting declares"
                yield Finding(NAME, Place(read.template, read.line), what, near_miss(key, known))
                break


def _unread(made: Made, found: Iterable[Read]) -> Iterator[Finding]:
    """A setting is read when a path leads to it, into it, or takes a level above it as a whole."""
    taken = _Node()
    for read in found:
        _take(taken, read)
    for setting in made.settings:
        if setting.path not in PLACEHOLDERS and not _is_read(taken, setting.path):
            what = f"no template reads {setting.dotted}"
            hint = "read it, or remove the setting: a person who sets it gets nothing"
            yield Finding(NAME, Place("values.yaml", 0, setting.dotted), what, hint)


def _take(taken: _Node, read: Read) -> None:
    node = taken.add(read.path)
    if (read.whole or read.dynamic) and not node.end:
        node.end, node.omitted = True, frozenset(read.omitted)
    elif read.whole or read.dynamic:
        node.omitted &= frozenset(read.omitted)


def _is_read(taken: _Node, path: Path) -> bool:
    level = [taken]
    for key in path:
        if any(node.end and key not in node.omitted for node in level):
            return True
        level = [after for node in level for after in node.step(key)]
    return bool(level)
