"""Data to YAML that looks hand-written and that no parser reads differently.

A text is quoted only when Helm's parser, YAML 1.1 or YAML 1.2 would read the plain text as something
else. Lists stand two spaces inside their key, as `helm create` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from chartgen import scalars

# YAML 1.1 types (yaml.org/type: int, float, timestamp, bool, null, merge, value) and the YAML 1.2 core
# schema, beyond what Helm itself would read as a number or a word.
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".inf", ".nan", "=", "<<"}
_NUMBER = re.compile(
    r"""[-+]?0b[01_]+ | [-+]?0o?[0-7_]+ | [-+]?[0-9][0-9_]* | [-+]?0x[0-9a-f_]+
      | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
      | [-+]?([0-9][0-9_]*)?\.[0-9_]*(e[-+]?[0-9]+)? | [-+]?[0-9][0-9_]*e[-+]?[0-9_]+ | [-+]\.(inf|nan)""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?", re.DOTALL)
_START = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@` ])|-(?=[A-Za-z0-9-])")
_BREAKS_PLAIN = re.compile(r": |:$| #|^---|^\.\.\.| $")
_NUMERIC = "+-.0123456789"  # what numbers and dates start with
# Character classes, compiled when a text that Python would not print as it is asks for them.
_ESCAPED = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
_NOT_PLAIN = f"[\t\n\xa0]|{_ESCAPED}"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_IN_QUOTES = '[\\\\"\n\t]|' + _ESCAPED
_BLOCK, _NO_BLOCK = (
    (dict, list, Mapping, Sequence),
    (str, bytes, int),
)  # the usual first: they are found faster
_KEY_LIMIT = 1000  # characters: a YAML parser looks 1,024 ahead for the colon of a key


def dump(data: Any) -> str:
    """`data` (mappings with text keys, sequences, texts, numbers, booleans, None) as block YAML.

    Keys keep the order given. Raises ValueError for what Helm's parser could not give back: keys
    that are not texts, numbers that are not finite or need more than 64 bits, lone surrogates.
    """
    return "\n".join(_block(data, 0)) + "\n"


def scalar(value: Any) -> str:
    """One text, number, boolean or None on one line, quoted where it must be; `[]` and `{}` too."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping | Sequence) and not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    raise ValueError(f"{type(value).__name__} has no place in YAML: {value!r:.60}")


def wrapped(text: str, width: int, hang: int = 0) -> list[str]:
    """The lines of a comment, broken at spaces alone: an option or a name stays whole.

    At most `width` columns, and `hang` less in each line but the first.
    """
    rest, lines = " ".join(text.split()), list[str]()
    while len(rest) > (room := width - hang if lines else width):
        end = rest.rfind(" ", 0, room + 1)
        if end < 0 and (end := rest.find(" ")) < 0:
            break
        lines.append(rest[:end])
        rest = rest[end + 1 :]
    return [*lines, rest] if rest else []


def _number(value: float) -> str:
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")  # YAML 1.1 wants the point
    if scalars.resolve(text) != value:
        raise ValueError(f"{text} is not a number that Helm can carry")
    return text


def _text(value: str) -> str:
    if is_plain(value):
        return value
    if "'" not in value and ('"' in value or "\\" in value) and not _controls(value):
        return f"'{value}'"
    return '"' + re.sub(_IN_QUOTES, _escape, value) + '"'


@lru_cache(maxsize=16384)
def is_plain(text: str) -> bool:
    """Whether every YAML parser reads `text`, written without quotes, as the text itself."""
    return (
        bool(text and _START.match(text))
        and not (text[0] in _NUMERIC and (_NUMBER.fullmatch(text) or _DATE.fullmatch(text)))
        and text.lower() not in _WORDS
        and not _BREAKS_PLAIN.search(text)
        and (text.isprintable() or not re.search(_NOT_PLAIN, text))
        and scalars.resolve(text) == text
    )


def _controls(text: str) -> bool:
    return "\n" in text or "\t" in text or _escaped(text)


def _escaped(text: str) -> bool:
    """Whether a character of `text` can only stand escaped, in double quotes."""
    return not text.isprintable() and re.search(_ESCAPED, text) is not None


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if 0xD800 <= ord(character) <= 0xDFFF:
        raise ValueError(f"a lone surrogate U+{ord(character):04X} is no character")
    short = _ESCAPES.get(character)
    return short or (f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}")


def _block(data: Any, indent: int) -> Iterator[str]:
    """The lines of `data`; the first has no indentation, so that it can follow a dash."""
    if isinstance(data, str):
        yield from _literal_lines(data, max(indent, 2)) if _literal(data) else (_text(data),)
    elif not _is_block(data):
        yield scalar(data)
    else:
        lines = _mapping(data, indent) if isinstance(data, Mapping) else _sequence(data, indent)
        yield next(lines)[indent:]
        yield from lines


def _mapping(data: Mapping[Any, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, value in data.items():
        if not isinstance(key, str) or len(key) > _KEY_LIMIT:
            raise ValueError(f"a key is a text of at most {_KEY_LIMIT} characters, not {key!r:.60}")
        lines = _block(value, indent + 2)
        first = next(lines)
        if _is_block(value):
            yield f"{pad}{_text(key)}:"
            yield f"{pad}  {first}"
        else:
            yield f"{pad}{_text(key)}: {first}"
        yield from lines


def _sequence(data: Sequence[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in data:
        lines = _block(item, indent + 2)
        yield f"{pad}- {next(lines)}"
        yield from lines


def _is_block(value: Any) -> bool:
    return bool(value) and not isinstance(value, _NO_BLOCK) and isinstance(value, _BLOCK)


def _literal(text: str) -> bool:
    """Whether `text` can be, and is worth, a literal block."""
    return (
        "\n" in text
        and text[0] not in " \t\n"
        and bool(text.strip())
        and not any(map(_escaped, text.split("\n")))
    )


def _literal_lines(text: str, indent: int) -> Iterator[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    yield "|" + ("-" if ends == 0 else "" if ends == 1 else "+")
    pad = " " * indent
    for line in body.split("\n") + [""] * (ends - 1):
        yield pad + line if line else ""
