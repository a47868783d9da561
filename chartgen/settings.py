"""Settings: the install-time knobs of a chart, declared once, printed three times.

One ordered tree of settings becomes `values.yaml` (default and help), `values.schema.json` (schema,
our own fields under `x-chartgen`) and the table of the chart's README.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.errors import ModelError, Problem
from chartgen.frozen import Frozen

Path = tuple[str, ...]
Schema = Mapping[str, Any]  # a draft-07 JSON Schema


class Setting(Frozen):
    """One install-time knob, declared by the owner of its block.

    `help` is one or more sentences; `since`/`until` are chart versions; `renamed_from` is the path
    that this setting had before, which keeps working until the version `until`. `tpl` says that the
    value may hold template expressions, `secret` that it must never be shown. `required` says whether
    the values must have it, so that `null` is refused; by default all must but maps, what is empty, and
    what says `since`: values of before that version do not have it, and get its default.
    """

    path: Path
    default: Any
    schema: Schema
    help: str
    examples: tuple[Any, ...] = ()
    since: str = ""
    renamed_from: Path = ()
    until: str = ""
    tpl: bool = False
    secret: bool = False
    required: bool | None = None

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    @property
    def needed(self) -> bool:
        """Whether a values document without it is refused."""
        if self.required is None:
            return not isinstance(self.default, Mapping) and self.default not in ([], "") and not self.since
        return self.required


Group = dict[str, "Setting | Group"]  # a level of the values: settings and further levels


def tree(settings: Iterable[Setting]) -> Group:
    """The settings as nested levels, in the order of their declaration.

    Raises ModelError naming every path that is declared twice, or is both a setting and a level.
    """
    root: Group = {}
    problems: list[Problem] = []
    for setting in settings:
        level: Any = root
        for key in setting.path[:-1]:
            level = level.setdefault(key, {}) if isinstance(level, dict) else level
        if not isinstance(level, dict) or setting.path[-1] in level:
            problems.append(
                Problem(setting.dotted, "this setting is declared twice", "rename one of the two")
            )
        else:
            level[setting.path[-1]] = setting
    if problems:
        raise ModelError("settings clash", problems=problems)
    return root


def walk(level: Group) -> Iterator[Setting]:
    """The settings of a tree, in its order."""
    for node in level.values():
        if isinstance(node, Setting):
            yield node
        else:
            yield from walk(node)


def defaults(level: Group) -> dict[str, Any]:
    """The values of a tree when nobody sets anything."""
    return {k: n.default if isinstance(n, Setting) else defaults(n) for k, n in level.items()}
