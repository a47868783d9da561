"""Settings that change nothing by themselves: each is tried again beside other values of settings near to it.

All of them are tried at once, a few of their neighbours at a time, so that the session gets many cases in a
call and those that turn out to change something are asked no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from chartgen.manifest import Rendering
from chartgen.verify.arrival import Arrival
from chartgen.verify.space import Trial

if TYPE_CHECKING:
    from chartgen.engine import Answer, Session
    from chartgen.settings import Path, Setting

Beside = Callable[["Setting"], Iterator[tuple[Trial, ...]]]
# What a parent chart asks Helm, as the condition of a dependency: no template has to read it.
PARENT = ("enabled",)
_AT_ONCE = 48  # cases, at least, while there is something to try


def without_effect(
    settings: Iterable[Setting], beside: Beside, session: Session, stop: Callable[[], bool]
) -> frozenset[Path] | None:
    """The settings that change nothing beside any value of another; None when it was time to `stop`."""
    waiting = {s.path: (s, beside(s)) for s in settings if s.path != PARENT}
    useless: set[Path] = set()
    while waiting:
        if stop():
            return None
        asked = _next(waiting.values())
        answers = session.render([trial for _, trials in asked for trial in trials])
        for setting, trials in asked:
            if _changes(setting, list(islice(answers, len(trials)))):
                waiting.pop(setting.path, None)
        tried = {setting.path for setting, _ in asked}
        useless |= waiting.keys() - tried
        waiting = {path: found for path, found in waiting.items() if path in tried}
    return frozenset(useless)


def _next(
    waiting: Iterable[tuple[Setting, Iterator[tuple[Trial, ...]]]],
) -> list[tuple[Setting, tuple[Trial, ...]]]:
    """The next few neighbours of each setting, enough for a call; none of one that has no more."""
    found: list[tuple[Setting, tuple[Trial, ...]]] = []
    left = list(waiting)
    while left and sum(len(trials) for _, trials in found) < _AT_ONCE:
        more = [(setting, trials) for setting, each in left for trials in islice(each, 1)]
        taken = {setting.path for setting, _ in more}
        left = [(setting, each) for setting, each in left if setting.path in taken]
        found += more
    return found


def _changes(setting: Setting, answers: Iterable[Answer]) -> bool:
    """Whether one of several values changes something. Of fewer than two nothing can be told."""
    arriving = Arrival(setting)
    for answer in answers:
        if isinstance(answer, Rendering) and isinstance(answer.case, Trial):
            arriving.add(answer.case, answer)
    return not arriving.without_effect
