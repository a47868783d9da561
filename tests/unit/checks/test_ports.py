from __future__ import annotations

from chartgen.checks.ports import check
from tests.unit.checks.stage import scene, told

POD = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
      - {name: seed, ports: [{name: http, containerPort: 80}]}
      containers:
      - name: main
        ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 80, protocol: UDP}]
        livenessProbe: {httpGet: {port: http}}
        lifecycle: {preStop: {httpGet: {port: 81}}}
---
"""
SERVICE = """
kind: Service
apiVersion: v1
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 8080, targetPort: http}, {name: dns, port: 80, protocol: UDP}]
---
"""
INGRESS = """
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: {name: web}
spec:
  defaultBackend: {resource: {kind: Bucket, name: x}}
  rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {name: http}}}}]}}]
---
"""
ROUTE = """
kind: HTTPRoute
apiVersion: gateway.networking.k8s.io/v1
metadata: {name: web}
spec: {rules: [{backendRefs: [{name: web, port: 8080}, {kind: Other, name: x}]}]}
"""


def found(text: str, **values: str) -> list[tuple[str, str]]:
    return [(where, what) for _, where, what in told(check(scene(text, values=values)))]


def test_ports_that_are_all_there() -> None:
    assert found(POD + SERVICE + INGRESS + ROUTE) == []


def test_one_port_twice_in_containers_that_run_side_by_side() -> None:
    sidecar = "- {name: side, ports: [{name: http, containerPort: 80}]}\n---"
    path = "Deployment/web spec.template.spec.containers"
    assert found(POD.replace("---", f"      {sidecar}")) == [
        (f"{path}[1].ports[0]", "port 80/TCP stands at spec.template.spec.containers[0].ports[0] already"),
        (
            f"{path}[1].ports[0]",
            "port name 'http' stands at spec.template.spec.containers[0].ports[0] already",
        ),
    ]


def test_a_sidecar_among_the_init_containers_runs_side_by_side_too() -> None:
    assert found(POD.replace("name: seed,", "name: seed, restartPolicy: Always,"))[0] == (
        "Deployment/web spec.template.spec.containers[0].ports[0]",
        "port 80/TCP stands at spec.template.spec.initContainers[0].ports[0] already",
    )


def test_a_probe_names_a_port_of_its_container() -> None:
    assert found(POD.replace("port: http}}", "port: htpp}}").replace("port: 81", "port: api")) == [
        (
            "Deployment/web spec.template.spec.containers[0].livenessProbe.httpGet.port",
            "the container has no port named 'htpp'",
        ),
        (
            "Deployment/web spec.template.spec.containers[0].lifecycle.preStop.httpGet.port",
            "the container has no port named 'api'",
        ),
    ]


def test_a_service_port_leads_to_a_container_port() -> None:
    wrong = SERVICE.replace("targetPort: http", "targetPort: 8080").replace("port: 80,", "port: 53,")
    findings = list(check(scene(POD + wrong)))
    assert [(f.place.path, f.what) for f in findings] == [
        ("Service/web spec.ports[0].targetPort", "no container of Deployment/web has the port 8080 (TCP)"),
        ("Service/web spec.ports[1].targetPort", "no container of Deployment/web has the port 53 (UDP)"),
    ]
    assert findings[0].hint == "its ports: http (80), dns (80)"


def test_the_port_of_an_init_container_is_closed_when_traffic_comes() -> None:
    closed = POD.replace("{name: http, containerPort: 80}, {", "{").replace("port: http}}", "port: 80}}")
    assert found(closed + SERVICE) == [
        ("Service/web spec.ports[0].targetPort", "no container of Deployment/web has the port 'http' (TCP)")
    ]


def test_ports_of_a_service_are_told_apart() -> None:
    text = SERVICE.replace("{name: dns, port: 80, protocol: UDP}", "{port: 8080}, {name: http, port: 81}")
    assert found(text) == [
        ("Service/web spec.ports[1]", "port 8080/TCP stands at spec.ports[0] already"),
        ("Service/web spec.ports[1]", "has no name"),
        ("Service/web spec.ports[2]", "port name 'http' stands at spec.ports[0] already"),
    ]


def test_an_ingress_and_a_route_lead_to_a_service_and_its_port() -> None:
    text = INGRESS.replace("{name: http}", "{number: 81}") + ROUTE.replace(
        "{name: web, port", "{name: wbe, port"
    )
    findings = list(check(scene(POD + SERVICE + text)))
    assert [(f.place.path, f.what, f.hint) for f in findings] == [
        (
            "Ingress/web spec.rules[0].http.paths[0].backend.service.name",
            "Service/web has no port '81'",
            "its ports: http (8080), dns (80)",
        ),
        (
            "HTTPRoute/web spec.rules[0].backendRefs[0].name",
            "there is no Service 'wbe'",
            "did you mean 'web'?",
        ),
    ]


def test_a_service_in_another_namespace_or_by_a_persons_word() -> None:
    other = ROUTE.replace("{name: web, port: 8080}", "{name: web, namespace: other, port: 1}")
    assert found(other) == []
    assert found(ROUTE, existing="web") == []
    assert found(ROUTE) == [("HTTPRoute/web spec.rules[0].backendRefs[0].name", "there is no Service 'web'")]
