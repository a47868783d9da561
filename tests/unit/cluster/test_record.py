from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from chartgen.cluster.record import names, newest
from chartgen.doctor.snapshot import Record, Unread

HOOK = """apiVersion: batch/v1
kind: Job
metadata: {name: shop-init, annotations: {helm.sh/hook: "post-install,post-upgrade"}}
"""
MANIFEST = """---
# Source: shop/templates/a.yaml
apiVersion: v1
kind: Secret
metadata: {name: shop-secrets}
stringData: {KEY: hush}
---
apiVersion: v1
kind: Service
metadata: {name: shop-web}
"""
RELEASE: dict[str, Any] = {
    "name": "shop",
    "version": 10,
    "info": {"status": "failed", "description": "timed out"},
    "chart": {"metadata": {"name": "shop", "version": "1.0.0"}},
    "config": {"password": "hush"},
    "manifest": MANIFEST,
    "hooks": [
        {"manifest": HOOK, "last_run": {"phase": "Failed"}},
        {"manifest": HOOK.replace("shop-init", "later"), "last_run": {"phase": "Unknown"}},
    ],
}


def packed(release: Any, layers: int = 2) -> str:
    data = gzip.compress(json.dumps(release).encode())
    for _ in range(layers):
        data = b64encode(data)
    return data.decode()


def stored(version: int, status: str, release: Any = RELEASE, kind: str = "Secret") -> dict[str, Any]:
    labels = {"owner": "helm", "name": "shop", "version": str(version), "status": status}
    data = {"release": packed(release, 2 if kind == "Secret" else 1)}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"labels": labels}, "data": data}


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_the_newest_revision_is_read_and_the_last_good_one_known(kind: str) -> None:
    of = [stored(n, s, kind=kind) for n, s in ((10, "failed"), (9, "deployed"), (2, "superseded"))]
    found = newest(of)
    assert isinstance(found, Record)
    assert (found.revision, found.status, found.description) == (10, "failed", "timed out")
    assert (found.chart, found.good) == ("shop 1.0.0", 9)
    assert [item.label for item in found.manifests] == ["Secret/shop-secrets", "Service/shop-web"]
    assert [(hook.manifest.label, hook.phase) for hook in found.hooks] == [
        ("Job/shop-init", "Failed"),
        ("Job/later", ""),
    ]


def test_nothing_secret_is_taken_out_of_it() -> None:
    assert "hush" not in repr(newest([stored(10, "failed")]))


def test_without_a_revision_there_is_no_release() -> None:
    assert newest([]) is None


DAMAGED = {
    "no base64": {"release": "%"},
    "no gzip": {"release": b64encode(b64encode(b"\x1f\x8bxx")).decode()},
    "no JSON": {"release": packed("x")[:-8]},
    "a list": {"release": packed([])},
    "no status": {"release": packed({"info": {}})},
    "nothing": {},
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=list(DAMAGED))
def test_what_is_damaged_could_not_be_told(data: dict[str, str]) -> None:
    found = newest([{**stored(1, "deployed"), "data": data}])
    assert found == Unread("what Helm keeps of the release cannot be read: it is damaged, or of a newer Helm")


def test_the_names_of_releases_come_from_their_labels() -> None:
    other = {"metadata": {"labels": {"name": "wiki"}}}
    assert names([stored(1, "deployed"), other, stored(2, "deployed"), {}]) == ("shop", "wiki")


def test_a_rendering_that_is_no_yaml_leaves_the_rest_to_be_read() -> None:
    found = newest([stored(10, "failed", RELEASE | {"manifest": "a: [", "hooks": None})])
    assert isinstance(found, Record)
    assert (found.status, found.manifests, found.hooks) == ("failed", (), ())
