from __future__ import annotations

from chartgen.checks.duplicates import check
from tests.unit.checks.stage import scene, told

POD = """
kind: Pod
apiVersion: v1
metadata: {name: web}
spec:
  initContainers: [{name: seed}]
  containers:
  - name: main
    env: [{name: A, value: "1"}, {name: B, value: "2"}]
    volumeMounts: [{name: x, mountPath: /x}, {name: x, mountPath: /}]
  volumes: [{name: x}]
"""
CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"


def test_a_pod_in_which_everything_stands_once() -> None:
    assert list(check(scene(POD))) == []


def test_two_objects_of_one_identity_whatever_file_or_spelling_of_the_namespace() -> None:
    same = CONFIG.replace("{name: a}", "{name: a, namespace: shop}")
    assert told(check(scene(CONFIG, extra=same))) == [
        (
            "error",
            "ConfigMap/a metadata.name",
            "this object stands in templates/all.yaml already: one of them is lost",
        )
    ]


def test_the_same_name_elsewhere_is_another_object() -> None:
    elsewhere = CONFIG.replace("{name: a}", "{name: a, namespace: other}")
    other_kind = CONFIG.replace("ConfigMap", "Secret")
    assert list(check(scene("---\n".join([CONFIG, elsewhere, other_kind])))) == []


def test_what_stands_twice_in_a_pod() -> None:
    text = POD.replace("name: seed", "name: main").replace("name: B", "name: A")
    text = text.replace("mountPath: /}", "mountPath: /x/}").replace("{name: x}]\n", "{name: x}, {name: x}]\n")
    assert told(check(scene(text))) == [
        (
            "error",
            "Pod/web spec.containers[0].name",
            "container 'main' stands at spec.initContainers[0].name already",
        ),
        (
            "error",
            "Pod/web spec.containers[0].env[1].name",
            "variable 'A' stands at spec.containers[0].env[0].name already",
        ),
        (
            "error",
            "Pod/web spec.containers[0].volumeMounts[1].mountPath",
            "mount path '/x' stands at spec.containers[0].volumeMounts[0].mountPath already",
        ),
        ("error", "Pod/web spec.volumes[1].name", "volume 'x' stands at spec.volumes[0].name already"),
    ]


def test_lists_of_the_wrong_type_are_left_to_the_schema() -> None:
    assert list(check(scene("kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: 3}"))) == []
    odd = POD.replace('env: [{name: A, value: "1"}, {name: B, value: "2"}]', "env: [1, {name: [2]}]")
    assert list(check(scene(odd))) == []
