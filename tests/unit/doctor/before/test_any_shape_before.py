"""Whatever a chart renders and a cluster says, a preflight looks at it and does not fall over."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.doctor import BEFORE, foresee
from chartgen.doctor.before import wanted
from chartgen.doctor.site import RULES, SHARED, Plan, Site
from chartgen.doctor.snapshot import At, Unread
from chartgen.documents import load_all
from chartgen.manifest import Manifest
from tests.unit.checks.test_any_shape import paths, replaced
from tests.unit.doctor.ground import SERVED
from tests.unit.doctor.stage import NAMESPACE

PLANNED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app.kubernetes.io/component: web}}
spec:
  replicas: 2
  template:
    metadata: {annotations: {a: b}}
    spec:
      imagePullSecrets: [{name: pull}]
      securityContext: {runAsNonRoot: true, sysctls: [{name: a}]}
      initContainers: [{name: seed, command: [sh, /seed/bin/seed.sh], env: [{name: SEED_MODE, value: init}]}]
      containers:
        - name: web
          image: a:1
          imagePullPolicy: Never
          resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}
          securityContext: {capabilities: {add: [CHOWN], drop: [ALL]}}
          env: [{name: U, value: 'redis://h:1'}, {name: K, valueFrom: {secretKeyRef: {name: s, key: k}}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: c, configMap: {name: c}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {minReplicas: 2, scaleTargetRef: {name: web}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteMany], storageClassName: fast, resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {volumeClaimTemplates: [{metadata: {name: d}, spec: {resources: {requests: {storage: 1Gi}}}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, annotations: {helm.sh/hook: pre-install}}
rules: [{apiGroups: [a], resources: [b], verbs: [c], resourceNames: [d]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, annotations: {cert-manager.io/issuer: a}}
spec: {ingressClassName: nginx, tls: [{secretName: tls}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route}
spec: {parentRefs: [{name: g, namespace: n}]}
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: LoadBalancer, ports: [{port: 1}]}
"""
THERE = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: 1}}
status: {hard: {pods: 1, limits.cpu: 1}, used: {pods: 1}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: l}
spec: {limits: [{type: Container, max: {cpu: 1}, default: {cpu: 1}}, {type: PersistentVolumeClaim, max: {storage: 1}}]}
---
apiVersion: v1
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: a
---
apiVersion: v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: a}
---
apiVersion: v1
kind: Node
metadata: {name: n}
spec: {unschedulable: false}
status: {images: [{names: [a]}]}
---
apiVersion: v1
kind: Anything
metadata: {name: a, labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: a}}
data: {k: true}
type: Opaque
spec:
  type: ClusterIP
  selector: {a: b}
  ports: [{port: 2}]
  storageClassName: fast
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 2Gi}}
  listeners: [{allowedRoutes: {namespaces: {from: Same}}}]
  policyTypes: [Ingress]
  podSelector: {matchLabels: {a: b}}
status: {phase: Bound, capacity: {storage: 1Gi}}
endpoints: [{addresses: [a], conditions: {ready: true}, targetRef: {name: a}}]
"""  # noqa: E501


def examined(planned: list[Any], there: list[Any]) -> None:
    plan = Plan("shop", tuple(Manifest(data, "t") for data in planned), externals={"K": "k"})
    found = [Manifest(data, "cluster") for data in there]
    lists: Any = {kind: tuple(item for item in found if item.kind == kind) for kind in (*RULES, *SHARED)}
    place = Site("shop", At("shop"), plan, "v1.34.1", NAMESPACE, SERVED, lists)
    keys, rights = list(wanted.objects(place)), list(wanted.rights(place))
    whole = Site(
        *("shop", At("shop"), plan, "v1.34.1", NAMESPACE, SERVED, lists),
        objects=dict.fromkeys(keys, found[-1]),
        behind=dict.fromkeys(keys, (found[-1],)),
        policies={key.namespace: (found[-1],) for key in keys},
        rights=dict.fromkeys(rights, False),
    )
    assert {line.examination for line in foresee(whole).diagnoses} <= {one.NAME for one in BEFORE}
    assert foresee(place).diagnoses


ODD: tuple[Any, ...] = (None, 3, "x", [None, 3, [], {}], {"a": None, "b": [3]})
FIXED = ("kind", "apiVersion")


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_examination_falls_over_whatever_stands_in_any_place(odd: Any) -> None:
    planned, there = load_all(PLANNED, "a"), load_all(THERE, "a")
    fell: list[str] = []
    for which, documents in (("planned", planned), ("there", there)):
        for path in (p for p in paths(documents) if len(p) > 1 and p[-1] not in FIXED):
            changed = replaced(documents, path, odd)
            try:
                examined(*((changed, there) if which == "planned" else (planned, changed)))
            except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
                fell.append(f"{which} {path}: {error!r}")
    assert fell == []


def test_who_may_read_nothing_is_told_nothing_fine_but_what_the_chart_says() -> None:
    plan = Plan("shop", tuple(Manifest(data, "t") for data in load_all(PLANNED, "a")))
    no = Unread("forbidden")
    place = Site("shop", At("shop"), plan, "", no, SERVED, dict.fromkeys((*RULES, *SHARED), no))
    fine = {line.examination for line in foresee(place).diagnoses if line.state.value == "fine"}
    assert fine == {"kinds"}
