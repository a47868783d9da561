from __future__ import annotations

from chartgen.checks.host_access import check
from chartgen.checks.subject import EXTRA
from tests.unit.checks.stage import item, told

POD = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  template:
    spec:
      %s
      containers: [{name: main, image: a, args: [%s]}]
"""


def test_a_pod_that_keeps_to_itself() -> None:
    assert list(check(item(POD % ("volumes: [{name: a, emptyDir: {}}]", "--sock=/run/app.sock")))) == []
    assert (
        list(check(item("kind: PersistentVolume\napiVersion: v1\nmetadata: {name: a}\nspec: {csi: {}}")))
        == []
    )


def test_files_of_the_node() -> None:
    pod = item(POD % ("volumes: [{name: a, hostPath: {path: /etc}}]", ""))
    assert told(check(pod)) == [
        ("error", "Deployment/web spec.template.spec.volumes[0].hostPath", "mounts /etc of the node")
    ]
    volume = item("kind: PersistentVolume\napiVersion: v1\nmetadata: {name: a}\nspec: {local: {path: /x}}")
    assert told(check(volume)) == [("error", "PersistentVolume/a spec.local", "reaches the files of a node")]


def test_namespaces_of_the_node() -> None:
    pod = item(POD % ("hostNetwork: true\n      hostPID: true\n      hostIPC: false", ""))
    assert told(check(pod)) == [
        ("error", "Deployment/web spec.template.spec.hostNetwork", "shares a namespace with the node"),
        ("error", "Deployment/web spec.template.spec.hostPID", "shares a namespace with the node"),
    ]


def test_the_socket_of_the_container_runtime() -> None:
    pod = item(POD % ("", "unix:///var/run/docker.sock"))
    assert told(check(pod)) == [
        (
            "error",
            "Deployment/web spec.template.spec.containers[0].args[0]",
            "uses the container runtime of the node (unix:///var/run/docker.sock)",
        )
    ]


def test_what_a_person_adds_is_theirs_so_it_is_a_warning() -> None:
    pod = item(POD % ("volumes: [{name: a, hostPath: {path: /etc}}]", ""), EXTRA)
    assert [f.severity.value for f in check(pod)] == ["warning"]
