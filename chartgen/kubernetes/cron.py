"""Schedules as the CronJob controller reads them: robfig/cron's standard parser, without `TZ=`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# name, least, most, names of the numbers from the least on
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_EVERY = re.compile(r"@every ([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+")


def _times(step: str) -> str:
    """A field of a cron line made of `step`: lists, ranges and steps of it, `*` or `?`."""
    item = rf"(\*|\?|{step}(-{step})?)(/0*[1-9][0-9]*)?"
    return f"{item}(,{item})*"


_MONTH = "[jJ][aA][nN]|[fF][eE][bB]|[mM][aA][rR]|[aA][pP][rR]|[mM][aA][yY]|[jJ][uU][nN]"
_MONTH += "|[jJ][uU][lL]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV]|[dD][eE][cC]"
_DAY = "[sS][uU][nN]|[mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[sS][aA][tT]"
_CRON_FIELDS = (
    _times("[0-5]?[0-9]"),
    _times("(2[0-3]|[01]?[0-9])"),
    _times("(3[01]|[12][0-9]|0?[1-9])"),
    _times(f"(1[0-2]|0?[1-9]|{_MONTH})"),
    _times(f"(0?[0-6]|{_DAY})"),
)
PATTERN = rf"(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|{' +'.join(_CRON_FIELDS)})"


def _tens(tens: int, digits: str) -> str:
    """Numbers of one digit of tens, which may be written as 07 when there is none."""
    return f"{tens or '0?'}{digits}"


def _backwards() -> Iterator[str]:
    """Ranges from a number or name to a smaller one. What a number counts makes no difference to that."""
    for tens in range(6):
        if tens:
            smaller = "[0-9]" if tens == 1 else f"[0-{tens - 1}]?[0-9]"
            yield f"{_tens(tens, '[0-9]')}-{'0?' if tens == 1 else ''}{smaller}"
        for digit in range(1, 10):
            yield f"{_tens(tens, str(digit))}-{_tens(tens, f'[0-{digit - 1}]')}"
    for names, least in ((_MONTH.split("|"), 1), (_DAY.split("|"), 0)):
        either = [f"(0?{n}|{name})" if n < 10 else f"({n}|{name})" for n, name in enumerate(names, least)]
        for place in range(1, len(names)):
            yield f"{either[place]}-({'|'.join(either[:place])})"


# Asked of what `PATTERN` matches: whether a range in it runs backwards.
BACKWARDS = f"(^|[ ,])({'|'.join(_backwards())})([ ,/]|$)"


def refused(text: str) -> str:
    """What is wrong with the schedule `text` in a sentence; '' when it is one."""
    if "TZ" in text:
        return f"{text!r} has a time zone in it: that belongs in timeZone"
    if text.startswith("@"):
        known = text in _WORDS or _EVERY.fullmatch(text)
        return "" if known else f"{text!r} is no schedule: known words are {', '.join(_WORDS)}"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"{text!r} has {len(fields)} fields, a schedule has five: minute hour day month weekday"
    for field, rule in zip(fields, _FIELDS, strict=True):
        wrong = _field(field, *rule)
        if wrong:
            return f"{text!r}: {wrong}"
    return ""


def _field(text: str, name: str, least: int, most: int, names: tuple[str, ...]) -> str:
    for item in text.split(","):
        wrong = _item(item, least, most, names)
        if wrong:
            return f"the {name} {item!r} {wrong}"
    return ""


def _item(text: str, least: int, most: int, names: tuple[str, ...]) -> str:
    span, slash, step = text.partition("/")
    if slash and (not step.isdecimal() or int(step) == 0):
        return "has a step that is not a number above zero"
    if span in ("*", "?"):
        return ""
    first, dash, last = span.partition("-")
    ends = [_number(end, least, names) for end in ((first, last) if dash else (first,))]
    if None in ends:
        return "is not a number" + (f" or one of {', '.join(names)}" if names else "")
    numbers = [end for end in ends if end is not None]
    if min(numbers) < least or max(numbers) > most:
        return f"is not within {least} to {most}"
    return "runs backwards" if numbers != sorted(numbers) else ""


def _number(text: str, least: int, names: tuple[str, ...]) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + least
    return int(text) if text.isascii() and text.isdecimal() else None
