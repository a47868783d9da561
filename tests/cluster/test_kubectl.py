"""kubectl alone: the guide's own commands install version 1 and then version 2, and lose nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.kubernetes import Namespace, Object, run
from tests.cluster.person import Person
from tests.cluster.release import CHART, Release, unchanged
from tests.docs.documents import blocks

GUIDE = (CHART.parents[1] / "docs/guides/kubectl.md").read_text(encoding="utf-8")
# What controllers do not write to: its resourceVersion stays for as long as nobody changes it.
STILL = "configmap,secret,service,serviceaccount"
RUNNING = "deployment,pvc,pod"


def follower(release: Release, home: Path) -> Person:
    (mine,) = [block.text for block in blocks(GUIDE) if block.language == "yaml"]
    (home / "mine.yaml").write_text(mine, encoding="utf-8")
    return Person(release, home, GUIDE)


@pytest.fixture
def person(release: Release, tmp_path: Path) -> Person:
    return follower(release, tmp_path)


def versions(namespace: Namespace, kinds: str) -> dict[str, str]:
    found = namespace.all(kinds)
    return {
        f"{each['kind']}/{each['metadata']['name']}": each["metadata"]["resourceVersion"] for each in found
    }


def wanted(namespace: Namespace) -> dict[str, tuple[str, Object]]:
    """What is wanted of the objects that controllers write to, and who they are."""
    found = namespace.all(RUNNING)
    return {
        f"{each['kind']}/{each['metadata']['name']}": (each["metadata"]["uid"], each["spec"])
        for each in found
    }


def names(namespace: Namespace, kind: str) -> list[str]:
    return sorted(each["metadata"]["name"] for each in namespace.all(kind))


def versions_1_and_2(person: Person, side: tuple[str, str]) -> None:
    release, here = person.release, person.release.namespace
    person.follow("Install", side)
    release.wait()
    assert release.ask("/api/settings")["version"] == "v1.0.0"
    assert "The volume is completely seeded." in release.init_log()
    assert (names(here, "jobs"), len(names(here, "pods"))) == ([], 2)
    release.write("services.yaml", "mine: yes\n")
    release.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    before = release.files()

    person.follow("A new version", side)
    release.wait()
    assert release.ask("/api/settings")["version"] == "v1.1.0"
    after = release.files()
    unchanged(before, after, "providers/provider-new.yaml")
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == "kind: Config\n"


def test_version_1_and_then_version_2_by_the_guide(person: Person) -> None:
    versions_1_and_2(person, ("", ""))


def test_version_1_and_then_version_2_on_the_clients_side(release4: Release, tmp_path: Path) -> None:
    versions_1_and_2(follower(release4, tmp_path), (" --server-side", ""))


# The Secret is there by now.
AGAIN = ("kubectl --namespace ushadow create secret", "true")


def test_the_same_twice_changes_nothing_and_what_is_taken_away_comes_back(
    release4: Release, tmp_path: Path
) -> None:
    person, here = follower(release4, tmp_path), release4.namespace
    person.follow("Install")
    release4.wait()
    before = (versions(here, STILL), wanted(here))
    person.follow("Install", AGAIN)
    assert (versions(here, STILL), wanted(here)) == before
    assert {name.split("/")[0] for name in before[0]} == {"ConfigMap", "Secret", "Service", "ServiceAccount"}

    release4.write("own.yaml", "own: 1\n")
    person.follow("Take it away")
    assert names(here, "deployments") == []
    assert names(here, "pvc") == ["ushadow-config", "ushadow-data"]
    person.follow("Install", AGAIN)
    release4.wait()
    assert release4.read("own.yaml") == "own: 1\n"


def test_the_job_makes_a_key_by_hand_and_leaves_nothing_that_may(release4: Release, tmp_path: Path) -> None:
    person, release, here = follower(release4, tmp_path), release4, release4.namespace
    person.follow("Or let the Job make the key")
    key = release.key()
    assert len(key) == 64
    left = {kind: names(here, kind) for kind in ("jobs", "roles", "rolebindings", "serviceaccounts")}
    assert left == {"jobs": [], "roles": [], "rolebindings": [], "serviceaccounts": ["default"]}
    person.follow("Install", ("--values mine.yaml ", ""))
    release.wait()
    person.follow("Or let the Job make the key")
    assert release.key() == key


def test_helm_goes_on_with_what_kubectl_made(person: Person) -> None:
    release = person.release
    person.follow("Install")
    release.wait()
    release.write("own.yaml", "own: 1\n")
    three = run(release.helm, "version", "--short").checked().output.startswith("v3")
    person.follow("On to Helm", (" --force-conflicts", "") if three else ("", ""))
    release.wait()
    assert release.read("own.yaml") == "own: 1\n"
    release.test().checked()


def test_with_hooks_the_second_version_ends_at_a_job(release4: Release, tmp_path: Path) -> None:
    """Why the guide leaves them out."""
    person = follower(release4, tmp_path)
    hooks = (" --no-hooks", "")
    person.follow("Install", hooks)
    assert any(name.startswith("ushadow-test-") for name in names(release4.namespace, "pods"))
    with pytest.raises(AssertionError, match="field is immutable"):
        person.follow("A new version", hooks)
