"""Who may not make roles installs by the road that the values offer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cluster.release import Release

ROADS: dict[str, dict[str, Any]] = {
    "lookup": {"generate": "lookup"},
    "given": {"values": {"AUTH_SECRET_KEY": "k" * 64}},
    "existing": {"existingSecret": "mine"},
    "account": {"job": {"serviceAccountName": "may-create-secrets"}},
}
ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: may-create-secrets}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: may-create-secrets}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: may-create-secrets}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: may-create-secrets}
subjects: [{kind: ServiceAccount, name: may-create-secrets, namespace: NAMESPACE}]
"""


def editor(release: Release) -> tuple[str, ...]:
    """Flags that make Helm a user who has ClusterRole `edit` in the namespace, and no more."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "editor"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"kind": "User", "name": "editor", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    release.namespace.apply(json.dumps(binding))
    return ("--kube-as-user", "editor")


@pytest.mark.parametrize("road", ROADS)
def test_an_editor_installs_by_every_road_that_needs_no_role(release4: Release, road: str) -> None:
    if road == "account":
        release4.namespace.apply(ACCOUNT.replace("NAMESPACE", release4.namespace.name))
    if road == "existing":
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}}
        release4.namespace.apply(json.dumps({**secret, "stringData": {"AUTH_SECRET_KEY": "k" * 64}}))
    release4.install("--wait", *editor(release4), values={"secrets": {"auth": ROADS[road]}}).checked()
    release4.wait()


def test_an_editor_who_takes_the_default_road_is_told_what_is_missing(helm: str, release: Release) -> None:
    done = release.install("--wait", *editor(release))
    assert done.code != 0, "an editor installed by the default road, which needs the right to make roles"
    # Helm removes the hook of an earlier run before it makes one, and is refused that already.
    assert 'User "editor" cannot delete resource "roles"' in done.errors
