"""Pod Security Standards, by a namespace that enforces them, and the project's overlays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.cluster.release import OVERLAYS, Release, unchanged
from tests.need import need

RESTRICTED = {"podSecurity": "restricted"}
# A class whose volumes come as fresh disks do: owned by root, 0755, with a lost+found, and fsGroup applied.
DISK = {"global": {"storageClass": "disk"}}


@pytest.mark.parametrize("disk", [{}, DISK], ids=["default class", "disk"])
def test_restricted_pods_run_where_restricted_is_enforced(
    helm: str, namespace: MakeNamespace, disk: dict[str, Any]
) -> None:
    release = Release(helm, namespace("restricted"))
    release.install("--wait", values={**RESTRICTED, **disk}).checked()
    release.wait()
    settings = release.ask("/api/settings")
    assert settings["user"] == 10001
    release.write("config.overrides.yaml", "written: yes\n")
    release.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    release.test().checked()


def test_a_volume_that_root_used_is_taken_over_by_the_restricted_pods(namespace: MakeNamespace) -> None:
    release = Release(need("helm4"), namespace())
    release.install("--wait", values=DISK).checked()
    release.write("config.overrides.yaml", "by: root\n")
    release.write("SECRETS/token", "hush\n")
    release.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    before = release.files()
    release.upgrade("--wait", values={**RESTRICTED, **DISK}).checked()
    release.wait()
    assert release.ask("/api/settings")["user"] == 10001
    unchanged(before, release.files())
    release.write("SECRETS/token", "changed\n")
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == "kind: Config\n"


def test_the_staging_overlay_installs_where_restricted_is_enforced(
    helm: str, namespace: MakeNamespace
) -> None:
    release = Release(helm, namespace("restricted"))
    release.install("--wait", "--values", str(OVERLAYS / "staging.yaml")).checked()
    release.wait()
    assert release.ask("/api/settings")["token"] is True, "the backend may use the API, and has no token"
    release.test().checked()


def test_the_dev_overlay_installs_and_leaves_no_volume(release4: Release) -> None:
    release4.install("--wait", "--values", str(OVERLAYS / "dev.yaml")).checked()
    release4.wait()
    environment = release4.ask("/api/settings")["environment"]
    assert environment["MONGODB_URI"] == "mongodb://mongodb:27017/ushadow"
    release4.uninstall().checked()
    left = [
        claim["metadata"]["name"]
        for claim in release4.namespace.all("pvc")
        if "deletionTimestamp" not in claim["metadata"]
    ]
    assert left == [], f"volumes left behind: {left}"


def test_the_production_overlay_installs_with_the_secrets_it_asks_for(namespace: MakeNamespace) -> None:
    release = Release(need("helm4"), namespace("restricted"))
    brought = {
        "ushadow-auth": {"AUTH_SECRET_KEY": "k" * 64},
        "ushadow-databases": {"MONGODB_URI": "mongodb://u:p@db/ushadow", "REDIS_URL": "redis://:p@cache/0"},
    }
    for name, data in brought.items():
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        release.namespace.apply(json.dumps(secret))
    # The autoscaler has no metrics here, and keeps the number of pods that is there.
    release.install("--wait", "--values", str(OVERLAYS / "production.yaml")).checked()
    given = release.ask("/api/settings")["environment"]["MONGODB_URI"]
    assert given == "mongodb://u:p@db/ushadow", "not the URL that the Secret brings"
    release.test().checked()
