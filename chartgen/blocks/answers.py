"""What other linters ask for and a generated object does not do, each with the reason, beside the object.

An answer is a comment of the template, so that it is read with the object and never reaches a cluster.
`tests/helm/test_other_linters.py` holds the findings of kube-score and checkov against these answers.
"""

from __future__ import annotations

from chartgen import documents
from chartgen.model import App, Component, EnvFrom
from chartgen.render import Fragment

WIDTH = 110
_HEAD = "What other linters ask for, and why it is not so here:"

_EVERY_POD = {
    "kube-score/container-resources checkov/CKV_K8S_11": (
        "a CPU limit throttles a pod while the node is idle; {v}.resources sets one."
    ),
    "kube-score/container-ephemeral-storage-request-and-limit": (
        "what is normal differs from program to program; {v}.resources sets it."
    ),
    "kube-score/container-image-pull-policy checkov/CKV_K8S_15": (
        "a tag is never moved, and a pod must start while the registry is down; {v}.image.pullPolicy sets it."
    ),
    "checkov/CKV_K8S_43": (
        "the digest of an image that is yet to be built is not known; {v}.image.digest pins it."
    ),
    "kube-score/container-security-context-user-group-id checkov/CKV_K8S_40 checkov/CKV_K8S_23": (
        "the image decides who runs it; podSecurity: restricted and {v}.podSecurityContext say otherwise."
    ),
    "kube-score/pod-networkpolicy checkov/CKV2_K8S_6": (
        "a policy needs a network that keeps it; networkPolicy.enabled makes one."
    ),
}
_CAPABILITIES = {
    "checkov/CKV_K8S_28 checkov/CKV_K8S_37": (
        "an image that starts as root may need them to change its user; podSecurity: restricted drops all."
    ),
}
_WRITABLE = {
    "kube-score/container-security-context-readonlyrootfilesystem checkov/CKV_K8S_22": (
        "the image writes beside its volumes; {v}.securityContext sets it."
    ),
}
_SECRETS = {"checkov/CKV_K8S_35": "the program reads its key from the environment."}
_ONCE = {
    "kube-score/deployment-replicas kube-score/deployment-strategy": (
        "its volume is mounted by one node at a time."
    ),
}
_FEW = {
    "kube-score/deployment-replicas": (
        "one pod is enough to begin with; {v}.replicaCount and {v}.autoscaling say how many."
    ),
}
_SAME = {
    "kube-score/pod-probes-identical": (
        "there is one health path; the liveness probe is slower to act on it."
    ),
}
_SPREAD = {
    "kube-score/deployment-has-host-podantiaffinity": (
        "{v}.topologySpreadConstraints spreads pods better than affinity."
    ),
}
_TESTED = {"checkov/CKV_K8S_8 checkov/CKV_K8S_9": "a test runs once and ends."}
_TOKEN = {"checkov/CKV_K8S_38": "it talks to the Kubernetes API."}


def for_component(app: App, component: Component) -> Fragment:
    """The answers for the object that runs a component."""
    found = {**_EVERY_POD, **_CAPABILITIES, **_WRITABLE}
    if any(isinstance(value, EnvFrom) and value.secret for value in component.env.values()):
        found |= _SECRETS
    if component.kubernetesAccess:
        found |= _TOKEN
    if component.kind == "Deployment":
        once = component.scaling.singleton or any(app.volumes[v].once for v in component.volumes)
        found |= _ONCE if once else {**_FEW, **_SPREAD}
    if component.probes.liveness and component.probes.liveness.path == getattr(
        component.probes.readiness, "path", ""
    ):
        found |= _SAME
    return _comment(component, found)


def for_seeding(component: Component) -> Fragment:
    """The answers for the Job that seeds: it writes as the program would, and needs the same rights."""
    return _comment(component, {**_EVERY_POD, **_CAPABILITIES, **_SECRETS})


def for_secret(component: Component) -> Fragment:
    """The answers for the Job that makes a Secret."""
    return _comment(component, {**_EVERY_POD, **_TOKEN})


def for_test(component: Component, writes: bool) -> Fragment:
    """The answers for a test pod; one that writes to a volume does it with the rights of the program."""
    return _comment(component, {**_EVERY_POD, **_TESTED, **(_CAPABILITIES if writes else {})})


def _comment(component: Component, answers: dict[str, str]) -> Fragment:
    lines = [f"{checks}: {reason.format(v=component.key)}" for checks, reason in answers.items()]
    body = ["\n    ".join(documents.wrapped(line, WIDTH - 2, hang=2)) for line in lines]
    return Fragment("\n  ".join([f"{{{{- /*\n{_HEAD}", *body]) + "\n*/}}")
