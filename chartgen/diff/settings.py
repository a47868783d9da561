"""Settings that went, came, or have another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, shown
from chartgen.settings import Path, Setting

NAME = "settings"
HELP = "Settings that were removed, renamed or added, and old names that stop working."
_ABSENT = object()


def compare(pair: Pair) -> Iterator[Change]:
    """Settings by their paths in both contracts."""
    old, new = pair.base.settings, pair.new.settings
    renamed = {setting.renamed_from: setting for setting in new.values() if setting.renamed_from}
    fresh = {path: setting for path, setting in new.items() if path not in old}
    for path, setting in old.items():
        if path not in new and not _still(pair, path):
            yield _gone(setting, renamed.get(path), fresh, pair)
        elif path not in new:
            yield from _reshaped(setting, new)
        yield from _old_name(setting, new.get(path))
    taken = {setting.path for setting in renamed.values()}
    for path, setting in fresh.items():
        if path not in taken and not _was(pair, path):
            yield _added(setting)


def _still(pair: Pair, path: Path) -> bool:
    """Whether the path leads somewhere in the newer version: a map may be one setting, or many."""
    if values.get(pair.new.chart.default_values, path, _ABSENT) is not _ABSENT:
        return True
    return any(other[: len(path)] == path or path[: len(other)] == other for other in pair.new.settings)


def _reshaped(setting: Setting, new: Mapping[Path, Setting]) -> Iterator[Change]:
    """A setting that is a level of settings now, or a part of one that was a level."""
    path = setting.path
    inside = any(other[: len(path)] == path for other in new)
    around = next((one for one in new.values() if path[: len(one.path)] == one.path), None)
    hint = "give it a value of the new type"
    if inside and not _takes_map(setting):
        yield change("setting retyped", setting.dotted, "holds settings of its own now", hint)
    elif around and not _takes_map(around):
        yield change("setting retyped", setting.dotted, f"{around.dotted} holds no settings any more", hint)


def _takes_map(setting: Setting) -> bool:
    kinds = setting.schema.get("type")
    told = "object" in ([kinds] if isinstance(kinds, str) else kinds) if kinds else bool(setting.schema)
    return told or isinstance(setting.default, Mapping) or setting.default is None


def _was(pair: Pair, path: Path) -> bool:
    if values.get(pair.base.chart.default_values, path, _ABSENT) is not _ABSENT:
        return True
    return any(other[: len(path)] == path or path[: len(other)] == other for other in pair.base.settings)


def _gone(setting: Setting, heir: Setting | None, fresh: Mapping[Path, Setting], pair: Pair) -> Change:
    if heir:
        what = f"is called {heir.dotted} now; the old name works until {heir.until}"
        hint = f"write {heir.dotted} in your values"
        return change("setting renamed", setting.dotted, what, hint, old=setting.dotted, new=heir.dotted)
    refused = _refuses(pair, setting.path)
    result = "values that set it are refused" if refused else "values that set it have no effect any more"
    near = [other for other in fresh.values() if _alike(setting, other)]
    hint = "remove it from your values"
    if len(near) == 1:
        hint = f"{near[0].dotted} looks like its new name: renamed_from would keep the old one working"
    return change("setting removed", setting.dotted, result, hint, old=_default(setting))


def _refuses(pair: Pair, path: Path) -> bool:
    document: dict[str, Any] = {}
    level = document
    for key in path[:-1]:
        level[key] = level = {}
    level[path[-1]] = "x"
    found = pair.new.validator.errors(values.coalesce(pair.new.chart.default_values, document))
    return any(
        error.keyword == "additionalProperties" and error.path == path[: len(error.path)] for error in found
    )


def _alike(old: Setting, new: Setting) -> bool:
    """Whether a setting that came is likely one that went, under another name."""
    same = old.default == new.default and dict(old.schema) == dict(new.schema)
    return same and (old.path[-1] == new.path[-1] or (bool(old.help) and old.help == new.help))


def _old_name(old: Setting, new: Setting | None) -> Iterator[Change]:
    """An old name that the older version still took."""
    if old.renamed_from and new and new.renamed_from != old.renamed_from:
        before = ".".join(old.renamed_from)
        what = f"the old name of {new.dotted} is gone, as was said of version {old.until}"
        hint = f"write {new.dotted} in your values"
        yield change("old name gone", before, what, hint, old=before, new=new.dotted)


def _added(setting: Setting) -> Change:
    if setting.needed and setting.default in (None, ""):
        what, hint = "has to be set, and has no default", "set it before you upgrade"
        return change("setting required", setting.dotted, what, hint)
    about = setting.help.partition("\n")[0] or "is new"
    return change("setting added", setting.dotted, about, new=_default(setting))


def _default(setting: Setting) -> str:
    return "" if setting.secret else shown(setting.default)
