"""Paths in compose files, which are relative to a folder that depends on where they stand."""

from __future__ import annotations

from typing import Any

from chartgen.compose import plain
from chartgen.compose.merge import texts
from chartgen.compose.notation import FormError, mount
from chartgen.compose.source import below
from chartgen.compose.tree import Map, Seq


def rooted(tree: Map, base: str) -> Map:
    """A tree whose paths are all seen from the source. What has not the shape it should have stays."""
    result = Map(tree.where, tree.entries())
    for group in ("services", "jobs"):
        _change(result, group, lambda services: _each(services, lambda s: _service(s, base)))
    for group in ("configs", "secrets"):
        _change(result, group, lambda named: _each(named, lambda entry: _file(entry, "file", base)))
    return result


def _change(tree: Map, key: str, change: Any) -> None:
    if isinstance(tree.get(key), Map | Seq | str):
        tree.put(key, change(tree[key]), tree.mark(key))


def _each(tree: Any, change: Any) -> Any:
    if not isinstance(tree, Map):
        return tree
    return Map(tree.where, ((k, change(v) if isinstance(v, Map) else v, m) for k, v, m in tree.entries()))


def _file(tree: Map, key: str, base: str) -> Map:
    result = Map(tree.where, tree.entries())
    _change(result, key, lambda value: below(base, value) if isinstance(value, str) else value)
    return result


def _service(tree: Map, base: str) -> Map:
    result = Map(tree.where, tree.entries())
    for key in ("env_file", "label_file"):
        _change(result, key, lambda value: _files(value, base))
    _change(result, "build", lambda value: _build(value, base))
    _change(result, "volumes", lambda value: _volumes(value, base))
    return result


def _files(tree: Any, base: str) -> Any:
    def one(item: Any) -> Any:
        return _file(item, "path", base) if isinstance(item, Map) else below(base, _path(item))

    items = Seq("", [(tree, tree.where)]) if isinstance(tree, Map) else texts(tree)
    return Seq(items.where, ((one(item), mark) for item, mark in items.items()))


def _path(item: Any) -> str:
    """A path as it is: one that is seen from the source stays known as such."""
    return item if isinstance(item, str) else plain.text_of(item)


def _build(tree: Any, base: str) -> Any:
    if isinstance(tree, str):
        return Map("", [("context", _context(tree, base), "")])
    return tree if not isinstance(tree, Map) else _with_context(tree, base)


def _with_context(tree: Map, base: str) -> Map:
    result = Map(tree.where, tree.entries())
    result.put("context", _context(_path(tree.get("context", ".")), base), tree.mark("context"))
    return result


def _context(path: str, base: str) -> str:
    return path if "://" in path or path.startswith("git@") else below(base, path)


def _volumes(tree: Any, base: str) -> Any:
    if not isinstance(tree, Seq):
        return tree
    return Seq(tree.where, ((_volume(item, base), mark) for item, mark in tree.items()))


def _volume(item: Any, base: str) -> Any:
    if isinstance(item, Map):
        return _file(item, "source", base) if item.get("type") == "bind" else item
    try:
        use = mount(item)
    except FormError:
        return item  # told later, with everything else
    if use.kind != "bind":
        return item
    where = getattr(item, "where", "")
    entries: dict[str, Any] = {"type": "bind", "source": below(base, use.source), "target": use.target}
    if use.options:
        entries["x-options"] = ",".join(use.options)
    if use.read_only:
        entries["read_only"] = True
    return Map(where, ((k, v, where) for k, v in entries.items()))
