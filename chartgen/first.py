"""What is done to the values before any template reads them: defaults for what is missing, old names copied.

A release that is upgraded with `--reuse-values` brings the defaults of the chart that made it, so a level of
settings that is new since is missing whole. Every template reads through it, so it gets its defaults here.

Helm gives all templates of a chart the same `.Values`, and executes the deepest path first (source: helm,
pkg/engine/engine.go, sortTemplates: the same in Helm 3 and 4). So one file that lies deeper than all others
does it, for the application's own templates too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen import renames
from chartgen.chart import ChartFile
from chartgen.render import Fragment, chart_file
from chartgen.rules import Rule
from chartgen.settings import Group, Path, Setting, defaults, tree, walk

Values = Mapping[str, Any]


def optional(level: Group, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The paths that values may lack though templates read them, outer before inner, each with its default.

    They are every level, and every setting that says since which version it is there.
    """
    for key, node in level.items():
        path = (*above, key)
        if not isinstance(node, Setting):
            yield path, defaults(node)
            yield from optional(node, path)
        elif node.since and not node.needed and node.default not in ("", [], {}):
            yield path, node.default


def filled(values: Values, settings: Iterable[Setting]) -> dict[str, Any]:
    """Coalesced values as templates see them: with the default of each path that they may lack."""
    return with_defaults(values, tuple(optional(tree(settings))))


def with_defaults(values: Values, lacking: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """The values with the default of each path, outer before inner, that they lack; nothing is changed in
    place, and what need not be copied is shared."""
    result = dict(values)
    for path, default in lacking:
        result = _with(result, path, default)
    return result


def _with(level: dict[str, Any], path: Path, default: Any) -> dict[str, Any]:
    key, *rest = path
    if not rest:
        return level if key in level else {**level, key: copy.deepcopy(default)}
    below = level.get(key)
    inner = _with(below, tuple(rest), default) if isinstance(below, dict) else below
    return level if inner is below else {**level, key: inner}


def _within(path: Path, rule: Rule) -> bool:
    """Whether a Rule reads nothing but what is below a path."""
    return all(read[: len(path)] == path for read in rule.reads)


def file(name: str, settings: Group, others: Iterable[ChartFile], rules: Iterable[Rule] = ()) -> ChartFile:
    """The template that does it, in a folder deeper than all `others`."""
    plain = defaults(settings)
    refusing = [rule for rule in rules if not rule.accepts(plain)]
    depth = max((f.path.count("/") for f in others if f.path.startswith("templates/")), default=1)
    found = dict(optional(settings))
    return chart_file(
        "/".join(["templates", *["first"] * depth, "settings.yaml"]),
        "first.yaml.j2",
        name=name,
        defaults={path[0]: default for path, default in found.items() if len(path) == 1},
        missing=[
            {
                "above": Fragment("".join(f".{key}" for key in path[:-1])),
                "key": path[-1],
                "refused": any(_within(path, rule) for rule in refusing),
            }
            for path in found
        ],
        renamed=renames.contexts(walk(settings)),
    )
