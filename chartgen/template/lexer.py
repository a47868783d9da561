"""Go template text cut into tokens that lose nothing: together they are the text, byte for byte.

The rules are those of Go's `text/template/parse/lex.go`, from which Helm changes nothing (the
delimiters stay `{{` and `}}`). Trim markers need white space on their inner side: `{{- 3}}` trims,
`{{-3}}` is the number minus three. The lexer never raises; what it cannot read becomes one token
of kind "error" that reaches to the end of the text, and `trouble` says what is wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from chartgen.template.literals import CHARACTER, STRING, number

SPACES = " \t\r\n"

# Go sets no limit. This one is far above what any generator writes, and lets junk fail at once.
MAX_TOKENS = 100_000


class Token(NamedTuple):
    """`lead` to `start` is the white space before it, `start` to `end` the token itself.

    Kinds outside actions: text, comment. Around them: open, close, with their trim markers (a
    marker's own white space belongs to it). Inside: field, dot, variable, word, string, raw, number,
    character, pipe, left, right, declare, assign, comma. And error.
    """

    kind: str
    lead: int
    start: int
    end: int

    @property
    def spaced(self) -> bool:
        return self.lead != self.start


# After a name there must be one of these: `$x+2` is refused, in case it means something one day.
_ENDS = r"(?=[\ \t\r\n.,|:()]|\}\}|\Z)"
_INSIDE = re.compile(
    rf"""(?P<close>[\ \t\r\n]++-\}}\}}|[\ \t\r\n]*+\}}\}})
    |[\ \t\r\n]*+(?:
      (?P<field>\.(?![0-9])\w+{_ENDS}) | (?P<word>(?![0-9])\w+{_ENDS}) | (?P<variable>\$\w*{_ENDS})
    | (?P<dot>\.{_ENDS}) | (?P<string>{STRING}) | (?P<raw>`[^`]*`)
    | (?P<number>[+-]?\.?[0-9][\w.+-]*) | (?P<pipe>\|) | (?P<left>\() | (?P<right>\))
    | (?P<declare>:=) | (?P<assign>=) | (?P<comma>,) | (?P<character>{CHARACTER}) )""",
    re.VERBOSE,
)
_NAMES = frozenset({"field", "word", "variable"})


def tokens(text: str) -> Iterator[Token]:
    """All tokens of a text, to its end or to the first error."""
    for part in parts(text):
        if part[0].kind == "open" or part[0].kind == "error":
            yield from part
        else:
            yield part[0]


def parts(text: str) -> Iterator[list[Token]]:
    """Texts and comments as lists of one token, actions as lists from "open" to "close" or "error"."""
    at, plain = 0, text.isascii()
    while at < len(text):
        start = text.find("{{", at)
        if start != at:
            start = len(text) if start < 0 else start
            yield [Token("text", at, at, start)]
            at = start
            continue
        inner = start + (4 if _trims(text, start + 2) else 2)
        if text.startswith("/*", inner):
            part = [_comment(text, start, inner)]
        else:
            part = _action(text, start, inner, plain)
        yield part
        if part[-1].kind == "error":
            return
        at = part[-1].end


def _trims(text: str, at: int) -> bool:
    return text.startswith("-", at) and text[at + 1 : at + 2] in tuple(SPACES)


def _comment(text: str, start: int, inner: int) -> Token:
    close = text.find("*/", inner + 2) + 2
    if close >= 2:
        if text.startswith("}}", close):
            return Token("comment", start, start, close + 2)
        if text[close : close + 1] in tuple(SPACES) and text.startswith("-}}", close + 1):
            return Token("comment", start, start, close + 4)
    return Token("error", start, start, len(text))


def _action(text: str, start: int, inner: int, plain: bool) -> list[Token]:
    found = [Token("open", start, start, inner)]
    add = found.append
    next_match = _INSIDE.scanner(text, inner).match  # type: ignore[attr-defined]  # typeshed lacks it
    at = inner
    while (match := next_match()) and len(found) <= MAX_TOKENS:
        kind = match.lastgroup
        first, end = match.span(match.lastindex)
        if kind == "close":
            add(Token(kind, at, at, end))
            return found
        if (kind == "number" or not plain) and not _really(text, kind, first, end):
            break
        add(Token(kind, at, first, end))
        at = end
    first = at + len(text[at:]) - len(text[at:].lstrip(SPACES))
    add(Token("error", at, first, len(text)))
    return found


def _really(text: str, kind: str, start: int, end: int) -> bool:
    """Python's `\\w` knows more letters and digits than Go; a number's spelling needs a closer look."""
    if kind == "number":
        return number(text[start:end]) is not None
    return kind not in _NAMES or stranger(text[start:end].lstrip(".$")) < 0


def stranger(name: str) -> int:
    """The index of the first character that Go takes for neither letter nor digit, or -1."""
    from unicodedata import category

    for i, char in enumerate(name):
        if char != "_" and category(char)[0] != "L" and category(char) != "Nd":
            return i
    return -1


def kept(text: str, start: int, end: int) -> str:
    """What the trim markers on both sides leave of the text from `start` to `end`."""
    value = text[start:end]
    if text.endswith("-}}", 0, start):
        value = value.lstrip(SPACES)
    return value.rstrip(SPACES) if text.startswith("{{", end) and _trims(text, end + 2) else value


def trouble(text: str, token: Token, opened: int) -> tuple[int, str]:
    """Where and why the lexer stopped at an error token of the action that starts at `opened`."""
    at = token.start
    if (
        at != opened
        and (match := _INSIDE.match(text, at))
        and _really(text, str(match.lastgroup), *match.span())
    ):
        return opened, f"the action has more than {MAX_TOKENS} parts"
    if at == opened:
        closed = text.find("*/", at + 4) >= 0
        return at, "a comment must end with */}} or */ -}}" if closed else "the comment is never closed"
    if at >= len(text):
        return opened, "the action is never closed: }} is missing"
    if text[at] in "\"`'":
        return at, _bad_quote(text, at)
    if text[at] in "+-0123456789" or re.match(r"\.[0-9]", text[at : at + 2]):
        return at, f"{_word(text, at)!r} is not a number"
    if (text[at] in ".$" or text[at] == "_" or text[at].isalnum()) and stranger(text[at].lstrip(".$")) < 0:
        return _bad_name(text, at)
    return at, "':' is only used in ':='" if text[at] == ":" else f"unexpected {text[at]!r}"


def _word(text: str, at: int) -> str:
    return re.split(r"[\s()|}]", text[at : at + 40], maxsplit=1)[0]


def _bad_quote(text: str, at: int) -> str:
    quote = text[at]
    if quote == "`":
        return "the raw string is never closed: ` is missing"
    line = text[at + 1 : at + 10_000].split("\n", 1)[0]
    if re.match(rf"(?:[^{quote}\\]|\\.)*{quote}", line):
        single = quote == "'" and "\\" not in line
        return "only one character fits between single quotes" if single else "invalid escape in quotes"
    return f"the quotes are never closed: {quote} is missing on this line"


def _bad_name(text: str, at: int) -> tuple[int, str]:
    name = re.compile(r"[.$]?\w*").match(text, at)
    end = name.end() if name else at
    odd = stranger(text[at:end].lstrip(".$"))
    end = end if odd < 0 else at + len(text[at:end]) - len(text[at:end].lstrip(".$")) + odd
    return end, f"unexpected {text[end : end + 1]!r} after {text[at:end]!r}"
