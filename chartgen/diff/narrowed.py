"""Values that a setting took, and takes no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.diff.counterexample import Search, flags
from chartgen.diff.inclusion import Place, Schemas
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair
from chartgen.settings import Setting

NAME = "narrowed"
HELP = "Is every values document that was accepted still accepted?"
_KINDS: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_TEXTS = ("integer", "number", "string")


def compare(pair: Pair) -> Iterator[Change]:
    """Each setting that both versions have, or that was renamed, held against what it takes now."""
    renamed = {s.renamed_from: s for s in pair.new.contract.settings if s.renamed_from}
    schemas = Schemas(pair.base.contract.schema, pair.new.contract.schema)
    search = Search(pair.base, pair.new)
    for path, old in pair.base.settings.items():
        new = pair.new.settings.get(path) or renamed.get(path)
        if not new:
            continue
        before, after = _schemas(old, new)
        places = schemas.narrower(before, after)
        if places:
            yield _narrowed(old, places, search)
        elif schemas.narrower(after, before):
            yield change("setting widened", old.dotted, "takes more values than before")


def _schemas(old: Setting, new: Setting) -> tuple[Any, Any]:
    """The schemas of a setting in both versions. Where a chart has none, its default says what is meant;
    of two charts without, numbers and texts are one: templates read them alike."""
    if old.schema and new.schema:
        return dict(old.schema), dict(new.schema)
    loose = not old.schema and not new.schema
    before, after = (_meant(setting, loose) for setting in (old, new))
    return (before, after) if before and after else ({}, {})


def _meant(setting: Setting, loose: bool) -> dict[str, Any]:
    if setting.schema or setting.default is None:
        return dict(setting.schema)
    kind = _KINDS[type(setting.default)]
    return {"type": list(_TEXTS)} if loose and kind in _TEXTS else {"type": kind}


def _narrowed(old: Setting, places: tuple[Place, ...], search: Search) -> Change:
    said = "; ".join(dict.fromkeys(_told(place) for place in places[:4]))
    if any(place.retyped and not place.path for place in places):
        return change("setting retyped", old.dotted, said, "give it a value of the new type")
    found = search.refused(old)
    if found:
        example = flags(old, found[0])
        hint = f"refused now: {example}" if example and not old.secret else "check the values you give it"
        return change("setting narrowed", old.dotted, said, hint)
    if any(place.sure for place in places):
        return change("setting narrowed", old.dotted, said, "check the values you give it")
    what = f"{said}; no value was found that is refused now"
    return change("setting perhaps narrowed", old.dotted, what, "check the values you give it")


def _told(place: Place) -> str:
    where = ".".join(place.path).replace(".[]", "[]")
    return f"{where} {place.what}" if where else place.what
