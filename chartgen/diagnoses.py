"""What an examination of a release has to say, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chartgen.frozen import Frozen


class State(StrEnum):
    FINE = "fine"
    WRONG = "wrong"
    UNKNOWN = "could not tell"  # never fine: it was not to be read, or time has not told yet


class Diagnosis(Frozen):
    """One line: of what, how it is and why, and what cures it.

    `subject` is an object as a person calls it (`Pod/ushadow-backend-0`), or "". `cure` is sentences and
    commands, a line each. `log` is the last lines of what failed. Text of the cluster is as it came.
    """

    examination: str
    state: State
    subject: str
    what: str
    cure: str = ""
    log: tuple[str, ...] = ()


class Examined(Frozen):
    """All diagnoses of one release."""

    release: str
    namespace: str
    diagnoses: tuple[Diagnosis, ...]

    def count(self, state: State) -> int:
        return sum(diagnosis.state is state for diagnosis in self.diagnoses)

    @property
    def state(self) -> State:
        """The worst that was found; something wrong weighs more than what could not be told."""
        return worst(diagnosis.state for diagnosis in self.diagnoses)


def worst(states: Iterable[State]) -> State:
    seen = set(states)
    return next((state for state in (State.WRONG, State.UNKNOWN) if state in seen), State.FINE)
