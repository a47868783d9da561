"""The API server takes every object of the chart, strictly, without a warning, and twice without a change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Done, Namespace, Object, run
from tests.cluster.release import CHART, OVERLAYS
from tests.need import need

EVERYTHING: dict[str, Any] = {
    "ingress": {"enabled": True, "hosts": [{"host": "ushadow.example.com"}]},
    "networkPolicy": {"enabled": True, "egress": {"enabled": True}},
    "rbac": {"create": True},
    "frontend": {"autoscaling": {"enabled": True}, "pdb": {"enabled": True}},
    "seed": {"config": {"existingConfigMap": "mine", "files": {"a/b.yaml": "a: b\n"}}},
}
# A dry run makes no account, and the server looks for that of each bare pod.
ACCOUNT = '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ushadow"}}'
OVERLAY_FILES = (None, *sorted(OVERLAYS.glob("*.yaml")))


def render(namespace: Namespace, overlay: Path | None, values: dict[str, Any]) -> str:
    files = ("--values", str(overlay)) if overlay else ()
    where = ("--namespace", namespace.name, "--values", "-", *files)
    return (
        run(need("helm4"), "template", "ushadow", str(CHART), *where, stdin=json.dumps(values))
        .checked()
        .output
    )


def judged(namespace: Namespace, manifest: str, *how: str) -> Done:
    return namespace.ask("apply", "--filename=-", "--validate=strict", *how, stdin=manifest)


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["as it is", "everything on"])
@pytest.mark.parametrize("overlay", OVERLAY_FILES, ids=lambda path: path.stem if path else "default")
def test_the_server_takes_every_object_without_a_warning(
    namespace: MakeNamespace, overlay: Path | None, values: dict[str, Any]
) -> None:
    here = namespace("privileged")
    here.apply(ACCOUNT)
    done = judged(here, render(here, overlay, values), "--dry-run=server").checked()
    assert "Warning" not in done.errors
    assert done.output.count("(server dry run)") >= 12


def test_the_server_refuses_a_field_that_is_misspelt(namespace: MakeNamespace) -> None:
    """The judge of the test above does judge."""
    here = namespace("privileged")
    wrong = render(here, None, {}).replace("terminationGracePeriodSeconds", "terminationGraceSeconds", 1)
    done = judged(here, wrong, "--dry-run=server")
    assert done.code == 1
    assert 'unknown field "spec.template.spec.terminationGraceSeconds"' in done.errors


def test_applying_the_same_twice_changes_nothing(namespace: MakeNamespace) -> None:
    here = namespace()
    # Hooks are Helm's affair; without generation or tests there is none but the gate, which runs once.
    off = {"tests": {"enabled": False}, "secrets": {"auth": {"values": {"AUTH_SECRET_KEY": "k" * 64}}}}
    manifest = render(here, None, off)
    judged(here, manifest, "--server-side").checked()
    kinds = "configmap,secret,service,serviceaccount,pvc,deployment"
    before = wanted(here, kinds)
    judged(here, manifest, "--server-side").checked()
    assert wanted(here, kinds) == before
    assert {name.split("/")[0] for name in before} >= {"ConfigMap", "Deployment", "PersistentVolumeClaim"}


def wanted(namespace: Namespace, kinds: str) -> dict[str, Object]:
    """Object to all that is wanted of it; what controllers write meanwhile is left out."""
    found = {}
    for each in namespace.all(kinds):
        own = {key: each["metadata"].get(key) for key in ("uid", "generation", "labels")}
        found[f"{each['kind']}/{each['metadata']['name']}"] = {
            **{key: value for key, value in each.items() if key not in ("status", "metadata")},
            "metadata": own,
        }
    return found
