"""What a fresh install with the chart's own values looks like, by either Helm, waited for or not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest

from tests.cluster.conftest import HELMS, OLDEST, namespaces
from tests.cluster.kubernetes import eventually
from tests.cluster.release import Release
from tests.need import need

WAYS = [(OLDEST, ("--wait",)), *((helm, wait) for helm in HELMS for wait in ((), ("--wait",)))]
pytestmark = pytest.mark.every_version
SEEDED_BY_CHART = {"README.md", "providers/README.md"}
# The image's tree (ci/cluster/images.py) and the chart's files.
SEEDED = 23 + len(SEEDED_BY_CHART)


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: " ".join((way[0], *way[1])))
def installed(request: pytest.FixtureRequest) -> Iterator[Release]:
    helm, flags = request.param
    with namespaces(request, f"installed {helm} {' '.join(flags)}") as make:
        release = Release(need(helm), make())
        release.install(*flags).checked()
        if flags:
            assert release.ready() == {"backend": True, "frontend": True}
        release.wait()
        yield release


def test_every_pod_is_ready(installed: Release) -> None:
    assert installed.ready() == {"backend": True, "frontend": True}
    restarts = [
        status["restartCount"]
        for component in ("backend", "frontend")
        for pod in installed.namespace.pods(component)
        for status in pod["status"]["containerStatuses"]
    ]
    assert restarts == [0, 0], f"restarts: {restarts}"


def test_both_volumes_are_bound(installed: Release) -> None:
    phases = {claim["metadata"]["name"]: claim["status"]["phase"] for claim in installed.namespace.all("pvc")}
    assert phases == {"ushadow-config": "Bound", "ushadow-data": "Bound"}


def rows(log: str, title: str) -> list[str]:
    """The paths that a seeding log has under `title`."""
    return re.findall(rf"^  {title} +(\S+)$", log, re.MULTILINE)


def gate_log(release: Release) -> str:
    done = eventually(
        lambda: release.namespace.ask("logs", "job/ushadow-init-config"),
        lambda done: "completely seeded" in done.output,
    )
    return done.checked().output


def test_every_file_is_seeded_once_and_shown(installed: Release) -> None:
    """By the init container; or by the gate, which nobody holds back when Helm does not wait: then both may
    be at the same file, and the second finds there what it was about to write."""
    by_init, by_gate = rows(installed.init_log(), "seeded"), rows(gate_log(installed), "seeded")
    seeded = set(by_init) | set(by_gate)
    assert len(seeded) == SEEDED, f"{len(seeded)} of {SEEDED} files seeded"
    assert (len(by_init), len(by_gate)) == (len(set(by_init)), len(set(by_gate))), "a file is shown twice"
    assert seeded | {"wiring.yaml"} == set(installed.files())
    assert seeded > SEEDED_BY_CHART


def test_the_hook_job_ran_where_the_volume_is(installed: Release) -> None:
    job = eventually(
        lambda: installed.object("job", "init-config"),
        lambda job: bool(job.get("status", {}).get("succeeded")),
    )
    assert job["status"]["succeeded"] == 1
    nodes = {
        component: pod["spec"]["nodeName"]
        for component in ("backend", "init-config")
        for pod in installed.namespace.pods(component)
    }
    assert len(set(nodes.values())) == 1, f"not on one node: {nodes}"


def test_the_gate_found_all_in_place_or_put_it_there(installed: Release) -> None:
    log = gate_log(installed)
    seen = len(rows(log, "kept")) + len(rows(log, "seeded"))
    assert seen == SEEDED, f"the gate saw {seen} of {SEEDED} files"
    assert log.endswith("The volume is completely seeded.\n")


def test_the_secret_belongs_to_the_release_and_stays(installed: Release) -> None:
    metadata = installed.object("secret", "secrets")["metadata"]
    assert metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    annotations = metadata["annotations"]
    assert annotations["meta.helm.sh/release-name"] == "ushadow"
    assert annotations["meta.helm.sh/release-namespace"] == installed.namespace.name
    assert annotations.get("helm.sh/resource-policy") == "keep", "uninstall would delete the Secret"
    assert len(installed.key()) == 64


def test_nothing_is_left_that_may_create_secrets(installed: Release) -> None:
    left = {
        kind: [each["metadata"]["name"] for each in installed.namespace.all(kind)]
        for kind in ("jobs", "roles", "rolebindings", "serviceaccounts")
    }
    assert left == {
        "jobs": ["ushadow-init-config"],
        "roles": [],
        "rolebindings": [],
        "serviceaccounts": ["default", "ushadow"],
    }, f"left behind: {left}"


def test_the_backend_asks_for_whole_names_first(installed: Release) -> None:
    settings = installed.ask("/api/settings")
    assert re.findall(r"ndots:\d+", settings["resolv.conf"]) == ["ndots:1"]


def test_the_backend_has_the_key_and_the_default_urls_and_no_token(installed: Release) -> None:
    settings = installed.ask("/api/settings")
    environment = settings["environment"]
    assert environment["MONGODB_URI"] == "mongodb://mongodb.root.svc.cluster.local:27017/ushadow"
    assert environment["REDIS_URL"] == "redis://redis.root.svc.cluster.local:6379/0"
    assert settings["token"] is False, "a token of the Kubernetes API is mounted"
    assert settings["key"] == hashlib.sha256(installed.key().encode()).hexdigest(), "not the Secret's key"
    assert (settings["user"], settings["version"]) == (0, "v1.0.0")


def test_no_pod_has_a_token(installed: Release) -> None:
    """The Job that makes the key has one, and is gone."""
    pods = {
        pod["metadata"]["name"]: pod["spec"].get("volumes", []) for pod in installed.namespace.all("pods")
    }
    sources = {
        name: [each for v in found for each in v.get("projected", {}).get("sources", [])]
        for name, found in pods.items()
    }
    assert len(pods) >= 3
    assert [
        name for name, found in sources.items() if any("serviceAccountToken" in each for each in found)
    ] == []


@pytest.mark.parametrize("suffix", ["", ".{namespace}", ".{namespace}.svc", ".{namespace}.svc.cluster.local"])
def test_services_are_found_by_every_form_of_their_name(installed: Release, suffix: str) -> None:
    host = "ushadow-frontend" + suffix.format(namespace=installed.namespace.name)
    assert installed.ask("/api/health", host=host)["status"] == "healthy"


def test_helm_test_passes_and_shows_its_logs(installed: Release) -> None:
    done = installed.test().checked()
    succeeded = re.findall(r"^TEST SUITE: +(\S+)\n(?:.*\n){2}Phase: +Succeeded$", done.output, re.MULTILINE)
    assert sorted(succeeded) == [
        "ushadow-test-api-through-frontend",
        "ushadow-test-backend-health",
        "ushadow-test-config-seeded",
        "ushadow-test-frontend-health",
    ]
    assert done.output.count("POD LOGS: ") == 4
