"""The same values make the same every time: no clock and no chance in what is rendered.

Bytes are compared first, then what they say: Go's YAML sorts keys such as `1e3` and `010` in an order that is
none, which no chart can help (sigs.k8s.io/yaml, goyaml.v2/sorter.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chartgen.errors import RenderError
from chartgen.findings import Finding, Place, Severity
from chartgen.manifest import Rendering, parse

if TYPE_CHECKING:
    from chartgen.engine import Session
    from chartgen.verify.space import Trial

NAME = "again"
HELP = "The same values make the same objects and notes every time."


def findings(session: Session, trials: Iterable[Trial], is_own: bool) -> Iterator[tuple[Finding, Trial]]:
    """What a plain `session` renders otherwise the second time, each template once, with a trial.

    A chart that is not ours may make up passwords: that is told, and not held against it.
    """
    told = set[str]()
    for trial in trials:
        one, other = session.render([trial, trial])
        if not isinstance(one, Rendering) or not isinstance(other, Rendering):
            continue
        notes = {"templates/NOTES.txt"} if one.notes != other.notes else set[str]()
        for path in sorted((notes | _different(one, other)) - told):
            told.add(path)
            what = "the same values, rendered twice, make something else"
            hint = (
                "leave out what is made up anew (random texts, dates): each upgrade would change the object"
            )
            yield (
                Finding(NAME, Place(path), what, hint, Severity.ERROR if is_own else Severity.WARNING),
                trial,
            )


def _different(one: Rendering, other: Rendering) -> set[str]:
    return {
        path
        for path, text in one.texts.items()
        if text != other.texts.get(path) and not _alike(path, text, other.texts.get(path, ""))
    }


def _alike(path: str, text: str, again: str) -> bool:
    try:
        return parse(text, path) == parse(again, path)
    except RenderError:
        return False
