"""Which logs are worth reading: those of seeding, and those of what failed or is not ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chartgen.doctor.causes import Container, containers, is_ready
from chartgen.doctor.objects import is_leaving, template
from chartgen.doctor.scripts import is_ours, seeding
from chartgen.doctor.snapshot import Snapshot
from chartgen.manifest import Manifest

MOST = 30  # logs: of a hundred pods with one trouble the first tell it
WHOLE, TAIL = 1000, 20  # lines: seeding says most of what matters above its last ones


class Wanted(NamedTuple):
    """A log; `previous` is that of the run before the one of now."""

    pod: str
    container: str
    lines: int
    is_ours: bool
    previous: bool = False


def wanted(snapshot: Snapshot) -> list[Wanted]:
    """In the order of the pods, those of seeding before the others."""
    pods = [pod for pod in snapshot.seen("Pod") if not is_leaving(pod)]
    found = [one for pod in pods for one in _of(pod)]
    return sorted(found, key=lambda one: one.lines != WHOLE)[:MOST]


def _of(pod: Manifest) -> Iterator[Wanted]:
    seeds = {found.container.name for found in seeding(pod)}
    made = template(pod)
    ours = {c.name for c in made.containers if is_ours(c)} if made else set()
    for container in containers(pod):
        name, waits = container.name, not container.ended and bool(container.waiting)
        if name in seeds and not waits:
            yield Wanted(pod.name, name, WHOLE, is_ours=True)
        elif name not in seeds and not waits and _is_worth(container, pod):
            yield Wanted(pod.name, name, TAIL, name in ours, _is_before(container))


def _is_worth(container: Container, pod: Manifest) -> bool:
    runs_badly = not container.is_over and not container.is_init and not is_ready(pod)
    return container.has_failed or runs_badly


def _is_before(container: Container) -> bool:
    """It failed, was started again, and has said little yet."""
    return container.has_failed and container.restarts > 0 and not container.waiting and not container.is_over
