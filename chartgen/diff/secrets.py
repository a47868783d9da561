"""Secrets whose content is another one after an upgrade. What they hold is never told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.diff.code import Code
from chartgen.diff.levels import change
from chartgen.diff.subject import Altered, Pair, mapping
from chartgen.manifest import Manifest

NAME = "secrets"
HELP = "What a Secret holds stays what it was."


def compare(pair: Pair) -> Iterator[Change]:
    """Keys of Secrets that both versions make, and templates that draw lots anew."""
    for view, altered in pair.altered():
        if altered.new.kind == "Secret":
            yield from _keys(altered, pair.new.code, (view.case.name,))


def _keys(altered: Altered, code: Code, under: tuple[str, ...]) -> Iterator[Change]:
    old, new = _content(altered.old), _content(altered.new)
    label, source = altered.new.label, altered.new.source
    lost = sorted(old.keys() - new.keys())
    other = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    if lost:
        what = f"holds no {', '.join(lost)} any more"
        yield change("secret rotated", label, what, "keep the key, or tell who reads it", overlays=under)
    if not other:
        return
    drawn, asked = code.draws(source), code.asks_cluster(source)
    names = ", ".join(other)
    if drawn and not asked:
        what = f"{names}: made anew by every upgrade, since {source} draws it without looking for the old one"
        hint = "bring a Secret of your own, or have the template look the old one up"
        yield change("secret rotated", label, what, hint, overlays=under)
    elif drawn:
        what = f"{names}: kept where Helm can look it up, made anew where it cannot (Argo CD, helm template)"
        yield change("object changed", label, what, overlays=under)
    else:
        what = f"{names}: the chart brings another value"
        hint = "set the value that is in use, or change it where it is used as well"
        yield change("secret rotated", label, what, hint, overlays=under)


def _content(manifest: Manifest) -> Mapping[str, Any]:
    """The values by key; `stringData` replaces `data`."""
    import base64

    encoded = {
        key: base64.b64encode(str(value).encode("utf-8", "replace")).decode()
        for key, value in mapping(manifest.data.get("stringData")).items()
    }
    return {**mapping(manifest.data.get("data")), **encoded}
