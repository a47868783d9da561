"""What is wrong with a release in a cluster, and what cures it: functions of a snapshot that was read once.

An examination is a module: NAME, HELP (one sentence) and `examine(snapshot)`, which yields Diagnoses. One
that needs what could not be read raises ToolError: that is then told as such, and is never fine. Those of
an installed release are in `installed`, the causes before their effects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from chartgen.diagnoses import Diagnosis, Examined, State
from chartgen.doctor.installed import (
    claims,
    jobs,
    pods,
    refused,
    release,
    secrets,
    seeding,
    services,
    volumes,
    warnings,
)
from chartgen.doctor.snapshot import Snapshot
from chartgen.errors import ToolError


class Examination(Protocol):
    """What a module of `installed` is."""

    NAME: str
    HELP: str

    def examine(self, snapshot: Snapshot, /) -> Iterator[Diagnosis]: ...


INSTALLED: tuple[Examination, ...] = (
    *(release, claims, secrets, refused, pods),
    *(jobs, seeding, volumes, services, warnings),
)


def examine(snapshot: Snapshot) -> Examined:
    """What each examination of an installed release says, in their order."""
    found = tuple(line for one in INSTALLED for line in _lines(one, snapshot))
    return Examined(snapshot.release, snapshot.at.namespace, found)


def _lines(one: Examination, snapshot: Snapshot) -> Iterator[Diagnosis]:
    try:
        yield from one.examine(snapshot)
    except ToolError as error:
        yield Diagnosis(one.NAME, State.UNKNOWN, "", error.message, error.hint)
