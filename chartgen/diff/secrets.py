"""Secrets whose content is another one after an upgrade. What they hold is never told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Altered, Pair, mapping
from chartgen.manifest import Manifest

NAME = "secrets"
HELP = "What a Secret holds stays what it was."
# What gives another text each time. Source: sprig's documentation, "Cryptographic" and "UUID".
_RANDOM = re.compile(
    r"\b(rand(Alpha|AlphaNum|Numeric|Ascii|Bytes|Int)|uuidv4|genPrivateKey|genCA(WithKey)?|genSelfSignedCert"
    r"(WithKey)?|genSignedCert(WithKey)?|shuffle|bcrypt|htpasswd|encryptAES)\b"
)
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_INCLUDED = re.compile(r"\b(?:include|template)\s+\"([^\"]+)\"")
_DEFINED = re.compile(r"\{\{-?\s*define\s+\"([^\"]+)\"\s*-?\}\}")


def compare(pair: Pair) -> Iterator[Change]:
    """Keys of Secrets that both versions make, and templates that draw lots anew."""
    drawn = _Drawn(pair)
    for view, altered in pair.altered():
        if altered.new.kind == "Secret":
            yield from _keys(altered, drawn, (view.case.name,))


def _keys(altered: Altered, drawn: _Drawn, under: tuple[str, ...]) -> Iterator[Change]:
    old, new = _content(altered.old), _content(altered.new)
    label, source = altered.new.label, altered.new.source
    lost = sorted(old.keys() - new.keys())
    other = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    if lost:
        what = f"holds no {', '.join(lost)} any more"
        yield change("secret rotated", label, what, "keep the key, or tell who reads it", overlays=under)
    if not other:
        return
    how = drawn.how(source)
    names = ", ".join(other)
    if how == "anew":
        what = f"{names}: made anew by every upgrade, since {source} draws it without looking for the old one"
        hint = "bring a Secret of your own, or have the template look the old one up"
        yield change("secret rotated", label, what, hint, overlays=under)
    elif how == "looked up":
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


class _Drawn:
    """Whether a template of the newer version draws lots: itself, or through what it includes."""

    def __init__(self, pair: Pair) -> None:
        self._texts: dict[str, str] = {}
        self._defined: dict[str, str] = {}
        for file in pair.new.chart.files:
            if "templates/" in file.path:
                text = file.data.decode("utf-8", "replace")
                self._texts[file.path] = text
                parts = _DEFINED.split(text)
                self._defined.update(zip(parts[1::2], parts[2::2], strict=True))

    def how(self, source: str) -> str:
        """`anew`, `looked up`, or "" for what is no matter of chance."""
        code = " ".join(self._code(self._texts.get(source, ""), set()))
        if not _RANDOM.search(code):
            return ""
        return "looked up" if re.search(r"\blookup\b", code) else "anew"

    def _code(self, text: str, met: set[str]) -> Iterator[str]:
        """What stands in actions, and in those of the templates that they include."""
        for action in _ACTION.findall(text):
            yield action
            for name in _INCLUDED.findall(action):
                if name not in met:
                    met.add(name)
                    yield from self._code(self._defined.get(name, ""), met)
