"""Fields that the server filled in, and that stay when nobody names them, where they are forbidden now.

A patch takes away what the older manifest named. What the server added by itself stays, and some of it may
not stand beside the newer manifest. Sources: apps.ValidateDeploymentStrategy and ValidateStatefulSetSpec of
Kubernetes 1.34; helm issue 5144; kubernetes issue 39188 for ports that share a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Altered, Pair, listed, mapping
from chartgen.manifest import Manifest, pod

NAME = "leftovers"
HELP = "Nothing that the server filled in stands in the way."
# Kind to the field, the type that forbids `rollingUpdate`, and what is meant when nothing is said.
_STRATEGIES = {"Deployment": ("strategy", "Recreate"), "StatefulSet": ("updateStrategy", "OnDelete")}


def compare(pair: Pair) -> Iterator[Change]:
    """Strategies of updates, and lists of ports."""
    for view, altered in pair.altered():
        if not altered.old.hooks and not altered.new.hooks:
            for place, what, hint in (*_strategy(altered), *_ports(altered)):
                under = (view.case.name,)
                yield change("left over field", f"{altered.new.label} {place}", what, hint, overlays=under)


def _strategy(altered: Altered) -> Iterator[tuple[str, str, str]]:
    field, forbids = _STRATEGIES.get(altered.new.kind, ("", ""))
    old, new = (mapping(mapping(m.data.get("spec")).get(field)) for m in (altered.old, altered.new))
    if not field or new.get("type") != forbids or old.get("type") == forbids:
        return
    if mapping(old.get("rollingUpdate")) and "rollingUpdate" not in new:
        return  # the older manifest named it, so it goes
    what = f"{forbids} allows no rollingUpdate, and the one that the server filled in stays"
    hint = f"name {field}.rollingUpdate in a release before this one, or delete the object first"
    yield f"spec.{field}", what, hint


def _ports(altered: Altered) -> Iterator[tuple[str, str, str]]:
    """A patch tells ports apart by their number alone, so TCP and UDP of one number get mixed up."""
    old, new = (list(_lists(m)) for m in (altered.old, altered.new))
    before = dict(old)
    for place, ports in new:
        twice = [number for number, count in Counter(map(str, ports)).items() if count > 1]
        if twice and before.get(place) != ports:
            what = f"two protocols share the port {', '.join(twice)}: a patch of Helm 3 mixes them up"
            yield place, what, "give them different numbers, or delete the object first"


def _lists(manifest: Manifest) -> Iterator[tuple[str, list[Any]]]:
    if manifest.kind == "Service":
        ports = listed(mapping(manifest.data.get("spec")).get("ports"))
        yield "spec.ports", [mapping(port).get("port") for port in ports]
    found = pod(manifest)
    for container in found.containers if found else ():
        ports = listed(container.data.get("ports"))
        yield f"{container.path}.ports", [mapping(port).get("containerPort") for port in ports]
