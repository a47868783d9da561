"""Flux's own controllers install the chart, leave it alone, upgrade it, and give back what was retained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.cluster.gitops import Parts
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import eventually
from tests.cluster.release import Release
from tests.cluster.test_life import EDITED, KUBECONFIG
from tests.gitops import flux
from tests.gitops.conftest import Charts
from tests.gitops.definitions import documents, served
from tests.gitops.flux import Flux
from tests.gitops.guide import Guide
from tests.gitops.live import JOBS, differences, live, restarts
from tests.gitops.settings import REFUSED, SENTENCE, SETTINGS
from tests.need import need


@pytest.fixture(scope="module")
def controllers(
    parts: Parts,
    logs: Path,
    make_namespace: MakeNamespace,
    one_at_a_time: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    anywhere = make_namespace()
    folder = tmp_path_factory.mktemp("flux")
    with (
        served(anywhere, documents(parts.manifests["flux"])),
        flux.controllers(parts.programs, anywhere.kubeconfig, folder, logs),
    ):
        yield


@pytest.fixture(scope="module")
def installed(controllers: None, charts: Charts, make_namespace: MakeNamespace) -> Iterator[Flux]:
    """The chart's first version, by the guide's OCIRepository and HelmRelease."""
    namespace = make_namespace()
    reader = Flux(namespace, Guide(charts.registry.url, {"ushadow": namespace.name}))
    reader.apply("flux release")
    try:
        reader.ready(status="deployed")
        yield reader
    finally:
        reader.away()


def test_the_release_is_ready_and_its_pods_run(installed: Flux, release: Release) -> None:
    newest = installed.ready()["status"]["history"][0]
    assert newest["chartName"] == "ushadow"
    assert newest["chartVersion"].split("+")[0] in ("0.1.0", "0.2.0")
    assert release.ask("/health")["unreadable_kubeconfigs"] == []
    assert release.ask("/api/settings")["environment"]["MONGODB_URI"] == (
        "mongodb://mongodb.databases.svc.cluster.local:27017/ushadow"
    )


def test_a_reconcile_with_nothing_changed_writes_nothing(installed: Flux, release: Release) -> None:
    before, key, drifts = live(installed.namespace), release.key(), installed.drifts()
    history = installed.ready()["status"]["history"]
    installed.say("flux reconcile")
    installed.looked()
    assert installed.ready()["status"]["history"] == history
    assert differences(before, live(installed.namespace)) == set()
    assert release.key() == key
    assert restarts(installed.namespace) == 0
    assert installed.drifts() == drifts


def test_an_upgrade_with_nothing_changed_makes_nothing_anew_but_the_jobs(
    installed: Flux, release: Release
) -> None:
    before, key = live(installed.namespace), release.key()
    revision = installed.ready()["status"]["history"][0]["version"]
    installed.say("flux force")
    installed.ready(version=revision + 1)
    changed = differences(before, live(installed.namespace))
    assert "Job/ushadow-init-config" in changed
    assert changed <= JOBS
    assert release.key() == key
    assert restarts(installed.namespace) == 0


def test_what_is_changed_by_hand_is_changed_back(installed: Flux, release: Release) -> None:
    before = {pod["metadata"]["uid"] for pod in installed.namespace.pods("frontend")}
    drifts = installed.drifts()
    scale = ("patch", "deployment/ushadow-frontend", "--type=merge", '--patch={"spec": {"replicas": 2}}')
    installed.namespace.ask(*scale).checked()
    installed.say("flux reconcile")
    installed.ready()
    assert eventually(lambda: replicas(release), lambda count: count == 1) == 1
    assert eventually(installed.drifts, lambda count: count > drifts) == drifts + 1
    release.wait()
    assert {pod["metadata"]["uid"] for pod in installed.namespace.pods("frontend")} <= before


def replicas(release: Release) -> int:
    return int(release.object("deployment", "frontend")["spec"]["replicas"])


def test_a_suspended_release_is_left_alone_until_it_goes_on(installed: Flux, release: Release) -> None:
    installed.say("flux suspend")
    before = live(installed.namespace)
    installed.namespace.ask("delete", "service/ushadow-frontend").checked()
    installed.say("flux reconcile")
    installed.looked()
    assert differences(before, live(installed.namespace)) == {"Service/ushadow-frontend"}
    installed.say("flux resume")
    installed.ready()
    assert eventually(lambda: release.object("service", "frontend"), bool)


def test_a_new_version_upgrades_by_itself_and_keeps_what_was_written(
    installed: Flux, release: Release, charts: Charts
) -> None:
    used, key = release.files(), release.key()
    version = charts.publish_second()
    installed.say("flux reconcile")
    installed.looked()
    newest = installed.ready(appVersion="v1.1.0")["status"]["history"][0]
    assert newest["chartVersion"].startswith(f"{version}+")
    release.wait()
    assert release.ask("/api/settings")["version"] == "v1.1.0"
    now = release.files()
    assert {path: now[path] for path in used} == used
    assert release.read(EDITED) == "mine: yes\n"
    assert release.key() == key


def test_what_is_deleted_leaves_volume_and_key_and_comes_back_to_them(
    installed: Flux, release: Release
) -> None:
    used, key = release.files(), release.key()
    claims = {name: each for name, each in live(installed.namespace).items() if name.startswith(CLAIM)}
    installed.say("flux delete")
    assert installed.release() == {}
    left = live(installed.namespace)
    assert {name for name in left if name.startswith(OWN)} == {*claims, "Secret/ushadow-secrets"}
    assert {name: left[name] for name in claims} == claims
    installed.apply("flux release")
    installed.ready(status="deployed")
    release.wait()
    assert release.files() == used
    assert release.key() == key
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == KUBECONFIG


CLAIM = "PersistentVolumeClaim/"
OWN = tuple(
    f"{kind}/ushadow" for kind in ("Deployment", "Service", "Secret", "ConfigMap", "PersistentVolumeClaim")
)


@pytest.fixture
def another(controllers: None, charts: Charts, make_namespace: MakeNamespace) -> Iterator[Flux]:
    """A reader who has applied nothing yet."""
    namespace = make_namespace()
    reader = Flux(namespace, Guide(charts.registry.url, {"ushadow": namespace.name}))
    try:
        yield reader
    finally:
        reader.away()


def test_a_helm_repository_does_as_well_and_the_charts_tests_run(another: Flux) -> None:
    release = Release(need("helm4"), another.namespace)
    another.apply("flux helm repository")
    tests = another.ready(status="deployed")["status"]["history"][0]["testHooks"]
    assert [each["phase"] for each in tests.values()] == ["Succeeded"] * 4
    before, key = live(another.namespace), release.key()
    another.ask_again()
    assert differences(before, live(another.namespace)) == set()
    assert release.key() == key


def test_with_everything_on_no_drift_is_seen_either(another: Flux) -> None:
    another.apply("flux release", SETTINGS["everything on"])
    another.ready(status="deployed")
    before = live(another.namespace)
    another.say("flux reconcile")
    another.looked()
    another.ready()
    assert another.drifts() == 0
    written = differences(before, live(another.namespace))
    assert {name.split("/")[0] for name in written} <= {"ReplicaSet", "Pod", "PersistentVolumeClaim"}


def test_what_cannot_work_is_refused_with_the_charts_own_sentence(another: Flux) -> None:
    another.apply("flux release", REFUSED)
    assert SENTENCE in eventually(another.complaint, lambda said: SENTENCE in said, seconds=120)
    assert another.namespace.all("deployments") == []


def test_a_volume_that_belongs_to_no_release_is_taken_over(another: Flux) -> None:
    """As Argo CD leaves it: with the chart's labels, and without a word about a release."""
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "ushadow-data", "labels": {"app.kubernetes.io/managed-by": "Helm"}},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    another.namespace.apply(json.dumps(claim))
    left = another.namespace.get("pvc", "ushadow-data")["metadata"]["uid"]
    another.apply("flux release", SETTINGS["everything on"])
    another.ready(status="deployed")
    taken = another.namespace.get("pvc", "ushadow-data")["metadata"]
    assert taken["uid"] == left
    assert taken["annotations"]["meta.helm.sh/release-name"] == "ushadow"
