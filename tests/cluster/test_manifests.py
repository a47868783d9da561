"""Raw manifests by the guide: one apply installs, any order converges, nothing is lost, Helm takes over."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartgen.manifest import differences
from tests.cluster import kept
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Namespace, Object, run
from tests.cluster.person import Person
from tests.cluster.release import CHART, Release, unchanged
from tests.cluster.test_life import NEW_SEED, running, use
from tests.docs.documents import ROOT
from tests.docs.shell import shim
from tests.gitops.live import HELM_RECORD, KINDS
from tests.need import need

GUIDE = (ROOT / "docs/guides/manifests.md").read_text(encoding="utf-8")
# Where the tests of the tests have changed chartgen.
PROGRAM = CHART.parents[1] if (CHART.parents[1] / "chartgen").is_dir() else ROOT


def follower(release: Release, home: Path) -> Person:
    """A person with a project of the chart, who wrote its manifests by the guide."""
    shim(home, PROGRAM)
    shutil.copy(ROOT / "chartgen.yaml", home)
    (home / "apps").symlink_to(ROOT / "apps")
    made = Person(release, home, GUIDE)
    made.follow("Write them")
    return made


@pytest.fixture
def absent(namespace: MakeNamespace) -> Iterator[Release]:
    """A release by kubectl alone, in a namespace that is not there yet."""
    made = namespace()
    here = replace(made, name=f"{made.name}-own")
    kept.LIVE.append(here)
    try:
        yield Release(need("helm4"), here)
    finally:
        kept.LIVE.remove(here)
        here.delete()


# ---- What lies in the cluster, without what is another in every namespace, and what only Helm reads
SERVERS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")
OWN = re.compile(
    r"(meta\.)?helm\.sh/.*|app\.kubernetes\.io/managed-by|kubectl\.kubernetes\.io/.*|"
    r"(deployment|volume|pv)\.(beta\.)?kubernetes\.io/.*|batch\.kubernetes\.io/.*|controller-uid|job-name"
)
GIVEN = {
    "Service": ("clusterIP", "clusterIPs"),
    "PersistentVolumeClaim": ("volumeName",),
    "Job": ("selector", "ttlSecondsAfterFinished"),
}
HASH = re.compile(r"-[0-9a-f]{8}$")
# Of the Job that makes the key, whose account the guide deletes: Helm has deleted all of it by then.
OF_THE_KEY = {"ConfigMap/ushadow-create-secrets", "Job/ushadow-create-secrets"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if not OWN.fullmatch(key)}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _meaning(item: Object) -> Object:
    found: Object = _plain({key: value for key, value in item.items() if key != "status"})
    for name in SERVERS:
        found["metadata"].pop(name, None)
    for name in ("labels", "annotations"):
        if not found["metadata"].get(name):
            found["metadata"].pop(name, None)
    for name in GIVEN.get(item["kind"], ()):
        found["spec"].pop(name, None)
    if item["kind"] == "Job":
        found["metadata"]["name"] = HASH.sub("", item["metadata"]["name"])
    if item["kind"] == "Secret":
        found["data"] = sorted(item["data"])
    return found


def live(namespace: Namespace) -> dict[str, Object]:
    """Kind and name of every object that somebody wanted to what it means."""
    kinds = ",".join(kind for kind in KINDS.split(",") if kind not in ("replicasets", "pods"))
    items = [item for item in namespace.all(kinds) if item.get("type") != HELM_RECORD]
    text = json.dumps([_meaning(item) for item in items]).replace(namespace.name, "NAMESPACE")
    return {f"{item['kind']}/{item['metadata']['name']}": item for item in json.loads(text)}


# ---- The promises
def test_one_apply_installs_what_helm_would_and_only_helms_own_is_lacking(
    release4: Release, namespace: MakeNamespace, tmp_path: Path
) -> None:
    by_helm = replace(release4, namespace=namespace())
    by_helm.install().checked()
    person = follower(release4, tmp_path)
    person.follow("Install")
    release4.wait()
    by_helm.wait()
    theirs, ours = live(by_helm.namespace), live(release4.namespace)
    assert set(ours) ^ set(theirs) == OF_THE_KEY
    assert "Job/ushadow-init-config" in theirs
    different = {
        f"{name} {each.path}: {each.left} is not {each.right}"
        for name in theirs
        for each in differences(ours[name], theirs[name])
    }
    assert not different, min(different)


def test_a_shuffled_order_converges_on_the_second_apply_and_another_image_by_kustomize(
    absent: Release, tmp_path: Path
) -> None:
    person = follower(absent, tmp_path)
    shuffled = "kubectl apply $(ls -r k8s/ushadow/*.yaml | sed 's/^/--filename=/')"
    with pytest.raises(AssertionError, match="not found"):
        person.run(shuffled)
    person.run(shuffled)
    assert running(absent) == "v1.0.0"
    key, used = absent.key(), use(absent)
    person.follow("A new version", ("apply --filename", "apply --kustomize"))
    assert running(absent) == "v1.1.0"
    unchanged(used, absent.files(), NEW_SEED)
    assert absent.key() == key


def test_a_second_version_runs_its_jobs_and_what_is_taken_away_comes_back_with_its_data(
    release4: Release, tmp_path: Path
) -> None:
    person, here = follower(release4, tmp_path), release4.namespace
    person.follow("Install")
    release4.wait()
    key, used = release4.key(), use(release4)
    person.follow("A new version")
    assert running(release4) == "v1.1.0"
    after = release4.files()
    unchanged(used, after, NEW_SEED)

    person.follow("Take it away")
    assert release4.ready() == {}
    left = {f"{each['kind']}/{each['metadata']['name']}" for each in here.all("pvc,secret,job,role,service")}
    assert left == {
        "PersistentVolumeClaim/ushadow-config",
        "PersistentVolumeClaim/ushadow-data",
        "Secret/ushadow-secrets",
    }
    person.follow("Install")
    release4.wait()
    unchanged(after, release4.files())
    assert release4.key() == key


def newer(home: Path) -> None:
    """The chart of the project is one version newer than the manifests that were made of it."""
    charts = home / "charts"
    charts.unlink()
    shutil.copytree(CHART.parent, charts)
    file = charts / CHART.name / "Chart.yaml"
    head = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**head, "version": "0.2.0", "appVersion": "v1.1.0"}), encoding="utf-8")


def test_helm_takes_over_with_a_newer_chart_and_nothing_is_lost(release: Release, tmp_path: Path) -> None:
    person = follower(release, tmp_path)
    person.follow("Install")
    release.wait()
    key, used = release.key(), use(release)
    address = release.object("service", "backend")["spec"]["clusterIP"]
    newer(tmp_path)
    three = run(release.helm, "version", "--short").checked().output.startswith("v3")
    person.follow("On to Helm", (" --force-conflicts", "") if three else ("", ""))
    assert running(release) == "v1.1.0"
    unchanged(used, release.files(), NEW_SEED)
    assert release.key() == key
    assert release.object("service", "backend")["spec"]["clusterIP"] == address
    chart = release.object("deployment", "backend")["metadata"]["labels"]["helm.sh/chart"]
    assert chart == "ushadow-0.2.0"
    release.test().checked()


def test_helm_does_not_take_over_unasked(release4: Release, tmp_path: Path) -> None:
    """Why the guide has two flags. One Service is enough for Helm to say so."""
    person = follower(release4, tmp_path)
    newer(tmp_path)
    person.run("kubectl apply --filename k8s/ushadow/25-backend-service.yaml")
    with pytest.raises(AssertionError, match="invalid ownership metadata"):
        person.follow("On to Helm", (" --take-ownership --force-conflicts", ""))
    with pytest.raises(AssertionError, match="conflict"):
        person.follow("On to Helm", (" --force-conflicts", ""))
