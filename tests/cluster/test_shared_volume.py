"""ReadWriteMany: where the access mode permits it, several pods on several nodes have the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chartgen.generate import generate
from chartgen.model.load import load
from chartgen.package import archive
from ci.cluster.images import name_of
from tests.cluster.kubernetes import Done, Object
from tests.cluster.release import TIMEOUT, Release
from tests.need import need

REGISTRY, _, REPOSITORY = name_of("backend", "v1.0.0").rpartition(":")[0].partition("/")
# An application whose program may run twice; the stand-in of ushadow's backend plays it.
APP = f"""
apiVersion: chartgen/v1
name: shelf
version: 0.1.0
appVersion: v1.0.0
description: Files that several pods share
components:
  web:
    image: {{registry: {REGISTRY}, repository: {REPOSITORY}}}
    env: {{AUTH_SECRET_KEY: key, MONGODB_URI: none, REDIS_URL: none, CONFIG_DIR: /files}}
    ports: {{http: {{port: 8000}}}}
    probes: {{readiness: {{path: /health, periodSeconds: 1}}}}
    volumes: {{files: {{path: /files}}}}
volumes:
  files: {{size: 1Gi, accessModes: [ReadWriteOnce]}}
"""
LABELS = {"app.kubernetes.io/component": "web"}
APART = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": LABELS}}
TWO = {
    "web": {
        "replicaCount": 2,
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [APART]}},
    }
}
MANY = {"persistence": {"files": {"accessModes": ["ReadWriteMany"]}}}


@pytest.fixture
def shelf(release4: Release, tmp_path: Path) -> Release:
    (tmp_path / "shelf.tgz").write_bytes(archive(generate(load(APP))))
    return Release(release4.helm, release4.namespace, "shelf", tmp_path / "shelf.tgz")


def inside(release: Release, pod: Object, *command: str) -> Done:
    return release.namespace.ask("exec", pod["metadata"]["name"], "--container=web", "--", *command)


def values(storage_class: str) -> dict[str, Any]:
    return {**TWO, **MANY, "global": {"storageClass": storage_class}}


def test_pods_on_two_nodes_have_the_same_files(shelf: Release) -> None:
    assert len(shelf.namespace.nodes()) > 1, "this takes a cluster of two nodes"
    shelf.install("--wait", values=values(need("storage class shared"))).checked()
    one, other = shelf.namespace.pods("web")
    assert one["spec"]["nodeName"] != other["spec"]["nodeName"]
    inside(shelf, one, "sh", "-c", "echo from one >/files/note").checked()
    assert inside(shelf, other, "cat", "/files/note").checked().output == "from one\n"
    (claim,) = shelf.namespace.all("pvc")
    assert claim["status"]["accessModes"] == ["ReadWriteMany"]


def test_a_volume_that_one_node_mounts_allows_one_pod(shelf: Release) -> None:
    refused = shelf.install("--timeout", TIMEOUT, values=TWO)
    assert refused.code == 1
    once = "a volume that one node mounts (persistence.files.accessModes) allows one replica."
    assert f"web.replicaCount: {once}" in refused.errors


def test_a_class_that_has_no_such_mode_leaves_the_claim_pending_and_says_so(shelf: Release) -> None:
    """The mode of the first test is not merely words."""
    assert shelf.install("--wait", "--timeout", "10s", values=values("local-path")).code != 0
    assert [claim["status"]["phase"] for claim in shelf.namespace.all("pvc")] == ["Pending"]
    events = shelf.namespace.ask("get", "events").checked().output
    assert "NodePath only supports ReadWriteOnce and ReadWriteOncePod" in events
