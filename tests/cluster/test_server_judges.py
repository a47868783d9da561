"""The API server takes every object that any chart makes, strictly and without a warning."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartgen.snapshot import CHANGING
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Done, Namespace, Object, eventually, run
from tests.cluster.release import CHART, OVERLAYS
from tests.need import need

pytestmark = pytest.mark.every_version
EVERYTHING: dict[str, Any] = {
    "ingress": {"enabled": True, "hosts": [{"host": "ushadow.example.com"}]},
    "networkPolicy": {"enabled": True, "egress": {"enabled": True}},
    "rbac": {"create": True},
    "frontend": {"autoscaling": {"enabled": True}, "pdb": {"enabled": True}},
    "seed": {"config": {"existingConfigMap": "mine", "files": {"a/b.yaml": "a: b\n"}}},
}
# A dry run makes no account, and the server looks for that of each bare pod.
ACCOUNT = '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ushadow"}}'
KEPT = CHART.parents[1] / "tests" / "snapshot" / "expected"
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
    assert "Warning" not in done.errors, f"the server warns: {done.errors}"
    assert done.output.count("(server dry run)") >= 12


SNAPSHOTS = sorted(path for path in KEPT.glob("*/*") if not (path / "REFUSED.txt").exists())
KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
# Kinds that a cluster has once their definitions are installed. Ours has them (ci/cluster/definitions.py).
CUSTOM = {"ExternalSecret", "HTTPRoute"}


def kept(folder: Path, namespace: Namespace) -> list[Object]:
    """The objects of a snapshot, as they are but for the namespace, which must be there for a dry run.

    Of what is another in every rendering a snapshot keeps that it is; base64 of that stands for it here.
    """
    found = []
    for text in texts(folder):
        each = yaml.load(
            text.replace(CHANGING, base64.b64encode(CHANGING.encode()).decode()), yaml.CSafeLoader
        )
        if "namespace" in each["metadata"]:
            each["metadata"]["namespace"] = namespace.name
        found.append(each)
    return found


def as_list(objects: Iterable[Object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def account(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def test_there_is_a_snapshot_of_every_application() -> None:
    assert len(SNAPSHOTS) > 20
    assert {path.parent.name for path in SNAPSHOTS} == {path.name for path in KEPT.iterdir()}
    kinds = {kind for path in SNAPSHOTS for text in texts(path) for kind in KIND.findall(text)}
    assert {"DaemonSet", "StatefulSet", "CronJob", *CUSTOM} < kinds


def texts(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))]


@pytest.mark.parametrize("folder", SNAPSHOTS, ids=lambda path: f"{path.parent.name} {path.name}")
def test_the_server_takes_every_object_of_every_snapshot(namespace: MakeNamespace, folder: Path) -> None:
    here = namespace("privileged")
    objects = kept(folder, here)
    if any(each["kind"] in CUSTOM for each in objects):
        need("custom resources")
    # A dry run makes no account, and the server looks for that of each bare pod.
    accounts = {
        each["spec"].get("serviceAccountName", "default") for each in objects if each["kind"] == "Pod"
    }
    if accounts := accounts - {"default"}:
        here.apply(as_list(map(account, accounts)))
    done = judged(here, as_list(objects), "--dry-run=server").checked()
    assert "Warning" not in done.errors
    assert done.output.count("(server dry run)") == len(objects)


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
    judged(here, render(here, None, off), "--server-side").checked()
    # A claim learns of its volume by and by, whoever applies it.
    assert eventually(lambda: claims(here), lambda phases: phases == {"Bound"}) == {"Bound"}
    kinds = "configmap,secret,service,serviceaccount,pvc,deployment"
    before = wanted(here, kinds)
    judged(here, render(here, None, off), "--server-side").checked()
    after = wanted(here, kinds)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    assert changed == [], f"the second time changed {changed}"
    assert {name.split("/")[0] for name in before} >= {"ConfigMap", "Deployment", "PersistentVolumeClaim"}


def claims(namespace: Namespace) -> set[str]:
    return {claim["status"]["phase"] for claim in namespace.all("pvc")}


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
