"""What a plain scalar of a compose file means, and how compose writes a value as text.

Compose reads YAML 1.2, as go-yaml does: `yes` and `22:22` are texts there, `0440` is octal. Helm reads
YAML 1.1, so this is not `chartgen.scalars`.
"""

from __future__ import annotations

import math
import re
from typing import Any

_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_INTEGER = re.compile(r"[-+]?(0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DIGITS = 4300  # of a number in a file; Python itself refuses to read longer ones


def resolve(text: str) -> Any:
    """The value of a plain scalar. Source: gopkg.in/yaml.v3, resolve.go, and the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) < _DIGITS and _INTEGER.fullmatch(text):
        return _integer(text)
    if len(text) < _DIGITS and _FLOAT.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def _integer(text: str) -> Any:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    if len(digits) > 1 and digits[0] == "0":
        return sign * int(digits, 8) if not set(digits) & set("89") else float(text.replace("_", ""))
    return sign * int(digits)


def text_of(value: Any) -> str:
    """A scalar as compose puts it into an environment: `true`, `1`, `0.5`. Source: Go's fmt, %v."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _float(value)
    return str(value)


def _float(value: float) -> str:
    digits, _, exponent = f"{value!r}".partition("e")
    power = int(exponent or 0) if exponent else (math.floor(math.log10(abs(value))) if value else 0)
    if -5 < power < 21:
        return f"{value:f}".rstrip("0").rstrip(".") if not exponent else f"{int(value)}"
    mantissa = digits.removesuffix(".0") if exponent else repr(value / 10**power).removesuffix(".0")
    return f"{mantissa}e{power:+03d}"


def truth(value: Any) -> bool:
    """A boolean, or the text of one that a variable brought. Source: compose-go, toBoolean."""
    if isinstance(value, str):
        return value.lower() in ("true", "y", "yes", "on", "1")
    return bool(value)


def number(value: Any) -> int | None:
    """An integer, or the text of one; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    matched = isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,18}", value.strip())
    return int(value) if matched else None
