"""What is wrong with a release in a cluster, and what cures it: functions of a snapshot that was read once.

An examination is a module: NAME, HELP (one sentence) and `examine(snapshot)`, which yields Diagnoses. One
that needs what could not be read raises ToolError: that is then told as such, and is never fine. Those of
an installed release are in `installed`, the causes before their effects; those before an install, of a site,
are in `before`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from chartgen.diagnoses import Diagnosis, Examined, State
from chartgen.doctor.before import (
    apis,
    limits,
    names,
    namespace,
    needs,
    pulls,
    quotas,
    rights,
    routes,
    standard,
    version,
)
from chartgen.doctor.before import claims as classes
from chartgen.doctor.before import services as reached
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
from chartgen.doctor.site import Site
from chartgen.doctor.snapshot import Snapshot
from chartgen.errors import ToolError


class Examination(Protocol):
    """What a module of `installed` is."""

    NAME: str
    HELP: str

    def examine(self, snapshot: Snapshot, /) -> Iterator[Diagnosis]: ...


class Preflight(Protocol):
    """What a module of `before` is."""

    NAME: str
    HELP: str

    def examine(self, site: Site, /) -> Iterator[Diagnosis]: ...


INSTALLED: tuple[Examination, ...] = (
    *(release, claims, secrets, refused, pods),
    *(jobs, seeding, volumes, services, warnings),
)
BEFORE: tuple[Preflight, ...] = (
    *(version, namespace, apis, rights, names, needs),
    *(standard, quotas, limits, classes, pulls, routes, reached),
)
Read = TypeVar("Read", Snapshot, Site)


def examine(snapshot: Snapshot) -> Examined:
    """What each examination of an installed release says, in their order."""
    found = tuple(line for one in INSTALLED for line in _lines(one.NAME, one.examine, snapshot))
    return Examined(snapshot.release, snapshot.at.namespace, found)


def foresee(site: Site) -> Examined:
    """What each examination before an install says, in their order."""
    found = tuple(line for one in BEFORE for line in _lines(one.NAME, one.examine, site))
    return Examined(site.release, site.at.namespace, found)


def _lines(name: str, look: Callable[[Read], Iterator[Diagnosis]], read: Read) -> Iterator[Diagnosis]:
    try:
        yield from look(read)
    except ToolError as error:
        yield Diagnosis(name, State.UNKNOWN, "", error.message, error.hint)
