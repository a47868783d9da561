"""Secrets and ConfigMaps that containers read: each is there and has its key. Values are never looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.scripts import makes_secrets
from chartgen.doctor.snapshot import Keys, Snapshot, Unread, refers

NAME = "secrets"
HELP = "Every Secret and ConfigMap that a container reads is there, with its keys."


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    for kind, found in (("Secret", snapshot.secrets), ("ConfigMap", snapshot.config_maps)):
        for name, keys in _demanded(snapshot, kind).items():
            if found.get(name, name) is not None or not snapshot.awaits(f"{kind}/{name}"):
                yield from _one(snapshot, f"{kind}/{name}", keys, found)


def _demanded(snapshot: Snapshot, kind: str) -> Mapping[str, dict[str, None]]:
    """Names to keys; what may be absent is left out, and so is what a Pod was given: its template says it."""
    names: dict[str, dict[str, None]] = {}
    for item, name, key, optional in refers(snapshot.made, kind):
        if not optional and item.kind != "Pod":
            names.setdefault(name, {}).update({key: None} if key else {})
    return names


def _one(
    snapshot: Snapshot, label: str, keys: Mapping[str, None], found: Mapping[str, Keys | Unread | None]
) -> Iterator[Diagnosis]:
    kind, _, name = label.partition("/")
    there = found.get(name, Unread("it was not asked for"))
    if isinstance(there, Unread):
        yield Diagnosis(
            NAME, State.UNKNOWN, label, there.reason, snapshot.at.kubectl("get", kind.lower(), name)
        )
        return
    if there is None:
        yield Diagnosis(NAME, State.WRONG, label, "is not there", _missing(snapshot, kind, name, keys))
        return
    for key in keys:
        if not there.get(key):
            what = f"has key {key}, which is empty" if key in there else f"has no key {key}"
            yield Diagnosis(NAME, State.WRONG, label, what, _incomplete(snapshot, kind, name, key))
    if all(there.get(key) for key in keys):
        what = f"is there with {', '.join(keys)}" if keys else "is there"
        yield Diagnosis(NAME, State.FINE, label, what)


def _missing(snapshot: Snapshot, kind: str, name: str, keys: Mapping[str, None]) -> str:
    job = next((item for item in snapshot.wanted if makes_secrets(item) == name), None)
    if job is not None:
        return f"{job.label} makes it: see why that has not, below"
    if snapshot.planned(f"{kind}/{name}"):
        return f"helm makes it:\n{cures.upgrade(snapshot)}"
    if kind == "ConfigMap":
        make = snapshot.at.kubectl("create", "configmap", name, "--from-file=FOLDER")
    else:
        given = [f"--from-file={key}=FILE" for key in keys] or ["--from-file=FOLDER"]
        make = snapshot.at.kubectl("create", "secret", "generic", name, *given)
    return f"make it, or mend its name in the values:\n{make}"


def _incomplete(snapshot: Snapshot, kind: str, name: str, key: str) -> str:
    """The value must not get into the history of a shell, so an editor takes it."""
    warning = " (if data was written with an older value, put that one back)" if kind == "Secret" else ""
    edit = snapshot.at.kubectl("edit", kind.lower(), name)
    return f"add {key}{warning}, or mend the key's name in the values:\n{edit}"
