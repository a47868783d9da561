"""Snapshots: every object of a rendering as a file of its own, compared with the ones that were kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chartgen import documents
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest, Rendering

if TYPE_CHECKING:
    from chartgen.engine import Answer

CHANGING = "(another in every rendering)"
_LONGEST = 200  # characters of a file's name; file systems take 255 bytes


class Kind(StrEnum):
    MISSING = "missing"  # rendered, and not kept yet
    EXTRA = "extra"  # kept, and not rendered any more
    DIFFERENT = "different"


class Change(Frozen):
    """One file that is not as it was kept; None where there is no file."""

    path: str
    kind: Kind
    kept: str | None
    found: str | None


def files(app: str, answers: Iterable[Answer]) -> dict[str, str]:
    """The objects and NOTES of all renderings of an application, or why there are none, by path:
    `<app>/<overlay>/deployment-shop-api.yaml`, where `default` is the chart's own values."""
    given = list(answers)
    folders = labels([answer.case.overlay for answer in given])
    return {
        f"{app}/{folders[answer.case.overlay]}/{name}": text
        for answer in given
        for name, text in _objects(answer).items()
    }


def steady(answers: Iterable[Answer], again: Iterable[Answer]) -> list[Answer]:
    """The answers, with what was another in a second rendering of the same cases replaced by a word:
    a password that a chart makes up is no reason for a snapshot to fail."""
    return [_steady(first, second) for first, second in zip(answers, again, strict=True)]


def _steady(first: Answer, second: Answer) -> Answer:
    if not isinstance(first, Rendering) or not isinstance(second, Rendering):
        return first
    if len(first.manifests) != len(second.manifests):
        return first
    pairs = zip(first.manifests, second.manifests, strict=True)
    manifests = tuple(a if a == b else Manifest(_common(a.data, b.data), a.source) for a, b in pairs)
    notes = "\n".join(_common(first.notes.split("\n"), second.notes.split("\n")))
    return replace(first, manifests=manifests, notes=notes)


def _common(first: Any, second: Any) -> Any:
    """What two renderings have in common."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {key: _common(value, second.get(key)) for key, value in first.items()}
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [_common(a, b) for a, b in zip(first, second, strict=True)]
    return first if first == second else CHANGING


def labels(overlays: Iterable[str]) -> dict[str, str]:
    """A name for each overlay: its file's without the ending, or its path's where two files share one."""
    paths = list(dict.fromkeys(overlays))
    stems = [_stem(path) for path in paths]
    found: dict[str, str] = {}
    for path, stem in zip(paths, stems, strict=True):
        alone = not path or stems.count(stem) == 1
        name = stem if alone else _plain(re.sub(r"\.ya?ml$", "", path))
        found[path] = _unused(name, found.values())
    return found


def _stem(path: str) -> str:
    return _plain(re.sub(r"\.ya?ml$", "", path.rpartition("/")[2])) if path else "default"


def _plain(text: str) -> str:
    """Text that can be a file's name, and leads nowhere else."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-") or "unnamed"


def _unused(name: str, taken: Iterable[str]) -> str:
    used, unused, number = set(taken), name, 1
    while unused in used:
        number += 1
        unused = f"{name}-{number}"
    return unused


def _objects(answer: Answer) -> dict[str, str]:
    if not isinstance(answer, Rendering):
        return {"REFUSED.txt": answer.message.rstrip() + "\n"}
    found: dict[str, str] = {}
    for manifest in answer.manifests:
        name = _unused(_name(manifest, found), (taken.removesuffix(".yaml") for taken in found))
        found[f"{name}.yaml"] = f"# {manifest.source}\n{documents.dump(dict(manifest.data))}"
    if answer.notes.strip():
        found["NOTES.txt"] = answer.notes.rstrip() + "\n"
    return found


def _name(manifest: Manifest, taken: Mapping[str, str]) -> str:
    name = _plain(f"{manifest.kind}-{manifest.name}".lower())
    if f"{name}.yaml" in taken:
        name = f"{name}.{_plain(manifest.namespace or 'cluster')}"
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}-{sha256(name.encode()).hexdigest()[:8]}"


def compare(kept: Mapping[str, str], found: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, by path."""
    changes = []
    for path in sorted(kept.keys() | found.keys()):
        before, after = kept.get(path), found.get(path)
        if before is None:
            changes.append(Change(path, Kind.MISSING, None, after))
        elif after is None:
            changes.append(Change(path, Kind.EXTRA, before, None))
        elif before != after:
            changes.append(Change(path, Kind.DIFFERENT, before, after))
    return tuple(changes)
