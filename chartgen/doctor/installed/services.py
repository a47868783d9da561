"""Services: each has a ready pod behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.objects import at, entries, inside, labels, template
from chartgen.doctor.snapshot import Snapshot
from chartgen.manifest import Manifest

NAME = "services"
HELP = "Every Service has a ready pod behind it."
SERVICE = "kubernetes.io/service-name"


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    slices = snapshot.all("EndpointSlice")
    for service in snapshot.all("Service"):
        if not _selector(service):
            continue  # it leads outside, or somebody else fills it
        own = [part for part in slices if labels(part).get(SERVICE) == service.name]
        ready = _ready(own)
        if ready:
            yield Diagnosis(NAME, State.FINE, service.label, f"{ready} ready behind it")
            yield from _outside(snapshot, service)
        elif _is_unwanted(snapshot, service):
            yield Diagnosis(NAME, State.FINE, service.label, "nothing is wanted behind it (0 replicas)")
        else:
            yield Diagnosis(NAME, State.WRONG, service.label, *_why(snapshot, service))


def _ready(slices: list[Manifest]) -> int:
    """Pods that are ready; of one with two addresses, one. An unset condition means ready (API reference)."""
    found = [entry for part in slices for entry in entries(part, "endpoints")]
    ready = [entry for entry in found if inside(entry, "conditions").get("ready") is not False]
    return len({str(inside(entry, "targetRef").get("name") or entry.get("addresses")) for entry in ready})


def _matches(service: Manifest, item: Manifest) -> bool:
    """Whether it selects an object's pods: template labels hold more than a selector asks for."""
    made = template(item)
    given = labels(item) if item.kind == "Pod" else made.labels if made else {}
    return all(given.get(key) == value for key, value in _selector(service).items())


def _selector(service: Manifest) -> Mapping[str, Any]:
    return inside(inside(service.data, "spec"), "selector")


def _is_unwanted(snapshot: Snapshot, service: Manifest) -> bool:
    made = [item for item in snapshot.workloads if _matches(service, item)]
    return bool(made) and all(at(item, "spec.replicas", 1) == 0 for item in made)


def _why(snapshot: Snapshot, service: Manifest) -> tuple[str, str]:
    if any(_matches(service, pod) for pod in snapshot.all("Pod")):
        return "no pod behind it is ready", "see why the pods are not, above"
    if any(_matches(service, item) for item in snapshot.workloads):
        return "there is no pod behind it", "see why there is none, above"
    selected = ", ".join(f"{key}={value}" for key, value in _selector(service).items())
    return f"selects no pods of the release ({selected})", cures.describe(snapshot, service)


def _outside(snapshot: Snapshot, service: Manifest) -> Iterator[Diagnosis]:
    if at(service, "spec.type") == "LoadBalancer" and not entries(service, "status.loadBalancer.ingress"):
        what = "has no address yet: nothing in the cluster has served type LoadBalancer so far"
        yield Diagnosis(NAME, State.UNKNOWN, service.label, what, cures.describe(snapshot, service))
