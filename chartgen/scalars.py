"""Plain YAML scalars as Helm reads them.

Helm parses through sigs.k8s.io/yaml, a go-yaml v2 followed by a trip through JSON. Its rules are
neither YAML 1.1 nor 1.2: `y` and `0777` are a boolean and 511, dates and `1:30` stay strings, and
`1.0` comes out as 1 (source: resolve.go of go.yaml.in/yaml v2.4, yaml.go of sigs.k8s.io/yaml 1.6).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

Scalar = str | int | float | bool | None

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_NULL = ("", "~", "null", "Null", "NULL")
_INF = ("inf", "Inf", "INF")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(_NULL, None),
    **{f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in _INF},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}

_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_PREFIXED = re.compile(r"([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))")
_SIGN_AFTER_PREFIX = re.compile(r"0b([-+][01]+)")  # a quirk of go-yaml's own binary fallback
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FLOAT_LOOK = re.compile(r"^[^xX]*[.eE]")
_POINT_FLOAT = re.compile(r"\.[0-9_]+([eE][-+]?[0-9_]+)?")


@lru_cache(maxsize=16384)
def resolve(text: str) -> Scalar:
    """What the plain scalar `text` is for Helm: null, a boolean, a number, or `text` itself.

    Whole floats below 1e21 come out as integers, as they do from Go's JSON; `.inf` and `.nan` come
    out as floats that are not finite, which JSON, and so Helm, cannot carry.
    """
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        return _point_float(text)
    if first in "+-0123456789":
        number = _number(text.replace("_", ""))
        return text if number is None else number
    return text


def _number(text: str) -> int | float | None:
    whole = _whole(text)
    if whole is not None:
        return whole
    if _FLOAT.fullmatch(text):
        return _as_json(float(text))
    quirk = _SIGN_AFTER_PREFIX.fullmatch(text)
    return int(quirk[1], 2) if quirk else None


def _whole(text: str) -> int | None:
    """An integer in Go's base-0 syntax that fits int64, or, without a sign, uint64."""
    if _DECIMAL.fullmatch(text):
        value = int(text) if len(text) < 32 else 1 << 64
    else:
        match = _PREFIXED.fullmatch(text)
        if not match:
            return None
        sign, hexadecimal, binary, octal = match.groups()
        digits, base = next(pair for pair in ((hexadecimal, 16), (binary, 2), (octal, 8)) if pair[0])
        value = int(sign + digits, base)
    if -(1 << 63) <= value < 1 << 63 or (text[0] not in "+-" and 0 <= value < 1 << 64):
        return value
    return None


def _point_float(text: str) -> Scalar:
    try:
        number = float(text) if _POINT_FLOAT.fullmatch(text) else None
    except ValueError:  # an underscore that does not stand between digits
        number = None
    result = None if number is None else _as_json(number)
    return text if result is None else result


def _as_json(number: float) -> int | float | None:
    """A float as it leaves Go's JSON encoder; None when it is out of range, hence a string."""
    if math.isinf(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def key(text: str) -> str | None:
    """The string that the plain map key `text` becomes in Helm: `y` is "true", `0x10` is "16".

    None for what cannot stand as a key: null, and floats that need more than six digits, which
    Helm rounds to float32.
    """
    value = resolve(text)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not _FLOAT_LOOK.search(text):
        return str(value)
    short = "" if value is None else f"{value:g}"
    return short if short and float(short) == value else None
