"""Which files of a folder `.helmignore` leaves out of a chart, as Helm decides it.

Source of the rules: helm, pkg/ignore/rules.go, and Go's path/filepath.Match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartgen.errors import ModelError, Problem
from chartgen.frozen import Frozen

NAME = ".helmignore"
_ALWAYS = "templates/.?*"  # what Helm adds to every chart's rules


class Rule(Frozen):
    """One line: what it matches, and what that means."""

    pattern: re.Pattern[str]
    whole: bool  # judges the whole path, not only the name
    folders: bool  # judges folders alone
    negated: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        subject = path if self.whole else path.rpartition("/")[2]
        return (is_folder or not self.folders) and self.pattern.fullmatch(subject) is not None


def parse(text: bytes, name: str = NAME) -> tuple[Rule, ...]:
    """The rules of a `.helmignore`. Raises ModelError with every line that Helm refuses."""
    rules, problems = [_rule(_ALWAYS)], []
    for number, line in enumerate(text.decode("utf-8-sig", "replace").split("\n"), 1):
        try:
            if line.strip() and not line.strip().startswith("#"):
                rules.append(_rule(line.strip()))
        except ValueError as error:
            problems.append(Problem(f"{name}:{number}", str(error), "Helm refuses the chart for it"))
    if problems:
        raise ModelError(f"{name} cannot be used", problems=problems)
    return tuple(rules)


def ignores(rules: tuple[Rule, ...], path: str, is_folder: bool) -> bool:
    """Whether the file or folder at `path`, relative to the chart, is left out, with all that is in it.

    A line with `!` leaves out whatever it does not match: so Helm does, unlike git (helm issue 3622).
    """
    return any(rule.negated is not rule.matches(path, is_folder) for rule in rules)


def _rule(line: str) -> Rule:
    if "**" in line:
        raise ValueError(f"{line!r}: ** is not supported")
    negated, body = line.startswith("!"), line.removeprefix("!")
    folders, body = body.endswith("/"), body.removesuffix("/")
    pattern = re.compile("".join(_glob(body.removeprefix("/"))), re.DOTALL)
    return Rule(pattern, "/" in body, folders, negated)


def _glob(pattern: str) -> Iterator[str]:
    """A pattern of filepath.Match as pieces of a regular expression. Raises ValueError for a broken one."""
    at = 0
    while at < len(pattern):
        mark = pattern[at]
        if mark == "[":
            piece, at = _class(pattern, at + 1)
            yield piece
            continue
        if mark == "\\":
            at += 1
            mark = _character(pattern, at)
            yield re.escape(mark)
        else:
            yield {"*": "[^/]*", "?": "[^/]"}.get(mark, re.escape(mark))
        at += 1


def _class(pattern: str, at: int) -> tuple[str, int]:
    """The class that begins after the bracket at `at - 1`, and where the pattern goes on."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    while not ranges or pattern[at : at + 1] != "]":
        low, at = _end(pattern, at)
        high = low
        if pattern[at : at + 1] == "-":
            high, at = _end(pattern, at + 1)
        if low <= high:  # Go takes a range that goes backwards, and nothing is in it
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            ranges.append("")
    inside = "".join(ranges)
    if not inside:
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{inside}]", at + 1


def _end(pattern: str, at: int) -> tuple[str, int]:
    """One end of a range, and what follows."""
    mark = _character(pattern, at)
    if mark in "-]":
        raise ValueError(f"{pattern!r}: a bracket that is not closed, or holds a bare - or ]")
    if mark == "\\":
        at += 1
        mark = _character(pattern, at)
    return mark, at + 1


def _character(pattern: str, at: int) -> str:
    if at >= len(pattern):
        raise ValueError(f"{pattern!r} ends too early")
    return pattern[at]
