"""Pods pass the baseline Pod Security Standard: see `kubernetes.pod_security`.

Host namespaces and hostPath are part of it too, and are told by `host-access`.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.checks.subject import Item, finding
from chartgen.findings import Finding
from chartgen.kubernetes.pod_security import baseline

NAME = "pod-security"
HELP = "Pods pass the baseline Pod Security Standard."
_HINT = "a namespace that enforces the baseline Pod Security Standard refuses the pod"


def check(item: Item) -> Iterator[Finding]:
    """What a namespace under `pod-security.kubernetes.io/enforce: baseline` would refuse."""
    if not item.pod:
        return
    for where, what in baseline(item.pod.spec, item.pod.annotations):
        about, _, key = where.partition("metadata.")
        path = item.template(key) if not about else f"{item.pod.path}.{where}"
        yield finding(NAME, item, path, what, _HINT, item.blame)
