"""An install that cannot work ends by itself, says why somewhere, and goes on when the cause is gone."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import eventually
from tests.cluster.release import CHART, Release

# The hooks' own deadlines decide, not Helm's: short here, minutes in the values.
DEADLINE = 25
SHORT: dict[str, Any] = {
    "secrets": {"auth": {"job": {"activeDeadlineSeconds": DEADLINE}}},
    "seed": {"config": {"job": {"activeDeadlineSeconds": DEADLINE}}},
}
# Kubernetes and Helm take a while to notice.
LATE = DEADLINE + 35


def ends(release: Release, *flags: str, values: dict[str, Any]) -> str:
    """An install that must fail before its hook's deadline has long passed; what Helm says then."""
    started = time.monotonic()
    done = release.install(*flags, values=values)
    took = time.monotonic() - started
    assert done.code != 0, "Helm installed what cannot work"
    assert took < LATE, f"Helm ended after {took:.0f} s, and its hook's deadline was {DEADLINE} s"
    return done.text


def cure(release: Release, values: dict[str, Any]) -> None:
    release.upgrade("--install", "--wait", values=values).checked()
    release.wait()


def test_an_image_that_cannot_be_pulled_ends_at_the_deadline_of_the_first_hook(release: Release) -> None:
    gone = {**SHORT, "backend": {"image": {"tag": "v9.9.9"}}}
    assert "failed pre-install" in ends(release, values=gone)
    cure(release, SHORT)


def test_a_namespace_that_forbids_the_pods_is_told_in_the_events(helm: str, namespace: MakeNamespace) -> None:
    release = Release(helm, namespace("restricted"))
    assert "failed pre-install" in ends(release, values=SHORT)
    events = release.namespace.ask("get", "events").checked().output
    assert 'violates PodSecurity "restricted:latest"' in events
    cure(release, {**SHORT, "podSecurity": "restricted"})


def test_a_claim_that_no_class_serves_ends_at_the_gates_deadline(release: Release) -> None:
    """The road of docs/guides/upgrading.md: a claim's class cannot change, and nothing is on it yet."""
    lost = {**SHORT, "global": {"storageClass": "nobody-serves-this"}}
    assert "failed post-install" in ends(release, values=lost)
    assert release.ready()["backend"] is False
    key = release.key()
    refused = release.upgrade("--install", values=SHORT)
    assert refused.code != 0
    assert "spec is immutable after creation" in refused.text
    release.namespace.ask("delete", "pvc", "ushadow-config", "ushadow-data", "--timeout=60s").checked()
    cure(release, SHORT)
    assert release.key() == key


def test_a_config_map_that_is_not_there_is_named_and_taken_when_it_comes(release: Release) -> None:
    mine = {"seed": {"config": {"existingConfigMap": "mine", "job": SHORT["seed"]["config"]["job"]}}}
    ends(release, values=mine)
    assert "! The source /seed/existing must hold files. Does its ConfigMap exist?" in release.init_log()
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "mine"},
        "data": {"own.yaml": "own: 1\n"},
    }
    release.namespace.apply(json.dumps(config))
    cure(release, mine)
    assert release.read("own.yaml") == "own: 1\n"
    assert eventually(lambda: release.read("README.md"), bool)


def test_a_killed_helm_leaves_a_pending_release_that_uninstall_clears(release: Release) -> None:
    command = (release.helm, *release.arguments("install", str(CHART)))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as helm:
        assert eventually(lambda: release.namespace.pods("create-secrets"), bool)
        helm.kill()
    refused = release.upgrade("--install")
    assert refused.code != 0
    assert "another operation (install/upgrade/rollback) is in progress" in refused.text
    release.uninstall().checked()
    release.install("--wait").checked()
    release.wait()
