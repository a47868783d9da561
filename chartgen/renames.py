"""Settings that had another name: the old one works until the version that the setting says.

It is copied to the new one before any template runs, so that all read the new name alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chartgen.render import Fragment, quoted
from chartgen.settings import Setting

Values = Mapping[str, Any]
Tree = dict[str, "Setting | Tree"]


def renamed(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """Those of the settings that had another name."""
    return tuple(s for s in settings if s.renamed_from)


def old_names(settings: Iterable[Setting]) -> Tree:
    """The settings that had another name as a tree of those names."""
    root: Tree = {}
    for setting in renamed(settings):
        level = root
        for key in setting.renamed_from[:-1]:
            below = level.setdefault(key, {})
            if isinstance(below, dict):
                level = below
        level[setting.renamed_from[-1]] = setting
    return root


def clash(setting: Setting) -> str:
    """The sentence for values that have a setting under both of its names."""
    old = ".".join(setting.renamed_from)
    return f"{old} is called {setting.dotted} now, and both are set. Remove {old}."


def forward(values: Values, settings: Iterable[Setting]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Coalesced values as templates see them, old names copied to new ones, and a sentence for each clash."""
    result: dict[str, Any] = copy.deepcopy(dict(values))
    clashes = []
    for setting in renamed(settings):
        holder = _holder(result, setting.renamed_from)
        target = _holder(result, setting.path)
        if holder is None or target is None or setting.renamed_from[-1] not in holder:
            continue
        old, new = holder[setting.renamed_from[-1]], target.get(setting.path[-1])
        if _go_json(new) not in (_go_json(old), _go_json(setting.default)):
            clashes.append(clash(setting))
        merged = {**new, **old} if isinstance(old, dict) and isinstance(new, dict) else old
        target[setting.path[-1]] = merged
    return result, tuple(clashes)


def _holder(values: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    found: Any = values
    for key in path[:-1]:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _place(setting: Setting, settings: Iterable[Setting]) -> dict[str, Any]:
    """Where the old name is: a level that settings have now is there, each of the others may be."""
    *above, last = setting.renamed_from
    levels = {s.path[:length] for s in settings for length in range(len(s.path))}
    there = max(length for length in range(len(above) + 1) if tuple(above[:length]) in levels)
    base = Fragment(".".join(["", "Values", *above[:there]]))
    return {"base": base, "levels": above[there:], "key": last}


def contexts(settings: Iterable[Setting]) -> list[dict[str, Any]]:
    """What the template that copies old names to new ones needs to know of each."""
    every = tuple(settings)
    return [_context(s) | _place(s, every) for s in renamed(every)]


def _context(setting: Setting) -> dict[str, Any]:
    return {
        "old": ".".join(setting.renamed_from),
        "new": setting.dotted,
        "until": setting.until,
        "holder": Fragment(".".join(["$.Values", *setting.path[:-1]])),
        "name": setting.path[-1],
        "is_map": isinstance(setting.default, Mapping),
        "default": quoted(_go_json(setting.default)),
        "clash": quoted(clash(setting)),
    }


def conditions(settings: Iterable[Setting]) -> list[dict[str, Any]]:
    """What NOTES need to know: for each old name, where to look for it, and a sentence."""
    every = tuple(settings)
    return [
        {
            **_place(s, every),
            "sentence": Fragment(
                f"{'.'.join(s.renamed_from)} is called {s.dotted} now. "
                f"The old name works until version {s.until}."
            ),
        }
        for s in renamed(every)
    ]


def _go_json(value: Any) -> str:
    """JSON as Go's encoder writes it. Source: Go's encoding/json, Marshal."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
