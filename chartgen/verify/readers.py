"""Which templates a value reaches: by what their source reads, and by what changes the values for others.

A template that calls `set` or the like on the values changes what those after it read, so it is executed
before them each time. What `tpl` executes is a text, which may read anything if there is a template in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen import values
from chartgen.template import Calls, Template, TemplateError, calls, parse, reads
from chartgen.verify.changing import CHANGES, changes

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.manifest import Case
    from chartgen.settings import Path
    from chartgen.verify.document import Values

Tree = dict[str, Any]  # by key; under "" the templates that read the level as a whole
_SCALARS = (str, int, float, bool)
_PATHS = 10_000  # paths whose readers are remembered


class Readers:
    """What each of the executed `templates` reads; `first` are those that change values for the others."""

    def __init__(
        self,
        templates: tuple[str, ...],
        first: tuple[str, ...],
        executing: frozenset[str],
        tree: Tree,
        defaults: Values,
        moved: Mapping[Path, Path],
    ) -> None:
        self.templates, self.first = templates, first
        self._executing, self._tree, self._moved = executing, tree, moved
        self._defaults = dict(values.leaves(defaults))
        self._known: dict[Path, frozenset[str]] = {}

    def keys(self, case: Case) -> dict[str, str]:
        """What each template's text depends on: the release, and those of the values given that it reads."""
        leaves = values.leaves(case.values)
        new = {path: _text(path, value) for path, value in leaves if not self._is_default(path, value)}
        everything = self._executing if any("{{" in text for text in new.values()) else frozenset()
        given: dict[str, list[str]] = {}
        for path in sorted(new):
            for template in self._readers(path) | everything:
                given.setdefault(template, []).append(new[path])
        release = repr(case.release)
        return {path: release + "".join(given.get(path, ())) for path in self.templates}

    def _is_default(self, path: Path, value: Any) -> bool:
        """Whether a value is the default of its path, of the same type all through."""
        if path not in self._defaults:
            return False
        default = self._defaults[path]
        if type(value) is not type(default) or value != default:
            return False
        return isinstance(value, _SCALARS) or _text(path, value) == _text(path, default)

    def _readers(self, path: Path) -> frozenset[str]:
        found = self._known.get(path)
        if found is None:
            if len(self._known) >= _PATHS:
                self._known.clear()
            found = self._known[path] = frozenset().union(*self._found(path))
        return found

    def _found(self, path: Path) -> Iterator[set[str]]:
        yield from _readers(self._tree, path)
        for old, new in self._moved.items():
            if path[: len(old)] == old or old[: len(path)] == path:
                yield from _readers(self._tree, new)


def of(chart: Chart, templates: tuple[str, ...], moved: Mapping[Path, Path] | None) -> Readers | None:
    """The readers of a chart's values among its executed templates; None when one cannot be parsed.

    `moved` are old names of settings with their new ones, of a chart of ours: one of its files copies them
    and puts defaults where there is nothing, and its helpers change no values. None is for a chart that may
    do anything: what is read by a template that could change values then counts as read by all.
    """
    try:
        parsed = {file.path: parse(file.text, file.path) for file in chart.templates}
    except TemplateError:
        return None
    shared = [template for path, template in parsed.items() if path not in templates]
    called = calls(parsed.values())
    reached = {path: _functions(called, parsed[path]) for path in templates}
    first = tuple(
        path for path in templates if (reached[path] & CHANGES if moved is None else changes(parsed[path]))
    )
    root: Tree = {}
    for path in templates:
        everybody = templates if path in first and moved is None else (path,)
        for read in reads([parsed[path], *shared], chart.default_values):
            if read.root == "Values":
                _note(root, read.path, everybody)
    executing = frozenset(path for path in templates if "tpl" in reached[path])
    return Readers(templates, first, executing, root, chart.default_values, moved or {})


def _functions(called: Calls, template: Template) -> frozenset[str]:
    """The functions that a file calls, itself and in what it includes; of a name that is computed, in any."""
    names, waiting = {""}, [""]
    while waiting:
        inside = waiting.pop()
        for inclusion in called.included:
            if inclusion.inside == inside and (inside or inclusion.template == template.name):
                known = [inclusion.name] if inclusion.name else [d.name for d in called.defined]
                waiting += [name for name in known if name not in names]
                names.update(known)
    return frozenset(
        f.name for f in called.functions if f.inside in names and (f.inside or f.template == template.name)
    )


def _note(root: Tree, read: Path, templates: Iterable[str]) -> None:
    level = root
    for key in read:
        if key == "*":
            break
        level = level.setdefault(key, {})
    level.setdefault("", set()).update(templates)


def _readers(root: Tree, path: Path) -> Iterator[set[str]]:
    """The templates that read a setting, what it is part of, or a part of it."""
    level = root
    yield level.get("", set())
    for key in path:
        if key not in level:
            return
        level = level[key]
        yield level.get("", set())
    yield from _below(level)


def _below(level: Tree) -> Iterator[set[str]]:
    for key, inner in level.items():
        if key:
            yield inner.get("", set())
            yield from _below(inner)


def _text(path: Path, value: Any) -> str:
    """A text that no other value and no other path has."""
    if isinstance(value, _SCALARS):
        return repr((path, value))
    return repr((path, "", json.dumps(value, sort_keys=True)))
