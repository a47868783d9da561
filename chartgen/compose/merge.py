"""One compose file over another: what is merged, what is appended, what replaces.

Source: the Compose Specification, "Merge" and "Build"; where it is silent, compose-go's override package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chartgen.compose import plain
from chartgen.compose.notation import mount_target
from chartgen.compose.tree import Map, Override, Path, Reset, Seq, settled
from chartgen.errors import Problem

# What is written as a list of NAME=VALUE or as a mapping, and is merged as a mapping.
PAIRS = "annotations environment labels sysctls args additional_contexts"
# What is written as a list of names or as a mapping; in the list each name has these settings.
_NAMES: dict[str, dict[str, Any]] = {
    "depends_on": {"condition": "service_started", "required": True},
    "networks": {},
    "models": {},
}
# One text or a list: what comes later is appended.
_TEXTS = frozenset("dns dns_opt dns_search env_file label_file tmpfs extra_hosts".split())
# What comes later replaces what was there.
_WHOLE = frozenset("command entrypoint test".split())


def merge(base: Any, over: Any, path: Path, problems: list[Problem]) -> Any:
    """`over` merged onto `base`, both as they were written at `path`."""
    if isinstance(over, Reset):
        return over
    if isinstance(over, Override):
        return settled(over)
    if isinstance(base, Override | Reset):
        base = settled(base)
    key = path[-1] if path and path[0] in ("services", "jobs") and len(path) > 2 else ""
    if key in _WHOLE and (len(path) == 3 or path[-2] == "healthcheck"):
        return over
    if over is None:
        return base
    if base is None:
        return over
    special = _special(str(key), path)
    return special(base, over, path, problems) if special else _usual(base, over, path, problems)


def _special(key: str, path: Path) -> Callable[[Any, Any, Path, list[Problem]], Any] | None:
    if key in PAIRS.split() and (len(path) == 3 or path[-2] in ("build", "deploy")):
        return lambda b, o, p, found: _usual(pairs(b), pairs(o), p, found)
    if key == "labels" or (len(path) == 3 and path[-1] == "labels"):
        return lambda b, o, p, found: _usual(pairs(b), pairs(o), p, found)
    if key in _NAMES and len(path) == 3:
        return lambda b, o, p, found: _usual(named(b, key), named(o, key), p, found)
    if key in _TEXTS and len(path) in (3, 4):
        return lambda b, o, p, found: _appended(texts(b), texts(o))
    if key == "build":
        return lambda b, o, p, found: _usual(_context(b), _context(o), p, found)
    if key == "logging" and len(path) == 3:
        return _logging
    if len(path) == 4 and path[2] == "ulimits":
        return lambda b, o, p, f: _usual(b, o, p, f) if isinstance(b, Map) and isinstance(o, Map) else o
    return None


def _usual(base: Any, over: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(base, Map) and isinstance(over, Map):
        return _mapping(base, over, path, problems)
    if isinstance(base, Seq) and isinstance(over, Seq):
        return _once(_appended(base, over), str(path[-1]))
    if isinstance(base, Map | Seq) or isinstance(over, Map | Seq):
        where = getattr(over, "where", "") or getattr(base, "where", "")
        what = f"{'.'.join(map(str, path))} is of another kind than in the file before"
        problems.append(Problem(where, what, "write it the same way in both, or with !override"))
    return over


def _mapping(base: Map, over: Map, path: Path, problems: list[Problem]) -> Map:
    result = Map(base.where or over.where, base.entries())
    for key, value, mark in over.entries():
        merged = merge(result[key], value, (*path, key), problems) if key in result else value
        if isinstance(merged, Reset) and key in result:
            del result[key]
        elif not isinstance(merged, Reset):
            kept = merged is result.get(key)
            result.put(key, merged, result.mark(key) if kept else mark)
    return result


def _appended(base: Seq, over: Seq) -> Seq:
    return Seq(base.where, [*base.items(), *(item for item in over.items() if item[0] not in base)])


def _once(items: Seq, key: str) -> Seq:
    """Of what can be there once alone, the last, in the place of the first."""
    if key not in ("volumes", "devices", "secrets", "configs"):
        return items
    kept: dict[str, tuple[Any, str]] = {}
    for item, mark in items.items():
        target = mount_target(item, key)
        kept[target] = (item, mark)
    return Seq(items.where, kept.values())


def _logging(base: Any, over: Any, path: Path, problems: list[Problem]) -> Any:
    """Options belong to their driver: with another one they go."""
    drivers = [tree.get("driver") for tree in (base, over) if isinstance(tree, Map)]
    same = len(drivers) == 2 and (None in drivers or drivers[0] == drivers[1])
    return _usual(base, over, path, problems) if same else over


def _context(tree: Any) -> Any:
    return tree if isinstance(tree, Map) else Map("", [("context", tree, "")])


def pairs(tree: Any) -> Any:
    """A list of NAME=VALUE as the mapping it stands for; a name alone has the value None."""
    if not isinstance(tree, Seq):
        return tree
    result = Map(tree.where)
    for item, mark in tree.items():
        name, sign, value = plain.text_of(item).partition("=")
        result.put(name, value if sign else None, mark)
    return result


def named(tree: Any, key: str) -> Any:
    """A list of names as a mapping of names to what the short form means."""
    if not isinstance(tree, Seq):
        return tree
    meaning = _NAMES.get(key) or {}
    found = Map(tree.where)
    for item, mark in tree.items():
        entry = Map(mark, ((k, v, mark) for k, v in meaning.items())) if meaning else None
        found.put(plain.text_of(item), entry, mark)
    return found


def texts(tree: Any) -> Seq:
    """One text or a list of them, or a mapping as the list of NAME=VALUE it stands for."""
    if isinstance(tree, Map):
        items: list[tuple[Any, str]] = []
        for name, value, mark in tree.entries():
            values = value.items() if isinstance(value, Seq) else [(value, mark)]
            items += [(f"{name}={plain.text_of(v)}", m) for v, m in values]
        return Seq(tree.where, items)
    return tree if isinstance(tree, Seq) else Seq("", [] if tree is None else [(tree, "")])
