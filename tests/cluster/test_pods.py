"""What holds for every pod of a release, those of hooks and tests included."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.conftest import namespaces
from tests.cluster.kubernetes import Object
from tests.cluster.release import CHART, Release
from tests.need import need


@pytest.fixture(scope="module")
def tested(request: pytest.FixtureRequest) -> Iterator[Release]:
    """Installed where nothing is forbidden, and tested, so that all pods that there ever are are there."""
    with namespaces(request, "tested") as make:
        release = Release(need("helm4"), make("privileged"))
        release.install("--wait").checked()
        release.wait()
        release.test().checked()
        yield release


def name(each: Object) -> str:
    found: str = each["metadata"]["name"]
    return re.sub(r"^ushadow-(backend|frontend|init-config).*", r"\1", found)


def test_no_pod_sees_its_node(tested: Release) -> None:
    pods = tested.namespace.all("pods")
    assert len(pods) >= 7
    paths = {
        f"{name(pod)}: {volume['hostPath']['path']}"
        for pod in pods
        for volume in pod["spec"].get("volumes", ())
        if "hostPath" in volume
    }
    assert paths == set(), f"paths of the node are mounted: {paths}"
    shared = {
        f"{name(pod)}: {field}"
        for pod in pods
        for field in ("hostNetwork", "hostPID", "hostIPC")
        if pod["spec"].get(field)
    }
    assert shared == set(), f"namespaces of the node are shared: {shared}"


def test_a_service_leads_to_the_pods_of_its_component_alone(tested: Release) -> None:
    led = {
        name(service): {
            name(pod)
            for pod in tested.namespace.all(
                "pods", ",".join(f"{key}={value}" for key, value in service["spec"]["selector"].items())
            )
        }
        for service in tested.namespace.all("services")
    }
    assert led == {"backend": {"backend"}, "frontend": {"frontend"}}, f"Services lead to {led}"


def test_a_new_version_of_the_chart_alone_restarts_no_pod(release4: Release, tmp_path: Path) -> None:
    release4.install("--wait").checked()
    release4.wait()
    before = {
        pod["metadata"]["name"] for each in ("backend", "frontend") for pod in release4.namespace.pods(each)
    }
    newer = shutil.copytree(CHART, tmp_path / "ushadow")
    text = (newer / "Chart.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"^version: .*$", "version: 99.0.0", text, flags=re.MULTILINE)
    (newer / "Chart.yaml").write_text(changed, encoding="utf-8")
    release4.run("upgrade", str(newer), "--wait", "--timeout", "60s").checked()
    release4.wait()
    assert release4.object("deployment", "backend")["metadata"]["labels"]["helm.sh/chart"] == "ushadow-99.0.0"
    after = {
        pod["metadata"]["name"] for each in ("backend", "frontend") for pod in release4.namespace.pods(each)
    }
    assert after == before, f"pods were restarted: {sorted(before - after)}"
