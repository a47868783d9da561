"""Pods that the cluster does not let be made: by a Pod Security Standard, a quota, a limit or a webhook.

Such a pod exists nowhere. Its ReplicaSet has the condition ReplicaFailure; of a Job or a StatefulSet there
are only events. Source: Kubernetes documentation, "Pod Security Admission" and "Resource Quotas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import cures
from chartgen.doctor.events import latest
from chartgen.doctor.objects import at, condition, owners, uid
from chartgen.doctor.snapshot import Snapshot, Unread
from chartgen.manifest import Manifest

NAME = "refused"
HELP = "The cluster lets the pods be made."
_SECURITY = re.compile(r'violates PodSecurity "([a-z]+):[^"]*"')
_ACCOUNT = re.compile(r'serviceaccount "([^"]+)" not found')


def examine(snapshot: Snapshot) -> Iterator[Diagnosis]:
    makers = [*snapshot.all("ReplicaSet"), *snapshot.all("StatefulSet"), *snapshot.all("DaemonSet")]
    makers += snapshot.all("Job")
    waiting = [item for item in makers if _waits(snapshot, item)]
    told = {item.label: said for item in waiting if (said := _refusal(snapshot, item))}
    for item in waiting:
        if item.label in told:
            yield Diagnosis(
                NAME,
                State.WRONG,
                item.label,
                _what(told[item.label]),
                _cure(snapshot, item, told[item.label]),
            )
    unread = snapshot.lists["Event"]
    if isinstance(unread, Unread) and (silent := [item.label for item in waiting if item.label not in told]):
        why = f"{', '.join(silent)} lacks pods, and events are not to be read: {unread.reason}"
        yield Diagnosis(NAME, State.UNKNOWN, "", why)
    elif not told:
        yield Diagnosis(NAME, State.FINE, "", "no pod was refused")


def _waits(snapshot: Snapshot, item: Manifest) -> bool:
    """Whether it wants pods that are not there."""
    if item.kind == "Job":
        done = condition(item, "Complete").get("status") == "True"
        pods = [pod for pod in snapshot.seen("Pod") if uid(item) in owners(pod)]
        return not done and not pods
    if item.kind == "DaemonSet":
        wanted, there = (
            at(item, "status.desiredNumberScheduled", 0),
            at(item, "status.currentNumberScheduled", 0),
        )
    else:
        wanted, there = at(item, "spec.replicas", 1), at(item, "status.replicas", 0)
    return bool(wanted > there) if isinstance(wanted, int) and isinstance(there, int) else False


def _refusal(snapshot: Snapshot, item: Manifest) -> str:
    failed = condition(item, "ReplicaFailure")
    if failed.get("status") == "True":
        return str(failed.get("message") or failed.get("reason") or "")
    return latest(snapshot, item, "FailedCreate")


def _what(said: str) -> str:
    """The server's sentence. The name that the pod would have had differs each time."""
    return "its pods are refused: " + re.sub(
        r'^(Error creating: )?(pods "[^"]*" is forbidden: )?', "", said
    ).removeprefix("create Pod ")


def _cure(snapshot: Snapshot, item: Manifest, said: str) -> str:
    where = cures.key(snapshot, item) or "COMPONENT"
    if found := _SECURITY.search(said):
        return _standard(snapshot, found[1])
    if "quota" in said:
        quota = snapshot.at.kubectl("describe", "resourcequota")
        return f"make room in the quota, or set {where}.resources in the values to what it demands:\n{quota}"
    if "maximum" in said or "minimum" in said:
        limits = snapshot.at.kubectl("describe", "limitrange")
        return f"set {where}.resources in the values to what the LimitRange allows:\n{limits}"
    if found := _ACCOUNT.search(said):
        return f"make the account, or name another one (serviceAccount.name):\n{_account(snapshot, found[1])}"
    return cures.describe(snapshot, item)


def _standard(snapshot: Snapshot, level: str) -> str:
    """The chart keeps baseline by itself and restricted when asked; the rest comes from the values."""
    less = "baseline" if level == "restricted" else "privileged"
    label = f"pod-security.kubernetes.io/enforce={less}"
    keep = cures.upgrade(snapshot, "podSecurity=restricted")
    allow = f"kubectl label namespace {snapshot.at.namespace} --overwrite {label}"
    if level != "restricted":
        return f"take out of the values what is named here, or allow more:\n{allow}"
    return f"keep the standard:\n{keep}\nor allow more:\n{allow}"


def _account(snapshot: Snapshot, name: str) -> str:
    return snapshot.at.kubectl("create", "serviceaccount", name)
