"""What a registry wants to see first: the `WWW-Authenticate` header, RFC 9110 section 11."""

from __future__ import annotations

import re

from chartgen.frozen import Frozen

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$)")
_PARAMETER = re.compile(r'\s*,?\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*')


class Challenge(Frozen):
    """A scheme in lower case, and its parameters."""

    scheme: str
    parameters: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return dict(self.parameters).get(name, "")


def challenge(headers: list[str]) -> Challenge | None:
    """The one to answer: a token before a password, as the password then goes to fewer places."""
    found = {one.scheme: one for one in map(_parsed, headers) if one}
    return found.get("bearer") or found.get("basic")


def _parsed(header: str) -> Challenge | None:
    scheme = _SCHEME.match(header)
    if not scheme:
        return None
    found, place = {}, scheme.end()
    while match := _PARAMETER.match(header, place):
        quoted, plain = match[2], match[3]
        found[match[1].lower()] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        place = match.end()
    return Challenge(scheme[1].lower(), tuple(found.items()))
