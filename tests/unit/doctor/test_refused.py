from __future__ import annotations

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor import examine as examine_all
from chartgen.doctor.installed.refused import examine
from tests.unit.doctor.stage import UPGRADE, WHERE, event, only, pod, snapshot, told

SECURITY = 'pods "shop-web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'


def replicaset(message: str) -> str:
    return f"""---
kind: ReplicaSet
metadata: {{name: shop-web-1, uid: uid-shop-web-1, labels: {{app.kubernetes.io/component: web}}}}
spec: {{replicas: 1}}
status: {{replicas: 0, conditions: [{{type: ReplicaFailure, status: "True", message: {message!r}}}]}}
"""


JOB = "---\nkind: Job\nmetadata: {name: shop-init, uid: uid-shop-init}\nspec: {}\nstatus: {}\n"


def of(message: str) -> Diagnosis:
    return only(examine(snapshot(replicaset(message))))


def test_no_pod_that_was_refused_is_fine() -> None:
    whole = replicaset("").replace("replicas: 0", "replicas: 1")
    assert told(examine(snapshot(whole))) == [("fine", "", "no pod was refused")]


def test_a_namespace_that_enforces_a_standard_is_told_with_both_cures() -> None:
    found = of(SECURITY)
    assert (
        found.what == 'its pods are refused: violates PodSecurity "restricted:latest": runAsNonRoot != true'
    )
    label = "pod-security.kubernetes.io/enforce=baseline"
    assert found.cure.splitlines() == [
        "keep the standard:",
        f"{UPGRADE} --set podSecurity=restricted {WHERE}",
        "or allow more:",
        f"kubectl label namespace shop --overwrite {label}",
    ]


CURES = {
    'pods "a" is forbidden: exceeded quota: small, requested: pods=1': "describe resourcequota",
    'pods "a" is forbidden: failed quota: small: must specify limits.cpu': "describe resourcequota",
    'pods "a" is forbidden: maximum memory usage per Container is 1Gi': "describe limitrange",
    'pods "a" is forbidden: error looking up service account shop/x: serviceaccount "x" not found': (
        "kubectl --namespace shop create serviceaccount x"
    ),
    'admission webhook "p.example.com" denied the request: no': "describe replicaset shop-web-1",
    'pods "a" is forbidden: violates PodSecurity "baseline:v1.30": host': "enforce=privileged",
}


@pytest.mark.parametrize("said,cure", CURES.items())
def test_each_refusal_has_its_cure(said: str, cure: str) -> None:
    found = of(said)
    assert found.state.value == "wrong"
    assert cure in found.cure


def test_of_a_job_an_event_tells_and_only_while_it_lacks_its_pod() -> None:
    refused = JOB + event("Job", "shop-init", "FailedCreate", f"Error creating: {SECURITY}")
    assert only(examine(snapshot(refused))).subject == "Job/shop-init"
    later = refused + pod("phase: Running", name="shop-init-x", owner="uid-shop-init")
    assert told(examine(snapshot(later))) == [("fine", "", "no pod was refused")]
    other = JOB + event("Job", "shop-init", "FailedCreate", SECURITY, uid="an-earlier-one")
    assert told(examine(snapshot(other))) == [("fine", "", "no pod was refused")]


def test_where_events_cannot_be_read_a_missing_pod_could_not_be_told() -> None:
    found = only(examine(snapshot(JOB, unread={"Event": "events is forbidden"})))
    assert found.state.value == "could not tell"
    assert "Job/shop-init lacks pods" in found.what
    whole = snapshot(unread={"Event": "events is forbidden"})
    assert told(examine(whole)) == [("fine", "", "no pod was refused")]


def test_where_replica_sets_cannot_be_read_nothing_is_fine() -> None:
    report = examine_all(snapshot(unread={"ReplicaSet": "replicasets is forbidden"}))
    found = [d for d in report.diagnoses if d.examination == "refused"]
    assert told(found) == [("could not tell", "", "replicasets is forbidden")]
