"""What lies in a namespace, and which of it was made anew or written to."""

from __future__ import annotations

import json

from tests.cluster.kubernetes import Namespace, Object

KINDS = (
    "configmaps,secrets,services,serviceaccounts,persistentvolumeclaims,roles,rolebindings,networkpolicies,"
    "ingresses,horizontalpodautoscalers,poddisruptionbudgets,deployments,replicasets,pods,jobs"
)
# Their status moves by itself; what is wanted of them has a number of its own, or must be looked at.
MOVES = ("Deployment", "ReplicaSet", "Pod", "HorizontalPodAutoscaler", "PodDisruptionBudget")
HELM_RECORD = "helm.sh/release.v1"
JOBS = frozenset({"Job/ushadow-create-secrets", "Job/ushadow-init-config"})


def _of_a_job(item: Object) -> bool:
    return any(owner["kind"] == "Job" for owner in item["metadata"].get("ownerReferences", ()))


def _version(item: Object) -> str:
    metadata = item["metadata"]
    if item["kind"] not in MOVES:
        return f"{metadata['uid']} {metadata['resourceVersion']}"
    return f"{metadata['uid']} {metadata.get('generation') or json.dumps(item['spec'], sort_keys=True)}"


def live(namespace: Namespace) -> dict[str, str]:
    """Object to its UID and resourceVersion, or generation, but for Helm's records and pods of Jobs."""
    return {
        f"{item['kind']}/{item['metadata']['name']}": _version(item)
        for item in namespace.all(KINDS)
        if item.get("type") != HELM_RECORD and not _of_a_job(item)
    }


def differences(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The objects that went, came, were made anew or were written to."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def restarts(namespace: Namespace) -> int:
    pods = namespace.all("pods")
    return sum(state["restartCount"] for pod in pods for state in pod["status"].get("containerStatuses", ()))
