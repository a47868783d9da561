"""Taints, cordons and drains: the pods go where they may, and the volume says how far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Done, Namespace, eventually
from tests.cluster.release import Release, unchanged
from tests.need import need

TAINT = "chartgen.test/for-backends"
TOLERATION = {"key": TAINT, "operator": "Exists", "effect": "NoSchedule"}
DEADLINE = 20
ASTRAY = "the Job ran on another node than the backend"
SHORT = {"seed": {"config": {"job": {"activeDeadlineSeconds": DEADLINE, "backoffLimit": 0}}}}


class Nodes:
    """The two nodes that the tests here work on, and what they do to them."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.names = namespace.nodes()

    def other(self, name: str) -> str:
        (found,) = [each for each in self.names if each != name]
        return found

    def taint(self, name: str) -> None:
        self.namespace.ask("taint", "node", name, f"{TAINT}=:NoSchedule").checked()

    def cordon(self, name: str) -> None:
        self.namespace.ask("cordon", name).checked()

    def uncordon(self, name: str) -> None:
        self.namespace.ask("uncordon", name).checked()

    def drain(self, name: str) -> Done:
        """As a person does before work on a node, but for the pods of this test alone."""
        return self.namespace.ask(
            "drain",
            name,
            "--ignore-daemonsets",
            "--delete-emptydir-data",
            "--pod-selector=app.kubernetes.io/name=ushadow",
            "--timeout=90s",
        ).checked()

    def restore(self) -> None:
        for name in self.names:
            self.namespace.ask("taint", "node", name, f"{TAINT}-")
            self.uncordon(name)


@pytest.fixture
def nodes(namespace: MakeNamespace) -> Iterator[Nodes]:
    found = Nodes(namespace())
    if len(found.names) != 2:
        pytest.skip(f"this takes a cluster of two nodes that take pods; here are {len(found.names)}")
    try:
        yield found
    finally:
        found.restore()


@pytest.fixture
def release(nodes: Nodes) -> Release:
    """By Helm 4 alone: where a pod goes is no affair of Helm's."""
    return Release(need("helm4"), nodes.namespace)


def on(storage_class: str, mode: str = "ReadWriteOnce") -> dict[str, Any]:
    claim = {"storageClass": need(f"storage class {storage_class}"), "accessModes": [mode]}
    return {"persistence": {"config": claim, "data": claim}}


def node_of(release: Release, component: str) -> str:
    (pod,) = release.namespace.pods(component)
    return str(pod["spec"].get("nodeName", ""))


def why_not(release: Release, component: str) -> str:
    """What the scheduler says of a pod that has no place."""

    def said() -> str:
        pods = release.namespace.pods(component)
        conditions = [each for pod in pods for each in pod["status"].get("conditions", [])]
        return " ".join(each.get("message", "") for each in conditions if each["type"] == "PodScheduled")

    return eventually(said, bool)


def test_tolerations_of_the_backend_alone_take_its_jobs_and_tests_along(
    release: Release, nodes: Nodes
) -> None:
    kept, free = nodes.names
    nodes.taint(kept)
    place = {"tolerations": [TOLERATION], "nodeSelector": {"kubernetes.io/hostname": kept}}
    release.install("--wait", values={"backend": place}).checked()
    release.wait()
    found = {name: node_of(release, name) for name in ("backend", "init-config", "frontend")}
    assert found == {"backend": kept, "init-config": kept, "frontend": free}
    release.test().checked()


def test_without_tolerations_nothing_goes_to_the_tainted_node(release: Release, nodes: Nodes) -> None:
    """The taint of the test above does keep pods away."""
    kept, _ = nodes.names
    nodes.taint(kept)
    place = {"nodeSelector": {"kubernetes.io/hostname": kept}}
    short = {"secrets": {"auth": {"job": {"activeDeadlineSeconds": 5}}}}
    assert release.install(values={"backend": place, **short}).code != 0
    events = release.namespace.ask("get", "events").checked().output
    assert "had untolerated taint" in events


def test_a_folder_that_each_node_has_of_its_own_is_seeded_where_the_backend_is(
    release: Release, nodes: Nodes
) -> None:
    """With such a class nothing but the chart holds the Job back from an empty folder on another node."""
    release.install("--wait", values=on("hostpath")).checked()
    before, here = release.files(), node_of(release, "backend")
    assert node_of(release, "init-config") == here, ASTRAY
    nodes.cordon(here)
    failed = release.upgrade(values={**on("hostpath"), **SHORT})
    assert failed.code != 0, ASTRAY
    events = release.namespace.ask("get", "events").checked().output
    assert "didn't match pod affinity rules" in events
    nodes.uncordon(here)
    release.upgrade("--wait", values=on("hostpath")).checked()
    assert node_of(release, "init-config") == here

    release.write("own.yaml", "own: 1\n")
    nodes.drain(here)
    release.wait()
    assert node_of(release, "backend") == nodes.other(here)
    assert release.files() == before


def test_a_volume_of_one_node_holds_the_pod_until_the_node_is_back(release: Release, nodes: Nodes) -> None:
    release.install("--wait").checked()
    release.write("own.yaml", "own: 1\n")
    before, here = release.files(), node_of(release, "backend")
    nodes.drain(here)
    assert "didn't match PersistentVolume's node affinity" in why_not(release, "backend")
    assert node_of(release, "backend") == ""
    nodes.uncordon(here)
    release.wait()
    assert node_of(release, "backend") == here
    unchanged(before, release.files())


def test_a_volume_of_every_node_goes_along_when_its_node_is_drained(release: Release, nodes: Nodes) -> None:
    release.install("--wait", values=on("shared", "ReadWriteMany")).checked()
    release.write("own.yaml", "own: 1\n")
    release.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    before, here = release.files(), node_of(release, "backend")
    nodes.drain(here)
    release.wait()
    assert node_of(release, "backend") == nodes.other(here)
    unchanged(before, release.files())
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == "kind: Config\n"
    release.upgrade("--wait", values=on("shared", "ReadWriteMany")).checked()
    assert node_of(release, "init-config") == nodes.other(here)
