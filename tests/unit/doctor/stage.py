"""Snapshots for tests of examinations, out of YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from textwrap import indent
from typing import Any

from chartgen.cluster.gather import LABELLED
from chartgen.diagnoses import Diagnosis
from chartgen.doctor.snapshot import At, Hook, Record, Snapshot, Unread
from chartgen.documents import load_all
from chartgen.manifest import Manifest

KINDS = (*LABELLED, "PersistentVolumeClaim", "StorageClass", "Event")
NAMESPACE = Manifest({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}, "cluster")
UPGRADE = "helm upgrade --install shop CHART --reset-then-reuse-values"
WHERE = "--namespace shop"


def objects(text: str) -> tuple[Manifest, ...]:
    return tuple(Manifest({"apiVersion": "v1", **data}, "cluster") for data in load_all(text, "test"))


def snapshot(text: str = "", *, unread: Mapping[str, str] | None = None, **more: Any) -> Snapshot:
    """A snapshot with these objects; `unread` says of which kinds nothing could be read, and why."""
    found = objects(text)
    lists: dict[str, tuple[Manifest, ...] | Unread] = {
        kind: tuple(item for item in found if item.kind == kind) for kind in KINDS
    }
    lists |= {kind: Unread(reason) for kind, reason in (unread or {}).items()}
    return replace(Snapshot("shop", At("shop"), lists, record(), namespace=NAMESPACE), **more)


def record(
    status: str = "deployed",
    description: str = "",
    *,
    planned: str = "",
    hooks: Mapping[str, str] | None = None,
    good: int = 0,
) -> Record:
    """What Helm keeps: `planned` are its objects, `hooks` those of a phase each (`Failed: kind: Job...`)."""
    made = tuple(Hook(item, phase) for phase, text in (hooks or {}).items() for item in objects(text))
    return Record(3, status, description, "shop 1.0.0", objects(planned), made, good)


def pod(
    status: str, *, name: str = "shop-web-1", component: str = "web", spec: str = "", owner: str = ""
) -> str:
    """A pod document: `status` and `spec` in YAML."""
    made_by = f"[{{uid: {owner}, name: {owner.removeprefix('uid-')}}}]" if owner else "[]"
    return f"""---
kind: Pod
metadata:
  name: {name}
  uid: uid-{name}
  creationTimestamp: "2026-01-01T00:00:00Z"
  labels: {{app.kubernetes.io/component: {component}}}
  ownerReferences: {made_by}
spec:
{indent(spec or "containers: [{name: web, image: 'acme/shop:1'}]", "  ")}
status:
{indent(status, "  ")}
"""


def event(kind: str, name: str, reason: str, message: str, *, uid: str = "", when: str = "") -> str:
    """A warning about an object; its UID is `uid-NAME` unless said otherwise."""
    return f"""---
kind: Event
metadata: {{name: e}}
involvedObject: {{kind: {kind}, name: {name}, uid: {uid or f"uid-{name}"}}}
reason: {reason}
message: {message!r}
lastTimestamp: "{when or "2026-01-01T00:10:00Z"}"
"""


DEPLOYMENT = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web, generation: 1, labels: {app.kubernetes.io/component: web}}
spec:
  replicas: 1
  template:
    metadata: {labels: {app.kubernetes.io/component: web}}
    spec: {containers: [{name: web, image: 'acme/shop:1'}]}
"""
READY = DEPLOYMENT + "status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1}\n"
WAITING = DEPLOYMENT + "status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1}\n"


def told(diagnoses: Iterable[Diagnosis]) -> list[tuple[str, str, str]]:
    """State, subject and sentence of each."""
    return [(d.state.value, d.subject, d.what) for d in diagnoses]


def only(diagnoses: Iterable[Diagnosis]) -> Diagnosis:
    (found,) = diagnoses
    return found
