"""Whatever a cluster says, the doctor looks at it and does not fall over."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.doctor import examine
from chartgen.doctor.logs import wanted
from chartgen.doctor.snapshot import At, Snapshot, Usage
from chartgen.documents import load_all
from chartgen.manifest import Manifest
from chartgen.report import DIAGNOSIS_FORMATS
from tests.unit.checks.test_any_shape import paths, replaced
from tests.unit.doctor.stage import KINDS, record

OBJECTS = """
kind: Deployment
metadata: {name: web, generation: 1, labels: {app.kubernetes.io/component: web}}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - name: seed
          image: a:1
          command: [sh, /seed/bin/seed.sh]
          env: [{name: SEED_MODE, value: init}, {name: SEED_VOLUME, value: config}]
          volumeMounts: [{name: data, mountPath: /seed/volume}]
      containers: [{name: web, image: 'a:1', env: [{name: K, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: c, configMap: {name: c}}]
status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1}
---
kind: Pod
metadata:
  {name: web-1, uid: p1, labels: {app: web}, ownerReferences: [{uid: j1, name: job}], creationTimestamp: "1"}
spec:
  nodeName: node
  initContainers:
    - name: seed
      command: [sh, /seed/bin/seed.sh]
      env: [{name: SEED_MODE, value: init}, {name: SEED_VOLUME, value: config}]
      volumeMounts: [{name: data, mountPath: /seed/volume}]
  containers: [{name: web, image: 'a:1'}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: c, configMap: {name: c}}]
status:
  phase: Running
  reason: x
  conditions: [{type: PodScheduled, status: "False", message: "0/1 nodes"}, {type: Ready, status: "False"}]
  initContainerStatuses:
    - {name: seed, image: a, ready: false, restartCount: 1, state: {terminated: {exitCode: 1}}}
  containerStatuses:
    - {name: web, image: a, ready: false, started: true, state: {waiting: {reason: ErrImagePull}}}
    - {name: b, image: a, restartCount: 2, state: {running: {}}, lastState: {terminated: {reason: OOMKilled}}}
    - {name: c, image: a, state: {waiting: {reason: CreateContainerError, message: secret}}}
---
kind: ReplicaSet
metadata: {name: web-x, uid: r1}
spec: {replicas: 2}
status:
  replicas: 1
  conditions: [{type: ReplicaFailure, status: "True", message: 'violates PodSecurity "a:b"'}]
---
kind: DaemonSet
metadata: {name: d}
status: {desiredNumberScheduled: 2, currentNumberScheduled: 1, numberReady: 1}
---
kind: Job
metadata: {name: job, uid: j1, creationTimestamp: "1"}
spec: {suspend: false}
status: {conditions: [{type: Failed, status: "True", reason: x, message: y}]}
---
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}}
status: {loadBalancer: {ingress: []}}
---
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
endpoints: [{addresses: [a], conditions: {ready: true}, targetRef: {name: web-1}}]
---
kind: PersistentVolumeClaim
metadata: {name: data, uid: c1}
spec: {storageClassName: fast, resources: {requests: {storage: 1Gi}}}
status:
  phase: Pending
  capacity: {storage: 1Gi}
  conditions: [{type: FileSystemResizePending, status: "True"}]
---
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
volumeBindingMode: WaitForFirstConsumer
---
kind: Event
metadata: {name: e}
involvedObject: {kind: Pod, name: job-abc, uid: gone}
reason: Failed
message: 'Failed to pull image "a": b'
lastTimestamp: "2"
series: {lastObservedTime: "2"}
"""
LOGS = {("web-1", "seed"): ("Seeding", "2 paths: 1 seeded; 1 kept.", "The volume is completely seeded.")}


def examined(objects: list[Any]) -> None:
    items = [Manifest({"apiVersion": "v1", **data}, "cluster") for data in objects]
    lists = {kind: tuple(item for item in items if item.kind == kind) for kind in KINDS}
    usage = {"data": Usage(0)}
    snapshot = Snapshot("shop", At("shop"), lists, record("failed"), logs=dict(LOGS), usage=usage)
    assert wanted(snapshot) is not None
    found = examine(snapshot)
    for form in DIAGNOSIS_FORMATS.values():
        assert form(found)


ODD: tuple[Any, ...] = (None, 3, "x", [None, 3, [], {}], {"a": None, "b": [3]})
PLACES = [p for p in paths(load_all(OBJECTS, "a")) if len(p) > 1 and p[-1] not in ("kind", "apiVersion")]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_examination_falls_over_whatever_stands_in_any_place(odd: Any) -> None:
    objects = load_all(OBJECTS, "a")
    fell: list[str] = []
    for path in PLACES:
        try:
            examined(replaced(objects, path, odd))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            fell.append(f"{path}: {error!r}")
    assert fell == []
