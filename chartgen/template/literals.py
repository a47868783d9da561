"""Constants of Go templates: which spellings are valid, and what they mean.

The rules are those of Go's `strconv` (`Unquote`, `UnquoteChar`, `ParseInt` with base 0, `ParseFloat`)
as `text/template/parse` applies them. A number that only fits a float but is spelt as an integer
(`089`, twenty nines) is refused there, and here.
"""

from __future__ import annotations

import re

_ESCAPE = r"""\\(?:[abfnrtv\\%s]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}
|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"""

STRING = r'"[^"\\\n]*+(?:' + _ESCAPE % '"' + r'[^"\\\n]*+)*+"'
CHARACTER = r"'(?:[^'\\\n]|" + _ESCAPE % "'" + r")'"

_DIGITS = r"[0-9](?:_?[0-9])*"
_HEX = r"[0-9a-fA-F](?:_?[0-9a-fA-F])*"
_DECIMAL = rf"(?:{_DIGITS}\.(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?|{_DIGITS}[eE][+-]?{_DIGITS}"
_HEX_FLOAT = rf"0[xX](?:_?{_HEX}(?:\.(?:{_HEX})?)?|\.{_HEX})[pP][+-]?{_DIGITS}"
_REAL = rf"(?:{_HEX_FLOAT}|{_DECIMAL}|{_DIGITS})"

_INTEGER = re.compile(
    rf"([+-]?)(?:0[xX](?P<hex>_?{_HEX})|0[oO](?P<octal>(?:_?[0-7])+)|0[bB](?P<binary>(?:_?[01])+)"
    rf"|(?P<old>0(?:_?[0-7])*)|(?P<decimal>[1-9](?:_?[0-9])*))"
)
_FLOAT = re.compile(rf"[+-]?(?:{_HEX_FLOAT}|{_DECIMAL})")
_COMPLEX = re.compile(rf"(?P<real>[+-]?{_REAL}(?=[+-]))?(?P<imaginary>[+-]?{_REAL})i")
_BASES = {"hex": 16, "octal": 8, "binary": 2, "old": 8, "decimal": 10}

_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ONE_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\[0-7]{3})+|\\u.{4}|\\U.{8}|\\.")


def unquote(source: str) -> str:
    """The meaning of a string or character that matched STRING or CHARACTER, or of a raw string.

    Bytes that are not UTF-8 (`"\\xff"`) become U+FFFD: no YAML document could hold them.
    """
    if source[0] == "`":
        return source[1:-1].replace("\r", "")
    inner = source[1:-1]
    return _ONE_ESCAPE.sub(lambda m: _meaning(m[0]), inner) if "\\" in inner else inner


def _meaning(escape: str) -> str:
    mark = escape[1]
    if mark in "uU":
        return chr(int(f"0x{escape[2:]}", 0))
    if mark == "x" or mark.isdigit():
        codes = escape.split("\\")[1:]
        octets = bytes(int(code[1:], 16) if code[0] == "x" else int(code, 8) for code in codes)
        return octets.decode("utf-8", "replace")
    return _PLAIN.get(mark, mark)


def number(source: str) -> int | float | complex | None:
    """The value of a number, or None when Go would refuse it (and for more than 1,000 characters)."""
    if len(source) > 1000:
        return None
    if match := _INTEGER.fullmatch(source):
        return _integer(match)
    if _FLOAT.fullmatch(source):
        return _finite(source)
    if match := _COMPLEX.fullmatch(source):
        parts = [_finite(part or "0") for part in match.group("real", "imaginary")]
        return None if None in parts else complex(parts[0] or 0, parts[1] or 0)
    return None


def _integer(match: re.Match[str]) -> int | None:
    kind = str(match.lastgroup)
    digits = match[kind].replace("_", "").lstrip("0") or "0"
    if len(digits) > 64:
        return None
    value = int(digits, _BASES[kind])
    if match[1] == "-":
        return -value if value <= 2**63 else None
    return value if value < (2**63 if match[1] else 2**64) else None


def _finite(source: str) -> float | None:
    plain = source.replace("_", "")
    try:
        value = float.fromhex(plain) if "x" in plain.lower() else float(plain)
    except OverflowError:
        return None
    return None if value in (float("inf"), float("-inf")) else value
