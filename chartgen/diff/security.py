"""Security contexts that ask less of a pod than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.checks import host_access, pod_security
from chartgen.checks.subject import Item
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, View, listed, mapping
from chartgen.manifest import Manifest, Pod, pod

NAME = "security"
HELP = "Pods are held as tightly as before, and pass the same Pod Security Standard."
STANDARDS = ("privileged", "baseline", "restricted")  # from loose to tight
# Volumes that the restricted standard allows. Source: Kubernetes, "Pod Security Standards".
_VOLUMES = frozenset(
    "name configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret".split()
)
_HOST = ("hostNetwork", "hostPID", "hostIPC")


def compare(pair: Pair) -> Iterator[Change]:
    """Pods of workloads that stayed, against their own; of new ones, against the loosest there was."""
    for view in pair.views:
        least = min((STANDARDS.index(standard(m)) for m in view.old.values() if pod(m)), default=0)
        for altered in view.both:
            yield from _weaker(altered.old, altered.new, view)
            if pod(altered.old) and pod(altered.new):
                yield from _lowered(STANDARDS.index(standard(altered.old)), altered.new, view)
        for new in view.fresh:
            if pod(new):
                yield from _lowered(least, new, view)


def _lowered(before: int, new: Manifest, view: View) -> Iterator[Change]:
    after = standard(new)
    if STANDARDS.index(after) < before:
        what = f"passes the standard {after}; {STANDARDS[before]} before"
        hint = f"a namespace that enforces {STANDARDS[before]} refuses its pods"
        old = STANDARDS[before]
        yield change(
            "pod standard lowered", new.label, what, hint, old=old, new=after, overlays=(view.case.name,)
        )


def standard(manifest: Manifest) -> str:
    """The tightest Pod Security Standard that the pods of an object pass."""
    item = Item(manifest)
    if any(pod_security.check(item)) or any(host_access.check(item)):
        return "privileged"
    found = pod(manifest)
    return "restricted" if found and _restricted(found) else "baseline"


def _restricted(one: Pod) -> bool:
    volumes = all(set(volume) <= _VOLUMES for volume in one.volumes)
    return volumes and all(not _loose(held) for held in contexts(one).values())


def _loose(held: Mapping[str, Any]) -> bool:
    capabilities = mapping(held.get("capabilities"))
    return (
        held.get("runAsNonRoot") is not True
        or held.get("runAsUser") == 0
        or held.get("allowPrivilegeEscalation") is not False
        or "ALL" not in listed(capabilities.get("drop"))
        or not set(map(str, listed(capabilities.get("add")))) <= {"NET_BIND_SERVICE"}
        or mapping(held.get("seccompProfile")).get("type") not in ("RuntimeDefault", "Localhost")
    )


def contexts(one: Pod) -> dict[str, Mapping[str, Any]]:
    """The security context of each container by its name, with what the pod says for all."""
    shared = mapping(one.spec.get("securityContext"))
    return {c.name: {**shared, **mapping(c.data.get("securityContext"))} for c in one.containers}


def _weaker(old: Manifest, new: Manifest, view: View) -> Iterator[Change]:
    before, after = pod(old), pod(new)
    if not before or not after:
        return
    had = contexts(before)
    said = [
        f"{name}: {what}" for name, held in contexts(after).items() for what in _less(had.get(name), held)
    ]
    said += [f"{key} is on" for key in _HOST if after.spec.get(key) and not before.spec.get(key)]
    if said:
        what = "; ".join(said)
        hint = "make sure that this is meant"
        yield change("security weakened", new.label, what, hint, overlays=(view.case.name,))


def _less(had: Mapping[str, Any] | None, has: Mapping[str, Any]) -> Iterator[str]:
    """What a container is held to no more."""
    if had is None:
        return
    for key, tight in (
        ("runAsNonRoot", True),
        ("readOnlyRootFilesystem", True),
        ("allowPrivilegeEscalation", False),
    ):
        if had.get(key) is tight and has.get(key) is not tight:
            yield f"{key} is no longer {str(tight).lower()}"
    if has.get("privileged") and not had.get("privileged"):
        yield "it is privileged"
    if has.get("runAsUser") == 0 and had.get("runAsUser") != 0:
        yield "it runs as root"
    profiles = [mapping(held.get("seccompProfile")).get("type") for held in (had, has)]
    if profiles[0] in ("RuntimeDefault", "Localhost") and profiles[1] not in ("RuntimeDefault", "Localhost"):
        yield "it has no seccomp profile"
    drops, adds = (
        [set(map(str, listed(mapping(held.get("capabilities")).get(key)))) for held in (had, has)]
        for key in ("drop", "add")
    )
    if drops[0] - drops[1] and "ALL" not in drops[1]:
        yield f"it keeps {', '.join(sorted(drops[0] - drops[1]))}"
    if adds[1] - adds[0]:
        yield f"it gets {', '.join(sorted(adds[1] - adds[0]))}"
