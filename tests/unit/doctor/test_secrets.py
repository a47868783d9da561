from __future__ import annotations

from typing import Any

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.installed.secrets import examine
from chartgen.doctor.snapshot import Unread
from tests.unit.doctor.stage import only, record, snapshot, told

READS = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - {name: KEY, valueFrom: {secretKeyRef: {name: shop-secrets, key: KEY}}}
            - {name: MAYBE, valueFrom: {secretKeyRef: {name: other, key: X, optional: true}}}
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: shop-create}
spec:
  template:
    spec:
      containers:
        - name: create
          command: [sh, /scripts/create-secret.sh]
          env: [{name: SECRET_NAME, value: shop-secrets}]
"""


def of(keys: Any, **more: Any) -> Diagnosis:
    return only(examine(snapshot(READS, secrets={"shop-secrets": keys}, **more)))


def test_a_secret_with_its_key_is_fine_and_one_that_may_be_absent_is_not_asked_for() -> None:
    assert told([of({"KEY": True, "MORE": True})]) == [("fine", "Secret/shop-secrets", "is there with KEY")]


def test_a_key_that_is_not_there_or_empty_is_named() -> None:
    assert of({"OTHER": True}).what == "has no key KEY"
    found = of({"KEY": False})
    assert (found.state.value, found.what) == ("wrong", "has key KEY, which is empty")
    assert found.cure.splitlines()[-1] == "kubectl --namespace shop edit secret shop-secrets"


def test_a_secret_of_the_persons_own_is_made_by_them() -> None:
    found = of(None)
    assert (found.state.value, found.what) == ("wrong", "is not there")
    command = "kubectl --namespace shop create secret generic shop-secrets --from-file=KEY=FILE"
    assert found.cure.splitlines()[-1] == command


def test_a_secret_that_a_job_makes_leads_to_the_job() -> None:
    kept = record("failed", hooks={"Failed": JOB})
    assert of(None, record=kept).cure == "Job/shop-create makes it: see why that has not, below"


def test_one_that_helm_makes_comes_with_helm() -> None:
    planned = "{kind: Secret, metadata: {name: shop-secrets}}"
    assert of(None, record=record(planned=planned)).cure.startswith("helm makes it:")
    assert (
        list(
            examine(snapshot(READS, secrets={"shop-secrets": None}, record=record("failed", planned=planned)))
        )
        == []
    )


def test_a_secret_that_may_not_be_read_is_never_fine() -> None:
    assert told([of(Unread("secrets is forbidden"))]) == [
        ("could not tell", "Secret/shop-secrets", "secrets is forbidden")
    ]


def test_a_release_that_never_got_to_its_pods_is_known_by_what_helm_would_have_made() -> None:
    kept = record("failed", planned=READS)
    found = only(examine(snapshot(record=kept, secrets={"shop-secrets": None})))
    assert found.subject == "Secret/shop-secrets"


def test_a_config_map_is_looked_at_too() -> None:
    text = READS.replace("secretKeyRef", "configMapKeyRef")
    found = only(examine(snapshot(text, config_maps={"shop-secrets": None})))
    assert (found.subject, found.what) == ("ConfigMap/shop-secrets", "is not there")
    assert "create configmap shop-secrets" in found.cure
