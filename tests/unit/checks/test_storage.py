from __future__ import annotations

from chartgen.checks.storage import check
from tests.unit.checks.stage import scene, told

CLAIM = """
kind: PersistentVolumeClaim
apiVersion: v1
metadata: {name: data}
spec: {accessModes: [%s]}
---
"""
WORK = """
kind: %s
apiVersion: apps/v1
metadata: {name: %s}
spec:
  %s
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers: [{name: main}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: tmp, emptyDir: {}}]
---
"""
RWO = CLAIM % "ReadWriteOnce"


def work(extra: str = "strategy: {type: Recreate}", kind: str = "Deployment", name: str = "web") -> str:
    return WORK % (kind, name, extra, name)


def found(text: str) -> list[tuple[str, str, str]]:
    return told(check(scene(text)))


def test_one_replica_that_makes_room_for_the_next() -> None:
    assert found(RWO + work()) == []
    assert found(RWO + work("strategy: {rollingUpdate: {maxSurge: 0}}")) == []
    assert found(RWO + work("replicas: 1", "StatefulSet")) == []


def test_a_shared_volume_and_a_claim_that_is_not_ours_are_not_judged() -> None:
    assert found(CLAIM % "ReadWriteMany" + work("replicas: 3")) == []
    assert found(CLAIM % "ReadWriteOnce, ReadWriteMany" + work("replicas: 3")) == []
    assert found(work("replicas: 3")) == []


def test_a_rolling_update_waits_for_the_volume_for_ever() -> None:
    what = "a rolling update starts a second pod, which cannot have PersistentVolumeClaim/data"
    for strategy in ("", "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}"):
        assert found(RWO + work(strategy)) == [("error", "Deployment/web spec.strategy", what)]


def test_more_than_one_replica() -> None:
    assert found(RWO + work("replicas: 2", "StatefulSet")) == [
        (
            "error",
            "StatefulSet/web spec.replicas",
            "up to 2 replicas share PersistentVolumeClaim/data, which only one node can have",
        )
    ]


def test_an_autoscaler_counts() -> None:
    scaler = """
kind: HorizontalPodAutoscaler
apiVersion: autoscaling/v2
metadata: {name: web}
spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5}
"""
    assert [what for _, _, what in found(RWO + work() + scaler)] == [
        "up to 5 replicas share PersistentVolumeClaim/data, which only one node can have"
    ]


def test_a_daemon_set_wants_it_on_every_node() -> None:
    assert [what for _, _, what in found(RWO + work("x: 1", "DaemonSet"))] == [
        "every node wants PersistentVolumeClaim/data, which only one can have"
    ]


JOB = work("x: 1", "Job", "seed")
AFFINITY = """      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {labelSelector: {matchLabels: {app: %s}}, topologyKey: kubernetes.io/hostname}
      containers"""


def test_a_job_that_shares_the_volume_goes_to_the_node_of_its_owner() -> None:
    assert found(RWO + work() + JOB) == [
        (
            "warning",
            "Job/seed spec.template.spec.volumes[0]",
            "PersistentVolumeClaim/data is on the node of Deployment/web, and nothing brings this pod there",
        )
    ]
    assert found(RWO + work() + JOB.replace("      containers", AFFINITY % "web")) == []
    assert len(found(RWO + work() + JOB.replace("      containers", AFFINITY % "other"))) == 1


def test_nobody_shares_a_volume_for_one_pod() -> None:
    assert found(CLAIM % "ReadWriteOncePod" + work() + JOB) == [
        (
            "error",
            "Job/seed spec.template.spec.volumes[0]",
            "PersistentVolumeClaim/data is ReadWriteOncePod and Deployment/web has it",
        )
    ]


def test_claim_templates_carry_nothing_that_changes() -> None:
    template = "volumeClaimTemplates: [{metadata: {name: a, labels: {app: a, helm.sh/chart: a-1}}}]"
    assert found(work(template, "StatefulSet")) == [
        (
            "error",
            "StatefulSet/web spec.volumeClaimTemplates[0].metadata.labels[helm.sh/chart]",
            "helm.sh/chart changes with every release and a claim template never can",
        )
    ]
