"""Amounts of a resource (`1Gi`, `100m`, `1e3`) as exact numbers, to be compared."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

# Source: apimachinery, pkg/api/resource, suffix.go.
_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", 1)},
}
_FORM = re.compile(
    r"([+-]?(?:\d+\.?\d{0,50}|\.\d{1,50}))(?:([numkMGTPE]|[KMGTPE]i)?|[eE]([+-]?\d{1,3}))", re.ASCII
)


def amount(value: Any) -> Fraction | None:
    """The number that a quantity is; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _FORM.fullmatch(str(value)[:100])
    if not match:
        return None
    digits, suffix, exponent = match.groups()
    factor = Fraction(10) ** int(exponent) if exponent else Fraction({**_BINARY, **_DECIMAL}[suffix or ""])
    return Fraction(digits) * factor
