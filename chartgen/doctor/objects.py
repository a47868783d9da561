"""Objects as a cluster gives them: read through functions that take what has the right type, and pass over
the rest. That an API server keeps its own types is likely, and nothing to fall over when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartgen.manifest import Manifest, Pod, pod

COMPONENT = "app.kubernetes.io/component"


def at(item: Manifest, path: str, default: Any = None) -> Any:
    """What stands at a path of an object (`status.phase`), or the default where anything on the way lacks or
    is null."""
    value: Any = item.data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
        if value is None:
            return default
    return value


def entries(item: Manifest, path: str) -> list[Mapping[str, Any]]:
    """The mappings in the list at a path."""
    found = at(item, path)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def number(item: Manifest, path: str, default: int = 0) -> int:
    """The whole number at a path, or the default."""
    found = at(item, path)
    return found if isinstance(found, int) else default


def inside(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping under a key, or an empty one."""
    found = holder.get(key)
    return found if isinstance(found, Mapping) else {}


def condition(item: Manifest, kind: str) -> Mapping[str, Any]:
    """The condition of a type, or an empty mapping."""
    return next((c for c in entries(item, "status.conditions") if c.get("type") == kind), {})


def component(item: Manifest) -> str:
    """The component that an object or its pods belong to, or ""."""
    return str(labels(item).get(COMPONENT) or "")


def labels(item: Manifest) -> Mapping[str, Any]:
    found = item.metadata.get("labels")
    return found if isinstance(found, Mapping) else {}


def uid(item: Manifest) -> str:
    return str(item.metadata.get("uid") or "")


def owners(item: Manifest) -> list[str]:
    """The UIDs of the objects that made this one."""
    return [str(owner.get("uid")) for owner in entries(item, "metadata.ownerReferences")]


def makers(item: Manifest) -> list[str]:
    """Their names."""
    return [str(owner.get("name")) for owner in entries(item, "metadata.ownerReferences")]


def is_leaving(item: Manifest) -> bool:
    return "deletionTimestamp" in item.metadata


def template(item: Manifest) -> Pod | None:
    return pod(item)
