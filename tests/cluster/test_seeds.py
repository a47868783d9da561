"""What a person gives as a seed: a ConfigMap of any kind, and a volume that held files before the release."""

from __future__ import annotations

import base64
import json
from typing import Any

from chartgen import values
from tests.cluster.kubernetes import Object
from tests.cluster.release import BACKEND, Release
from tests.cluster.test_failures import SHORT, cure
from tests.cluster.test_volumes import NEVER, init_says

NAME = "mine"
GIVEN = values.merge([SHORT, {"seed": {"config": {"existingConfigMap": NAME, "job": {"backoffLimit": 0}}}}])
# No text in any encoding: what a key of binaryData is for.
BINARY = bytes(range(256)) * 8
LARGE = {f"large-{n}.yaml": f"{n}: {'x' * 97}\n" * 990 for n in range(9)}


def config_map(data: dict[str, str] | None = None, binary: dict[str, bytes] | None = None) -> Object:
    encoded = {name: base64.b64encode(content).decode() for name, content in (binary or {}).items()}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": NAME},
        "data": data or {},
        "binaryData": encoded,
    }


def put(release: Release, given: Object) -> None:
    """On the server's side: an annotation with all of it, as a plain apply makes one, would be too long."""
    release.namespace.ask("apply", "--server-side", "--filename=-", stdin=json.dumps(given)).checked()


def test_an_empty_config_map_is_named_and_one_of_any_kind_is_seeded(release: Release) -> None:
    put(release, config_map())
    refused = release.install(values=GIVEN)
    assert "post-install" in refused.text, refused.text
    said = init_says(release, NEVER)
    assert "source /seed/existing: absent or empty" in said
    assert "! The source /seed/existing must hold files. Does its ConfigMap exist?" in said

    assert 899_000 < sum(map(len, LARGE.values())) < 901_000
    put(release, config_map(LARGE, {"logo.png": BINARY}))
    cure(release, GIVEN)
    copy = release.shell("base64", "-w0", "/config/logo.png").checked().output
    assert base64.b64decode(copy) == BINARY
    for name, text in LARGE.items():
        assert release.read(name) == text


THEIRS = {"services.yaml": "theirs: yes\n", "notes.txt": "a note\n"}
FILL = """
umask 077
mkdir /v/own
echo 'a: 1' >/v/own/a.yaml
echo 'theirs: yes' >/v/services.yaml
echo 'a note' >/v/notes.txt
"""
FILLER: Object = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "filler"},
    "spec": {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "filler",
                "image": BACKEND,
                "imagePullPolicy": "IfNotPresent",
                "command": ["sh", "-c", FILL],
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            }
        ],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": NAME}}],
    },
}
CLAIM: Object = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": NAME},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
}


def test_a_volume_that_held_files_and_no_records_keeps_them_and_gets_what_is_absent(release: Release) -> None:
    """From raw manifests or a restore: what is there is nobody's seed, now and after an upgrade."""
    for each in (CLAIM, FILLER):
        release.namespace.apply(json.dumps(each))
    done = ("wait", "pod/filler", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=120s")
    release.namespace.ask(*done).checked()
    release.namespace.ask("delete", "pod", "filler").checked()

    given: dict[str, Any] = {"persistence": {"config": {"existingClaim": NAME}}}
    release.install("--wait", values=given).checked()
    release.wait()
    said = release.init_log()
    assert "The volume holds files and no records of seeding: what is there counts as not ours." in said
    assert "  not ours                      services.yaml\n" in said
    first = release.files()
    assert {path: release.read(path) for path in THEIRS} == THEIRS
    assert release.shell("stat", "-c%a", "/config/own", "/config/own/a.yaml").checked().output == "700\n600\n"
    assert set(first) >= {"providers/provider-01.yaml", "config.defaults.yaml", "README.md"}

    new = {**given, "seed": {"config": {"policy": "updateUnmodified"}}}
    tag = {component: {"image": {"tag": "v1.1.0"}} for component in ("backend", "frontend")}
    release.upgrade("--wait", values={**new, **tag}).checked()
    release.wait()
    assert {path: release.read(path) for path in THEIRS} == THEIRS
    assert release.read("version.yaml") == "version: v1.1.0\n"
