"""Whatever a template renders, a check looks at it and does not fall over: the schema has the say."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from chartgen.checks import OBJECT_CHECKS, RENDERING_CHECKS, schema
from chartgen.checks.subject import Item, Scene
from chartgen.documents import load_all
from chartgen.manifest import Case, Manifest, Release

OBJECTS = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, namespace: shop, labels: {a: b}, annotations: {helm.sh/hook: test, x: y}}
spec:
  replicas: 2
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
  selector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: In, values: [web]}]}
  template:
    metadata: {labels: {app: web}, annotations: {x: y}}
    spec:
      serviceAccountName: web
      securityContext: {sysctls: [{name: x}], seccompProfile: {type: x}, seLinuxOptions: {type: x}}
      dnsConfig: {options: [{name: ndots, value: "1"}]}
      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: web}}}]
      initContainers: [{name: seed, restartPolicy: Always}]
      containers:
      - name: main
        image: a:latest
        imagePullPolicy: Always
        command: [sh]
        args: ["http://web:80"]
        env: [{name: TOKEN, value: "$(A)"}, {name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}]
        ports: [{name: http, containerPort: 80, protocol: TCP, hostPort: 0}]
        livenessProbe: {httpGet: {port: http, host: x}}
        lifecycle: {preStop: {httpGet: {port: http}}}
        securityContext: {privileged: false, capabilities: {add: [CHOWN]}, procMount: Default}
        resources: {requests: {cpu: 1}}
        volumeMounts: [{name: data, mountPath: /x, subPath: y}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: h, hostPath: {path: /x}}]
  volumeClaimTemplates: [{metadata: {name: c, labels: {chart: x}}}]
---
kind: Service
apiVersion: v1
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]}
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: {name: web, annotations: {cert-manager.io/issuer: x}}
spec:
  rules: [{host: a.b, http: {paths: [{backend: {service: {name: web, port: {number: 80}}}}]}}]
  tls: [{secretName: x, hosts: [a.b]}]
---
kind: HorizontalPodAutoscaler
apiVersion: autoscaling/v2
metadata: {name: web}
spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 3}
---
kind: ConfigMap
apiVersion: v1
metadata: {name: conf}
data: {a: "redis://:x@y"}
binaryData: {b: eA==}
---
kind: PersistentVolumeClaim
apiVersion: v1
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce]}
"""
ODD: tuple[Any, ...] = (None, True, 3, "", "x", [], {}, [None, 3, [], {}], {"a": None, "b": [3]})
Path = tuple[str | int, ...]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything inside `value`."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, key))


def replaced(objects: list[Any], path: Path, odd: Any) -> list[Any]:
    changed = copy.deepcopy(objects)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return changed


def judged(objects: list[Any]) -> None:
    items = tuple(Item(Manifest(data, "templates/a.yaml")) for data in objects)
    scene = Scene(items, Case(release=Release("shop", "shop")))
    for check in OBJECT_CHECKS:
        # The schema has tests of its own, and takes much longer than all others together.
        if check.NAME != schema.NAME:
            for item in items:
                assert list(check.check(item)) is not None
    for whole in RENDERING_CHECKS:
        assert list(whole.check(scene)) is not None


PLACES = [p for p in paths(load_all(OBJECTS, "a")) if len(p) > 1 and p[-1] not in ("kind", "apiVersion")]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_check_falls_over_whatever_stands_in_any_place(odd: Any) -> None:
    objects = load_all(OBJECTS, "a")
    fell: list[str] = []
    for path in PLACES:
        try:
            judged(replaced(objects, path, odd))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            fell.append(f"{path}: {error!r}")
    assert fell == []
