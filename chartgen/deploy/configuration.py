"""The configuration of a deployment: the environment that the chart gives a component, under the same
values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.errors import ChartgenError, Problem
from chartgen.frozen import Frozen
from chartgen.manifest import pod

if TYPE_CHECKING:
    from chartgen.manifest import Manifest

_KINDS = ("Deployment", "StatefulSet", "DaemonSet")
_COMPONENT = "app.kubernetes.io/component"


class Configuration(Frozen):
    """Names with values; names whose values lie in Secrets, to where; names that only a pod could know."""

    config: Mapping[str, str]
    secret: Mapping[str, str]
    unknown: tuple[str, ...] = ()


def configuration(manifests: Iterable[Manifest], component: str) -> Configuration:
    """What the first container of a component gets. Raises ChartgenError when nothing runs it."""
    for manifest in manifests:
        found = pod(manifest) if manifest.kind in _KINDS else None
        if found is not None and found.labels.get(_COMPONENT) == component:
            main = next(container for container in found.containers if container.kind == "regular")
            return _read(main.data.get("env") or [])
    raise ChartgenError(
        f"{component}: with these values the chart runs no such component", "--component names another"
    )


def _read(env: Iterable[Mapping[str, Any]]) -> Configuration:
    config: dict[str, str] = {}
    secret: dict[str, str] = {}
    unknown = []
    for entry in env:
        source = entry.get("valueFrom") or {}
        if "secretKeyRef" in source:
            reference = source["secretKeyRef"]
            secret[entry["name"]] = f"Secret {reference['name']}, key {reference['key']}"
        elif source:
            unknown.append(entry["name"])
        else:
            config[entry["name"]] = str(entry.get("value") or "")
    return Configuration(config, secret, tuple(unknown))


def secrets(
    wanted: Mapping[str, str], given: Mapping[str, str], generated: Iterable[str], make: Callable[[], str]
) -> dict[str, str]:
    """A value for each secret: as it is given, or made where the chart makes it. Raises ChartgenError."""
    makes = set(generated)
    lacking = [name for name in wanted if not given.get(name) and name not in makes]
    if lacking:
        raise ChartgenError(
            "secrets have no value here",
            "set variables of these names: what is secret is read from the environment alone",
            [Problem(name, f"the chart takes it from {wanted[name]}") for name in lacking],
        )
    return {name: given.get(name) or make() for name in wanted}
