"""Ranges that hold nothing: no schema compares two values."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from fractions import Fraction

from chartgen.checks.subject import Item, finding
from chartgen.findings import Finding
from chartgen.manifest.paths import follow

NAME = "ranges"
HELP = "Port ranges run upwards, exceptions lie within their network, timeouts within the whole request's."
_SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction("0.001")}
_PART = re.compile(r"([0-9]+)(ms|h|m|s)")
_RULES = ("spec.ingress[]", "spec.egress[]")
Refused = tuple[str, str]  # where, what


def check(item: Item) -> Iterator[Finding]:
    """A NetworkPolicy or an HTTPRoute; values that are not of their form are left to `schema` and `names`."""
    judge = {"NetworkPolicy": _policy, "HTTPRoute": _route}.get(item.kind)
    for path, what in judge(item) if judge else ():
        yield finding(NAME, item, path, what, severity=item.blame)


def _policy(item: Item) -> Iterator[Refused]:
    """Source: pkg/apis/networking/validation, ValidateNetworkPolicyPort and ValidateIPBlock."""
    for rule in _RULES:
        for path, port in follow(item.data, f"{rule}.ports[]"):
            first, last = (port.get(key) for key in ("port", "endPort")) if isinstance(port, dict) else (0, 0)
            if isinstance(first, int) and isinstance(last, int) and last < first:
                yield f"{path}.endPort", f"the range ends at {last}, below its first port, {first}"
        for peers in ("from", "to"):
            for path, block in follow(item.data, f"{rule}.{peers}[].ipBlock"):
                yield from _exceptions(path, block)


def _exceptions(path: str, block: object) -> Iterator[Refused]:
    for where, inner in follow(block, "except[]", path):
        outer = block.get("cidr") if isinstance(block, dict) else None
        if not _inside(inner, outer):
            yield where, f"'{inner}' is no smaller network within '{outer}'"


def _inside(inner: object, outer: object) -> bool:
    """Whether one network is a part of another, and not the whole of it."""
    try:
        part, whole = (ipaddress.ip_network(str(text), strict=False) for text in (inner, outer))
    except ValueError:
        return True  # not for us to say
    return part.version == whole.version and part != whole and part.subnet_of(whole)  # type: ignore[arg-type]


def _route(item: Item) -> Iterator[Refused]:
    """Source: Gateway API, HTTPRouteTimeouts: a request of 0s has no end."""
    for path, timeouts in follow(item.data, "spec.rules[].timeouts"):
        found = timeouts if isinstance(timeouts, dict) else {}
        whole, part = (_seconds(found.get(key)) for key in ("request", "backendRequest"))
        if whole and part and part > whole:
            said = f"'{found['backendRequest']}' is longer than the whole request, '{found['request']}'"
            yield f"{path}.backendRequest", said


def _seconds(text: object) -> Fraction | None:
    parts = _PART.findall(text) if isinstance(text, str) else []
    return sum((int(number) * _SECONDS[unit] for number, unit in parts), Fraction()) if parts else None
