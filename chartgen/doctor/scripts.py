"""The containers that run scripts of this project, and what their logs say.

They are known by the variables that the scripts take (chartgen/scripts), whatever the chart calls them. What
they print is ours: neither script ever prints a value of a Secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chartgen.doctor.objects import at, is_leaving, makers
from chartgen.doctor.snapshot import Snapshot
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest, pod
from chartgen.manifest.pods import Container

# What seed.sh writes at its end, and in the rows of its table.
COMPLETE = "The volume is completely seeded."
BEFORE = "The volume was completely seeded before, so the application may start."
INCOMPLETE = "seed: The volume is not completely seeded; see above."
ANOTHER_KEY = "is not the key that this volume was used with."
_COUNTS = re.compile(r"(\d+) paths(?:: (.*))?\.")
_ROW = re.compile(r"  could not write {2,}(?P<path>.+?)  \((?P<why>.*)\)")
_FULL = re.compile(r"no space left|disk quota exceeded|the volume may be full", re.IGNORECASE)
_READ_ONLY = re.compile(r"read-only file system", re.IGNORECASE)
_REFUSED = re.compile(r"permission denied|operation not permitted", re.IGNORECASE)


class Seeding(NamedTuple):
    """A container that seeds a volume: `mode` is init or gate; `volume` its name in the values."""

    container: Container
    mode: str
    volume: str


class SeedLog(Frozen):
    """A log of seed.sh, read: what it counted by the title of the row, what troubled it, how it ended."""

    lines: tuple[str, ...]

    @property
    def has_ended(self) -> bool:
        return bool(self.lines) and (
            self.lines[-1] in (COMPLETE, BEFORE) or any(line.startswith("seed: ") for line in self.lines)
        )

    @property
    def is_complete(self) -> bool:
        return bool(self.lines) and self.lines[-1] == COMPLETE

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows by their title, `differs from seed` among them."""
        found = next((m for line in reversed(self.lines) if (m := _COUNTS.fullmatch(line))), None)
        parts = (part.partition(" ") for part in (found[2] or "").split("; ")) if found else ()
        return {title: int(number) for number, _, title in parts if number.isdigit()}

    @property
    def troubles(self) -> tuple[str, ...]:
        """What it begins with `!`, and what it stopped for."""
        stopped = [line.removeprefix("seed: ") for line in self.lines if line.startswith("seed: ")]
        told = [line.removeprefix("! ") for line in self.lines if line.startswith("! ")]
        return tuple(line for line in (*told, *stopped) if f"seed: {line}" != INCOMPLETE)

    @property
    def has_another_key(self) -> bool:
        return any(line.endswith(ANOTHER_KEY) for line in self.lines)

    @property
    def unwritten(self) -> tuple[tuple[str, str], ...]:
        """Paths that could not be written, with the reason."""
        return tuple((m["path"], m["why"]) for line in self.lines if (m := _ROW.fullmatch(line)))

    @property
    def obstacle(self) -> str:
        """`full`, `read-only` or `refused` when that is why something could not be written, or ""."""
        text = "\n".join((*self.troubles, *(why for _, why in self.unwritten)))
        words = (("full", _FULL), ("read-only", _READ_ONLY), ("refused", _REFUSED))
        return next((word for word, pattern in words if pattern.search(text)), "")


def variables(container: Container) -> Mapping[str, Any]:
    """The variables of a container whose values stand in its template."""
    entries = container.data.get("env")
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return {str(entry.get("name")): entry.get("value") for entry in found}


def is_ours(container: Container) -> bool:
    """Whether it runs one of the scripts, so that its log may be shown whatever is secret."""
    command = container.data.get("command")
    scripts = (["sh", "/seed/bin/seed.sh"], ["sh", "/scripts/create-secret.sh"])
    return command in scripts and not container.data.get("args")


def seeding(item: Manifest) -> Iterator[Seeding]:
    """The seeding containers of a pod, or of what makes pods."""
    found = pod(item)
    for container in found.containers if found else ():
        if is_ours(container) and "SEED_MODE" in (given := variables(container)):
            yield Seeding(container, str(given["SEED_MODE"]), str(given.get("SEED_VOLUME") or ""))


def makes_secrets(item: Manifest) -> str:
    """The name of the Secret that a Job makes when it is absent, or ""."""
    found = pod(item) if item.kind == "Job" else None
    named = [variables(c).get("SECRET_NAME") for c in found.containers if is_ours(c)] if found else []
    return str(named[0] or "") if named else ""


def seed_logs(snapshot: Snapshot) -> Iterator[tuple[Manifest, Seeding, SeedLog]]:
    """The log of each seeding container of a pod that is there, the newest pod of each mode and volume."""
    newest: dict[tuple[str, str], tuple[Manifest, Seeding, SeedLog]] = {}
    pods = [item for item in snapshot.all("Pod") if not is_leaving(item)]
    there = [item for item in pods if not any(map(snapshot.is_earlier, makers(item)))]
    for item in sorted(there, key=lambda item: str(at(item, "metadata.creationTimestamp", ""))):
        for found in seeding(item):
            log = SeedLog(snapshot.log(item.name, found.container.name))
            if log.lines:
                newest[found.mode, found.volume] = (item, found, log)
    yield from newest.values()
