"""Things that may stand only once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.checks.subject import Item, Scene, entries, finding, once
from chartgen.findings import Finding

NAME = "duplicates"
HELP = "No object, container, volume, variable or mount stands twice."
_HINT = "remove one of the two: Helm 4 applies server-side and fails on duplicates"
# The list, the field that must be unique in it, and what a person calls it.
_INSIDE = (("env", "name", "variable"), ("volumeMounts", "mountPath", "mount path"))


def check(scene: Scene) -> Iterator[Finding]:
    """Objects of one identity, then each pod by itself."""
    seen: dict[object, Item] = {}
    for item in scene.items:
        # An object that names no namespace is in that of the release.
        key = item.manifest.identity._replace(namespace=scene.namespace(item))
        first = seen.setdefault(key, item)
        if first is not item:
            what = f"this object stands in {first.manifest.source} already: one of them is lost"
            yield finding(NAME, item, "metadata.name", what, "rename or remove one of the two")
        yield from _pod(item)


@once
def _pod(item: Item) -> Iterator[Finding]:
    names: dict[Any, str] = {}
    for container in item.containers:
        yield from _once(item, names, container.name, f"{container.path}.name", "container")
        for key, field, word in _INSIDE:
            seen: dict[Any, str] = {}
            for path, entry in entries(container.data, key, container.path):
                value = entry.get(field)
                if isinstance(value, str):
                    same = value.rstrip("/") or "/" if field == "mountPath" else value
                    yield from _once(item, seen, same, f"{path}.{field}", word)
    volumes: dict[Any, str] = {}
    for path, volume in item.volumes:
        yield from _once(item, volumes, str(volume.get("name")), f"{path}.name", "volume")


def _once(item: Item, seen: dict[Any, str], value: str, path: str, word: str) -> Iterator[Finding]:
    if value in seen:
        yield finding(
            NAME, item, path, f"{word} {value!r} stands at {seen[value]} already", _HINT, item.blame
        )
    seen.setdefault(value, path)
