"""Snapshots: every object of a rendering as a file of its own, compared with the ones that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from chartgen import documents
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest, Rendering


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


def files(rendering: Rendering) -> dict[str, str]:
    """The objects of a rendering by file name (`deployment-shop-api.yaml`), and its NOTES."""
    found: dict[str, str] = {}
    for manifest in rendering.manifests:
        found[_name(manifest, found)] = f"# {manifest.source}\n{documents.dump(dict(manifest.data))}"
    if rendering.notes.strip():
        found["NOTES.txt"] = rendering.notes.rstrip() + "\n"
    return found


def _name(manifest: Manifest, taken: Iterable[str]) -> str:
    name = f"{manifest.kind}-{manifest.name}".lower().replace(":", "-")
    plain = f"{name}.yaml"
    return f"{name}.{manifest.namespace or 'cluster'}.yaml" if plain in taken else plain


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
