from __future__ import annotations

from typing import Any

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.installed.claims import examine
from tests.unit.doctor.stage import UPGRADE, event, only, pod, record, snapshot, told

USER = pod(
    "phase: Pending",
    spec="volumes: [{name: v, persistentVolumeClaim: {claimName: shop-data}}]\ncontainers: [{name: web}]",
)
CLASSES = """---
kind: StorageClass
metadata: {name: fast}
volumeBindingMode: WaitForFirstConsumer
---
kind: StorageClass
metadata: {name: slow, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
volumeBindingMode: Immediate
"""


def claim(spec: str, status: str = "phase: Pending") -> str:
    head = "---\nkind: PersistentVolumeClaim\nmetadata: {name: shop-data, uid: uid-shop-data}\n"
    return f"{head}spec: {{{spec}}}\nstatus: {{{status}}}\n"


def of(text: str, **more: Any) -> Diagnosis:
    return only(examine(snapshot(USER + text, **more)))


def test_a_bound_claim_is_fine_with_its_size_and_class() -> None:
    found = of(claim("storageClassName: fast", "phase: Bound, capacity: {storage: 1Gi}"))
    assert told([found]) == [("fine", "PersistentVolumeClaim/shop-data", "is bound: 1Gi of class fast")]


def test_a_class_that_is_not_there_is_told_with_the_near_miss_and_the_empty_claim_may_go() -> None:
    found = of(CLASSES + claim("storageClassName: fsat"))
    assert found.what == "is pending: there is no StorageClass fsat; did you mean 'fast'?"
    assert found.cure.splitlines()[1:] == [
        "kubectl --namespace shop delete pvc shop-data",
        f"{UPGRADE} --set global.storageClass=CLASS --namespace shop",
    ]


def test_where_classes_cannot_be_read_the_provisioners_words_tell() -> None:
    said = event("PersistentVolumeClaim", "shop-data", "ProvisioningFailed", 'storageclass "fsat" not found')
    found = of(claim("storageClassName: fsat") + said, unread={"StorageClass": "forbidden"})
    assert (found.state.value, found.what) == ("wrong", 'is pending: storageclass "fsat" not found')


def test_a_claim_without_a_class_needs_a_default_one() -> None:
    none = CLASSES.replace('"true"', '"false"')
    assert of(none + claim("")).what == "is pending: it names no StorageClass, and the cluster has no default"
    assert of(CLASSES + claim("")).state.value == "could not tell"


def test_a_class_that_waits_for_a_pod_waits_in_vain_without_one() -> None:
    maker = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  template: {spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: shop-data}}], containers: []}}
"""
    text = maker + CLASSES + claim("storageClassName: fast")
    found = only(examine(snapshot(text)))
    assert found.what == "is pending: class fast waits for the first pod that uses it, and there is none"
    assert only(examine(snapshot(USER + text))).what == "is pending, and nothing says why"


def test_a_claim_that_lost_its_volume_or_is_being_deleted_is_wrong() -> None:
    assert of(claim("volumeName: pv-1", "phase: Lost")).what == "has lost its volume pv-1"
    leaving = claim("", "phase: Bound").replace("uid:", "deletionTimestamp: x, uid:")
    assert of(leaving).what.startswith("is being deleted")


def test_a_claim_of_the_persons_own_that_is_not_there_is_told() -> None:
    found = of("")
    assert (found.state.value, found.what) == ("wrong", "is not there, and pods wait for it")
    assert "existingClaim" in found.cure


def test_a_claim_that_helm_did_not_get_to_is_not_told() -> None:
    planned = "{kind: PersistentVolumeClaim, metadata: {name: shop-data}}"
    assert list(examine(snapshot(USER, record=record("failed", planned=planned)))) == []
    assert f"helm makes it:\n{UPGRADE}" in of("", record=record(planned=planned)).cure


def test_a_claim_that_does_not_grow_is_told() -> None:
    asked = "resources: {requests: {storage: 2Gi}}"
    small = claim(asked, "phase: Bound, capacity: {storage: 1Gi}")
    failed = event("PersistentVolumeClaim", "shop-data", "VolumeResizeFailed", "no room")
    states = [d.what for d in examine(snapshot(USER + small + failed))]
    assert states == ["is bound: 1Gi", "does not grow: no room"]


def test_a_claim_that_grew_waits_for_its_pod_to_start_anew() -> None:
    waits = 'phase: Bound, conditions: [{type: FileSystemResizePending, status: "True"}]'
    found = list(examine(snapshot(USER + claim("", waits))))
    assert [d.state.value for d in found] == ["fine", "could not tell"]
    assert found[1].cure == "kubectl --namespace shop rollout restart deployment"
