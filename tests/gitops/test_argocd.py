"""Argo CD's own controllers install the chart, leave it alone, upgrade it, give back what was retained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chartgen.values import merge
from ci.cluster.gitops import Parts
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Namespace, eventually
from tests.cluster.release import Release
from tests.cluster.test_life import EDITED, KUBECONFIG
from tests.gitops import argocd
from tests.gitops.argocd import ArgoCD, results
from tests.gitops.conftest import Charts
from tests.gitops.definitions import documents, served
from tests.gitops.guide import Guide, run_as
from tests.gitops.live import JOBS, differences, live, restarts
from tests.gitops.registry import FIRST
from tests.gitops.settings import GIVEN_KEY, NO_GATE, NOT_RETAINED, REFUSED, SENTENCE, SETTINGS
from tests.need import need

COMPONENT = "app.kubernetes.io/component"
MAKE_KEY = {
    f"{kind}/ushadow-create-secrets" for kind in ("ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Job")
}


@pytest.fixture(scope="module")
def home(
    parts: Parts,
    logs: Path,
    make_namespace: MakeNamespace,
    one_at_a_time: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Namespace]:
    """The namespace that Argo CD lives in; its controllers run."""
    own = make_namespace()
    objects = documents(parts.manifests["argocd"])
    folder = tmp_path_factory.mktemp("argocd")
    with served(own, objects):
        argocd.configure(own, objects)
        with argocd.controllers(parts.programs, own, need("helm3"), folder, logs):
            yield own


@pytest.fixture(scope="module")
def installed(home: Namespace, charts: Charts, make_namespace: MakeNamespace) -> Iterator[ArgoCD]:
    """The chart's first version, by the guide's Application."""
    namespace = make_namespace()
    names = {"argocd": home.name, "ushadow": namespace.name}
    reader = ArgoCD(home, namespace, Guide(charts.registry.url, names))
    reader.bring("argocd repository")
    reader.bring("argocd application")
    try:
        reader.healthy(FIRST[0])
        yield reader
    finally:
        reader.away()


def test_the_application_is_synced_and_healthy_and_its_pods_run(installed: ArgoCD, release: Release) -> None:
    status = installed.application()["status"]
    assert (status["sync"]["status"], status["health"]["status"]) == ("Synced", "Healthy")
    assert status.get("conditions", []) == []
    assert release.ask("/health")["unreadable_kubeconfigs"] == []
    assert release.ask("/api/settings")["environment"]["MONGODB_URI"] == (
        "mongodb://mongodb.databases.svc.cluster.local:27017/ushadow"
    )


def test_hooks_run_before_and_after_a_sync_and_tests_never(installed: ArgoCD, release: Release) -> None:
    done = results(installed.application())
    assert {name for name, phase in done.items() if phase == "PreSync"} == MAKE_KEY
    assert {name for name, phase in done.items() if phase == "PostSync"} == {"Job/ushadow-init-config"}
    assert [name for name in done if name.startswith("Pod/")] == []
    components = {pod["metadata"]["labels"][COMPONENT] for pod in release.namespace.all("pods")}
    assert components <= {"backend", "frontend", "init-config"}


def test_a_second_sync_writes_nothing_and_makes_nothing_anew_but_the_jobs(
    installed: ArgoCD, release: Release
) -> None:
    before, key = live(installed.namespace), release.key()
    version = installed.application()["spec"]["source"]["targetRevision"]
    fresh = installed.refreshed()["status"]
    assert fresh["sync"]["status"] == "Synced"
    assert differences(before, live(installed.namespace)) == set()
    done = installed.synced()
    assert done["status"]["operationState"]["phase"] == "Succeeded"
    installed.healthy(version)
    changed = differences(before, live(installed.namespace))
    assert "Job/ushadow-init-config" in changed
    assert changed <= JOBS
    assert release.key() == key
    assert restarts(installed.namespace) == 0


def test_nothing_is_ever_out_of_sync(installed: ArgoCD) -> None:
    resources = installed.refreshed()["status"]["resources"]
    unsynced = [
        each for each in resources if each.get("status", "Synced") != "Synced" and not each.get("hook")
    ]
    assert unsynced == []
    assert len(resources) > 8


def test_after_a_sync_nothing_is_left_that_may_make_secrets(installed: ArgoCD, release: Release) -> None:
    left = release.namespace.all("roles") + release.namespace.all("rolebindings")
    assert [each["metadata"]["name"] for each in left] == []


def test_what_is_changed_by_hand_is_changed_back(installed: ArgoCD, release: Release) -> None:
    scale = ("patch", "deployment/ushadow-frontend", "--type=merge", '--patch={"spec": {"replicas": 2}}')
    installed.namespace.ask(*scale).checked()
    assert eventually(lambda: replicas(release), lambda count: count == 1, seconds=120) == 1
    release.wait()


def replicas(release: Release) -> int:
    return int(release.object("deployment", "frontend")["spec"]["replicas"])


def test_a_new_version_is_synced_and_keeps_what_was_written(
    installed: ArgoCD, release: Release, charts: Charts
) -> None:
    used, key = release.files(), release.key()
    version = charts.publish_second()
    installed.apply(version)
    installed.healthy(version)
    release.wait()
    assert release.ask("/api/settings")["version"] == "v1.1.0"
    now = release.files()
    assert {path: now[path] for path in used} == used
    assert release.read(EDITED) == "mine: yes\n"
    assert release.key() == key


def test_what_is_deleted_leaves_volume_and_key_and_comes_back_to_them(
    installed: ArgoCD, release: Release
) -> None:
    used, key = release.files(), release.key()
    version = installed.application()["spec"]["source"]["targetRevision"]
    claims = {name: each for name, each in live(installed.namespace).items() if name.startswith(CLAIM)}
    installed.say("argocd delete")
    assert installed.application() == {}
    left = live(installed.namespace)
    assert {name for name in left if name.startswith(OWN)} == {*claims, "Secret/ushadow-secrets"}
    assert {name: left[name] for name in claims} == claims
    installed.apply(version)
    installed.healthy(version)
    release.wait()
    assert release.files() == used
    assert release.key() == key
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == KUBECONFIG


CLAIM = "PersistentVolumeClaim/"
OWN = tuple(
    f"{kind}/ushadow" for kind in ("Deployment", "Service", "Secret", "ConfigMap", "PersistentVolumeClaim")
)


# ---- Other settings; their pods need not run for what is asked here
@contextmanager
def readers(
    home: Namespace, charts: Charts, make_namespace: MakeNamespace, names: Iterable[str]
) -> Iterator[dict[str, ArgoCD]]:
    """Readers by name who have applied nothing yet; the application of each is called by its namespace."""
    found = {}
    for name in names:
        own = make_namespace()
        guide = Guide(charts.registry.url, {"argocd": home.name, "ushadow": own.name})
        found[name] = ArgoCD(home, own, guide, own.name)
        found[name].bring("argocd repository")
    try:
        yield found
    finally:
        for each in found.values():
            each.away()


@pytest.fixture
def another(home: Namespace, charts: Charts, make_namespace: MakeNamespace) -> Iterator[ArgoCD]:
    with readers(home, charts, make_namespace, ["another"]) as found:
        yield found["another"]


@pytest.fixture(scope="module")
def others(home: Namespace, charts: Charts, make_namespace: MakeNamespace) -> Iterator[dict[str, ArgoCD]]:
    """One for each of SETTINGS, all applied at once."""
    with readers(home, charts, make_namespace, SETTINGS) as found:
        for name, reader in found.items():
            reader.apply(FIRST[0], SETTINGS[name])
        yield found


@pytest.mark.parametrize("name", SETTINGS)
def test_with_other_settings_nothing_is_out_of_sync_either(others: dict[str, ArgoCD], name: str) -> None:
    others[name].as_wanted(FIRST[0])
    status = others[name].refreshed()["status"]
    assert [each for each in status["resources"] if each["status"] != "Synced"] == []
    assert status["sync"]["status"] == "Synced"
    assert len(status["resources"]) > 8


def test_lookup_would_make_another_key_as_the_guide_warns(another: ArgoCD) -> None:
    """The fault that the tests above would see."""
    another.apply(FIRST[0], {**NO_GATE, "secrets": {"auth": {"generate": "lookup"}}})
    another.as_wanted(FIRST[0])
    release = Release(need("helm4"), another.namespace)
    key = release.key()
    another.refreshed()
    assert eventually(release.key, lambda now: now != key, seconds=120) != key


def test_what_cannot_work_is_refused_with_the_charts_own_sentence(another: ArgoCD) -> None:
    another.apply(FIRST[0], REFUSED)
    assert SENTENCE in eventually(another.complaint, bool, seconds=120)
    assert another.namespace.all("deployments") == []


def test_an_own_hook_of_argo_cd_does_not_stop_those_of_the_chart(another: ArgoCD) -> None:
    own = {"argocd.argoproj.io/hook": "PreSync", "argocd.argoproj.io/sync-wave": "-9"}
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "own", "annotations": own}}
    another.apply(FIRST[0], {"extraObjects": [extra], "seed": NO_GATE["seed"]})
    done = results(another.as_wanted(FIRST[0]))
    assert done["ConfigMap/own"] == "PreSync"
    assert {name for name, phase in done.items() if phase == "PreSync"} - {"ConfigMap/own"} == MAKE_KEY
    assert Release(need("helm4"), another.namespace).key()


def test_what_is_not_retained_goes_with_the_application(another: ArgoCD) -> None:
    """The fault that the test of what is retained would see."""
    another.apply(FIRST[0], merge([NO_GATE, GIVEN_KEY, NOT_RETAINED]))
    another.as_wanted(FIRST[0])
    assert set(uids(another.namespace)) == {"ushadow-config", "ushadow-data"}
    another.home.ask("delete", "application", another.name, "--timeout=120s").checked()
    assert uids(another.namespace) == {}


def test_helm_and_argo_cd_hand_the_volumes_to_each_other(another: ArgoCD) -> None:
    another.apply(FIRST[0], merge([NO_GATE, GIVEN_KEY]))
    another.as_wanted(FIRST[0])
    claims = uids(another.namespace)
    another.home.ask("delete", "application", another.name, "--timeout=120s").checked()

    more = "--plain-http --set seed.config.job.enabled=false"
    install = another.guide.text("from argocd to helm").strip() + f" {more}"
    refused = run_as(another.namespace, install.replace("--take-ownership", ""))
    assert "cannot be imported into the current release" in refused.errors
    run_as(another.namespace, install).checked()
    release = Release(need("helm4"), another.namespace)
    assert (uids(another.namespace), release.key()) == (claims, "k" * 64)
    release.uninstall().checked()

    # With the key still given: a kept Secret that nobody asks for any more would stay, and be out of sync.
    another.apply(FIRST[0], merge([NO_GATE, GIVEN_KEY]))
    another.as_wanted(FIRST[0])
    assert (uids(another.namespace), release.key()) == (claims, "k" * 64)


def uids(namespace: Namespace) -> dict[str, str]:
    found = [each["metadata"] for each in namespace.all("pvc")]
    return {each["name"]: each["uid"] for each in found if "deletionTimestamp" not in each}
