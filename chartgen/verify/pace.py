"""How long a run still takes: what is left of each kind of work, at the pace that this kind was seen to go.

A document of all pairs costs ten times what one with a single setting does, and comes later. So nothing is
told from how many are done in all: time is booked on the kinds that went on meanwhile, and of a kind that has
not begun what it weighs beside the others is all that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

# What one of a kind costs beside a document with one setting, roughly: what is measured soon counts for more.
WEIGHTS = {"deviations": 2.0, "random": 3.0, "pairs": 10.0, "readers": 400.0, "outside": 5.0}
_BELIEVED = 10.0  # so many of a kind have to be seen until they count as much as what was thought before


class Pace:
    """Takes in how much of each kind is done, at times in seconds that only grow."""

    def __init__(self) -> None:
        self._last = 0.0
        self._done = Counter[str]()
        self._spent: dict[str, float] = {}

    def at(self, seconds: float, done: Mapping[str, int]) -> None:
        """Books the time since the last look on what has gone on since then."""
        new = {kind: (count - self._done[kind]) * _weight(kind) for kind, count in done.items()}
        whole = sum(new.values())
        if whole <= 0:
            return  # it is booked when something is done
        for kind, weight in new.items():
            self._spent[kind] = self._spent.get(kind, 0) + (seconds - self._last) * weight / whole
        self._last, self._done = seconds, Counter(done)

    def left(self, planned: Mapping[str, int]) -> float | None:
        """Seconds that what is planned and not done still takes; None when nothing was seen yet."""
        weighed = sum(count * _weight(kind) for kind, count in self._done.items())
        if not weighed:
            return None
        usual = sum(self._spent.values()) / weighed
        return sum(
            max(0, count - self._done[kind]) * self._each(kind, usual) for kind, count in planned.items()
        )

    def _each(self, kind: str, usual: float) -> float:
        """Seconds for one of a kind, when one of weight 1 usually takes so many."""
        believed = _BELIEVED / _weight(kind) if _weight(kind) > _BELIEVED else _BELIEVED
        thought = usual * _weight(kind)
        return (self._spent.get(kind, 0) + believed * thought) / (self._done[kind] + believed)


def _weight(kind: str) -> float:
    return WEIGHTS.get(kind, 1.0)
