"""Changelogs: a section written from the changes between two versions, and read back for Artifact Hub.

The form is that of keepachangelog.com 1.1.0: `## VERSION`, perhaps with a date behind it, then `### Added`
and its like, then lists. Artifact Hub knows the same six words (its documentation, "Changelog annotation").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chartgen.changes import Change, Level
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

NAME = "CHANGELOG.md"
NEWS = ("added", "changed", "deprecated", "removed", "fixed", "security")
_HEADING = re.compile(r"## +\[?v?(?P<version>\d+\.\d+\.\d+[^\s\]]*)\]?(?: +- +(?P<date>\S+))?\s*")
_TITLE = "# Changelog\n"
_TOLD = (Level.MAJOR, Level.MINOR)


class Entry(Frozen):
    """One line of a changelog: one of NEWS, and a sentence."""

    news: str
    text: str


def entries(changes: Iterable[Change]) -> tuple[Entry, ...]:
    """What users are told of changes: all that weighs more than a patch, or what there is. Patches that only
    follow from others (pods that restart for a new image) would drown them."""
    found = tuple(changes)
    told = [change for change in found if change.level in _TOLD] or list(found)
    lines = {Entry(change.news, _line(change)): None for change in told}
    return tuple(sorted(lines, key=lambda entry: NEWS.index(entry.news)))


def _line(change: Change) -> str:
    breaking = "**Breaking:** " if change.level is Level.MAJOR else ""
    advice = f" ({_plain(change.hint)})" if change.hint and change.level is Level.MAJOR else ""
    return f"{breaking}{_code(change.place)}: {_plain(change.what)}{advice}"


def _plain(text: str) -> str:
    """Text of a chart on one line, with nothing in it that Markdown or HTML would act on."""
    line = _visible(text)
    return re.sub(r"([\\`*_{}\[\]<>|#!])", r"\\\1", line)


def _code(text: str) -> str:
    """A place as code: between more backticks than stand in it."""
    line = _visible(text)
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {line} {ticks}" if longest else f"`{line}`"


def _visible(text: str) -> str:
    """Text on one line, without what a terminal or a reader would act on."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))


def section(version: str, written: Iterable[Entry], date: str = "") -> str:
    """The section of one version, without an empty line around it."""
    lines = [f"## {_visible(version)}" + (f" - {date}" if date else "")]
    some = tuple(written)
    for news in NEWS:
        texts = [entry.text for entry in some if entry.news == news]
        lines += ["", f"### {news.capitalize()}", "", *(f"- {text}" for text in texts)] if texts else []
    return "\n".join(lines) + "\n"


def has(text: str, version: str) -> bool:
    """Whether a changelog has a section for a version."""
    return any(found["version"] == version for found in map(_HEADING.fullmatch, text.splitlines()) if found)


def added(text: str, version: str, new: str) -> str:
    """A changelog with one section more, before all others. Raises ChartgenError when the version has one."""
    if has(text, version):
        raise ChartgenError(
            f"{NAME}: it has a section for {version}", "choose another version, or remove the section"
        )
    lines = (text or _TITLE).splitlines(keepends=True)
    place = next((n for n, line in enumerate(lines) if _HEADING.fullmatch(line)), None)
    if place is None:
        return "".join(lines).rstrip("\n") + f"\n\n{new}"
    return "".join([*lines[:place], new, "\n", *lines[place:]])


def read(text: str, version: str) -> tuple[Entry, ...]:
    """What a changelog says of a version, in its order; a list under no word is `changed`."""
    return tuple(_entries(text.splitlines(), version))


def _entries(lines: Iterable[str], version: str) -> Iterator[Entry]:
    inside, news, open_ = False, "changed", ""
    for line in [*lines, "## "]:
        item = line.startswith("- ")
        if open_ and (item or not line.startswith("  ")):
            yield Entry(news, open_)
            open_ = ""
        if line.startswith("## "):
            found = _HEADING.fullmatch(line)
            inside, news = bool(found and found["version"] == version), "changed"
        elif inside and line.startswith("### "):
            word = line.removeprefix("### ").strip().lower()
            news = word if word in NEWS else "changed"
        elif inside and item:
            open_ = line.removeprefix("- ").strip()
        elif open_:
            open_ += f" {line.strip()}"


def date(text: str, version: str) -> str:
    """The date behind the heading of a version, as it is written; "" when there is none."""
    for found in map(_HEADING.fullmatch, text.splitlines()):
        if found and found["version"] == version:
            return found["date"] or ""
    return ""
