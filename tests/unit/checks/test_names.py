from __future__ import annotations

import pytest

from chartgen.checks.names import check
from chartgen.checks.subject import EXTRA
from tests.unit.checks.stage import item, items, told

FINE = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, namespace: shop, labels: {a.b/c: "1"}, annotations: {a/b: "x y"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {x: y}}
    spec:
      containers:
      - name: main
        env: [{name: A_B}, {name: 3}]
        ports: [{name: http, containerPort: 80}, {containerPort: "no"}]
        volumeMounts: [{name: data, mountPath: /data, subPath: a/b}]
        resources: {requests: {cpu: 100m}, limits: {memory: 1Gi}}
      volumes: [{name: data, configMap: {items: [{path: a}]}}]
"""


def test_names_that_the_server_takes() -> None:
    assert list(check(item(FINE))) == []


@pytest.mark.parametrize(
    "before, after, path",
    [
        ("{name: web, namespace", "{name: Web, namespace", "metadata.name"),
        ("namespace: shop", "namespace: a.b", "metadata.namespace"),
        ("a.b/c:", "a b:", "metadata.labels[a b]"),
        ('"1"', '"1/2"', "metadata.labels[a.b/c]"),
        ("a/b:", "a/b/c:", "metadata.annotations[a/b/c]"),
        ("matchLabels: {app: web}", "matchLabels: {app: -web}", "spec.selector.matchLabels.app"),
        (
            "metadata: {labels: {app: web}",
            "metadata: {labels: {app: web_}",
            "spec.template.metadata.labels.app",
        ),
        ("annotations: {x: y}", "annotations: {x_: y}", "spec.template.metadata.annotations.x_"),
        ("name: main", "name: wait-for-x_y", "spec.template.spec.containers[0].name"),
        ("name: A_B", "name: A B", "spec.template.spec.containers[0].env[0].name"),
        ("name: http", "name: http-and-more-than-15", "spec.template.spec.containers[0].ports[0].name"),
        (
            "containerPort: 80}",
            "containerPort: 70000}",
            "spec.template.spec.containers[0].ports[0].containerPort",
        ),
        (
            "mountPath: /data",
            "mountPath: data",
            "spec.template.spec.containers[0].volumeMounts[0].mountPath",
        ),
        ("subPath: a/b", "subPath: ../b", "spec.template.spec.containers[0].volumeMounts[0].subPath"),
        ("cpu: 100m", "cpu: abc", "spec.template.spec.containers[0].resources.requests.cpu"),
        ("volumes: [{name: data", "volumes: [{name: da_ta", "spec.template.spec.volumes[0].name"),
        ("path: a}", "path: ../a}", "spec.template.spec.volumes[0].configMap.items[0].path"),
    ],
)
def test_what_only_a_server_refuses(before: str, after: str, path: str) -> None:
    found = list(check(item(FINE.replace(before, after, 1))))
    assert [(f.severity.value, f.place.path.split(" ", 1)[1]) for f in found] == [("error", path)]


def test_a_container_name_that_passes_every_public_linter() -> None:
    (finding,) = check(item(FINE.replace("name: main", "name: wait-for-x_y")))
    assert finding.what.startswith("'wait-for-x_y' is not a DNS label: lower case letters, digits and '-'")


def test_a_variable_name_is_judged_by_the_oldest_version() -> None:
    text = FINE.replace("name: A_B", "name: A B")
    assert len(list(check(items(text, versions=("1.33", "1.9", "1.32"))[0]))) == 1
    assert list(check(items(text, versions=("1.32", "1.33"))[0])) == []


def test_keys_of_config_maps_and_secrets() -> None:
    config = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a/b: x, c: y}\nbinaryData: {c: ''}"
    assert [path for _, path, _ in told(check(item(config)))] == [
        "ConfigMap/a data[a/b]",
        "ConfigMap/a binaryData",
    ]
    secret = "kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {..a: x}"
    assert [path for _, path, _ in told(check(item(secret)))] == ["Secret/a stringData[..a]"]


def test_annotations_that_are_too_much_together() -> None:
    text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, annotations: {a: %s, b: 3}}" % (
        "x" * 300_000
    )
    assert told(check(item(text))) == [
        ("error", "ConfigMap/a metadata.annotations", "annotations: 300001 bytes, at most 262144 are allowed")
    ]


def test_an_object_has_a_name_or_lets_the_server_make_one() -> None:
    text = "kind: ConfigMap\napiVersion: v1\nmetadata: {}"
    assert [f.what for f in check(item(text))] == ["an object needs a name"]
    assert list(check(item(text.replace("{}", "{generateName: a-}")))) == []


@pytest.mark.parametrize(
    "text, path",
    [
        ("kind: Service\nspec: {ports: [{name: A}]}", "spec.ports[0].name"),
        ("kind: Service\nspec: {clusterIP: a}", "spec.clusterIP"),
        ("kind: Service\nspec: {ports: [{port: 80, nodePort: 65536}]}", "spec.ports[0].nodePort"),
        ("kind: Deployment\nspec: {replicas: -1}", "spec.replicas"),
        ("kind: PersistentVolumeClaim\nspec: {volumeName: A}", "spec.volumeName"),
        ("kind: Ingress\nspec: {rules: [{host: a_b}], tls: [{hosts: [10.0.0.1]}]}", "spec.rules[0].host"),
        ("kind: CronJob\nspec: {schedule: '61 * * * *'}", "spec.schedule"),
        (
            "kind: NetworkPolicy\nspec: {ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}",
            "spec.ingress[0]",
        ),
    ],
)
def test_forms_of_each_kind(text: str, path: str) -> None:
    found = list(check(item(f"{text}\napiVersion: x/v1\nmetadata: {{name: a}}")))
    assert found[0].place.path.split(" ", 1)[1].startswith(path)


def test_what_a_person_adds_is_theirs_so_it_is_a_warning() -> None:
    assert [f.severity.value for f in check(item(FINE.replace("name: main", "name: A"), EXTRA))] == [
        "warning"
    ]
