"""Rendered objects: what they are called, what they refer to, and when two are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartgen import documents
from chartgen.errors import RenderError
from chartgen.manifest import (
    Case,
    Identity,
    Manifest,
    Reference,
    Release,
    Rendering,
    differences,
    parse,
    pod,
    references,
)


def one(text: str, source: str = "templates/x.yaml") -> Manifest:
    (manifest,) = parse(text, source)
    return manifest


def of(kind: str, **data: Any) -> Manifest:
    return Manifest({"apiVersion": "v1", "kind": kind, "metadata": {"name": "x"}, **data}, "templates/x.yaml")


def named(manifest: Manifest) -> list[tuple[str, str, str, bool, str]]:
    return [(r.kind, r.name, r.key, r.optional, r.path) for r in references(manifest)]


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod, annotations: {helm.sh/hook: "post-install, post-upgrade"}}
"""


def test_an_object_knows_what_it_is_called() -> None:
    manifest = one(DEPLOYMENT, "templates/web.yaml")
    assert (manifest.kind, manifest.api_version) == ("Deployment", "apps/v1")
    assert (manifest.name, manifest.namespace) == ("web", "prod")
    assert manifest.identity == Identity("apps", "Deployment", "prod", "web")
    assert manifest.label == "Deployment/web"
    assert manifest.hooks == ("post-install", "post-upgrade")
    assert manifest.source == "templates/web.yaml"


def test_a_new_version_of_an_api_is_the_same_object() -> None:
    old, new = (
        one(f"apiVersion: {v}\nkind: X\nmetadata: {{name: a}}\n") for v in ("x.io/v1beta1", "x.io/v1")
    )
    assert old.identity == new.identity == Identity("x.io", "X", "", "a")
    assert one("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n").identity.group == ""


def test_what_is_missing_from_the_metadata_is_empty() -> None:
    for metadata in (
        "",
        "metadata:\n",
        "metadata: text\n",
        "metadata: {annotations: text, generateName: a-}\n",
    ):
        manifest = one(f"apiVersion: v1\nkind: Pod\n{metadata}")
        assert (manifest.name, manifest.namespace, manifest.hooks) == ("", "", ())


def test_the_digest_is_of_the_meaning() -> None:
    assert (
        one(DEPLOYMENT).digest
        == one(DEPLOYMENT.replace("kind: Deployment\n", "") + "kind: Deployment\n").digest
    )
    assert one(DEPLOYMENT).digest != one(DEPLOYMENT.replace("web", "api")).digest
    assert one("apiVersion: v1\nkind: A\nx: 1.0\n").digest == one("apiVersion: v1\nkind: A\nx: 1\n").digest
    assert one("apiVersion: v1\nkind: A\nx: '1'\n").digest != one("apiVersion: v1\nkind: A\nx: 1\n").digest
    assert len(one(DEPLOYMENT).digest) == 64
    assert hash(one(DEPLOYMENT)) == hash(one(DEPLOYMENT))


def test_a_stream_is_unpacked_and_its_empty_documents_are_dropped() -> None:
    text = """\
# Source: x
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: a}}
  - {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]}
---
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
"""
    assert [m.label for m in parse(text, "t")] == ["Service/a", "Secret/b", "ConfigMap/c"]
    assert parse("", "t") == parse(" \n---\n# nothing\n", "t") == ()


def test_a_key_that_stands_twice_in_the_output_names_the_template() -> None:
    with pytest.raises(RenderError) as caught:
        parse("apiVersion: v1\nkind: A\nkind: B\n", "templates/a.yaml")
    assert caught.value.message == "templates/a.yaml does not render to YAML that can be used"
    assert [(p.where, p.what) for p in caught.value.problems] == [
        ("templates/a.yaml:3:1", "the key 'kind' stands twice")
    ]


def test_what_is_no_object_is_an_error_for_each() -> None:
    text = "- a\n---\nkind: A\nitems: [1]\n---\napiVersion: 1\nkind: ''\n---\napiVersion: v1\nkind: B\n"
    with pytest.raises(RenderError) as caught:
        parse(text, "templates/a.yaml")
    assert [p.what for p in caught.value.problems] == [
        "a list stands where an object should: ['a']",
        'an object without apiVersion: {"kind": "A", "items": [1]}',
        'an object without apiVersion and kind: {"apiVersion": 1, "kind": ""}',
    ]


POD = {
    "serviceAccountName": "acc",
    "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}, "odd"],
    "containers": [{"name": "c"}, None],
    "volumes": [{"name": "v"}, 3],
}
TEMPLATE = {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}, "spec": POD}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_a_workload_has_a_pod_template(kind: str) -> None:
    found = pod(of(kind, spec={"template": TEMPLATE}))
    assert found is not None
    assert (found.path, found.spec, found.labels, found.annotations) == (
        "spec.template.spec",
        POD,
        {"a": "b"},
        {"c": "d"},
    )
    assert [(c.kind, c.name, c.path) for c in found.containers] == [
        ("init", "i", "spec.template.spec.initContainers[0]"),
        ("sidecar", "s", "spec.template.spec.initContainers[1]"),
        ("regular", "c", "spec.template.spec.containers[0]"),
    ]
    assert found.volumes == ({"name": "v"},)


def test_a_cron_job_has_its_pod_two_templates_down_and_a_pod_is_its_own() -> None:
    found = pod(of("CronJob", spec={"jobTemplate": {"spec": {"template": TEMPLATE}}}))
    assert found is not None
    assert found.path == "spec.jobTemplate.spec.template.spec"
    alone = pod(of("Pod", metadata={"name": "x", "labels": {"a": "b"}}, spec=POD))
    assert alone is not None
    assert (alone.path, alone.labels, alone.annotations) == ("spec", {"a": "b"}, {})
    assert alone.containers[0].path == "spec.initContainers[0]"


def test_other_kinds_and_broken_workloads_have_no_pod() -> None:
    assert pod(of("Service", spec=POD)) is None
    broken: tuple[Any, ...] = (None, "text", {}, {"template": None}, {"template": {"spec": []}})
    for spec in broken:
        assert pod(of("Deployment", spec=spec)) is None


def test_every_name_in_a_pod_is_a_reference() -> None:
    spec: Any = documents.load(
        """\
serviceAccountName: acc
priorityClassName: high
runtimeClassName: gvisor
imagePullSecrets: [{name: pull}, {}]
volumes:
  - configMap: {name: files, optional: true, items: [{key: a, path: a}, {key: b, path: b}]}
  - configMap: {name: whole}
  - secret: {secretName: tls, items: [{key: crt, path: crt}]}
  - persistentVolumeClaim: {claimName: data}
  - projected:
      sources:
        - configMap: {name: pc}
        - secret: {name: ps, optional: true, items: [{key: k, path: k}]}
        - serviceAccountToken: {path: token}
  - csi: {driver: d, nodePublishSecretRef: {name: csi}}
  - cephfs: {secretRef: {name: ceph}}
initContainers:
  - envFrom: [{configMapRef: {name: all}}, {secretRef: {name: alls, optional: true}}, {prefix: x}]
containers:
  - env:
      - {name: A, value: x}
      - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}
      - {name: C, valueFrom: {configMapKeyRef: {name: m, key: k, optional: true}}}
      - {name: D, valueFrom: {fieldRef: {fieldPath: x}}}
      - {name: E, valueFrom: {secretKeyRef: {key: k}}}
""",
        "pod.yaml",
    ).data
    path = "spec.template.spec"
    assert named(of("Deployment", spec={"template": {"spec": spec}})) == [
        ("ServiceAccount", "acc", "", False, f"{path}.serviceAccountName"),
        ("PriorityClass", "high", "", False, f"{path}.priorityClassName"),
        ("RuntimeClass", "gvisor", "", False, f"{path}.runtimeClassName"),
        ("Secret", "pull", "", False, f"{path}.imagePullSecrets[0].name"),
        ("ConfigMap", "files", "a", True, f"{path}.volumes[0].configMap.name"),
        ("ConfigMap", "files", "b", True, f"{path}.volumes[0].configMap.name"),
        ("ConfigMap", "whole", "", False, f"{path}.volumes[1].configMap.name"),
        ("Secret", "tls", "crt", False, f"{path}.volumes[2].secret.secretName"),
        ("PersistentVolumeClaim", "data", "", False, f"{path}.volumes[3].persistentVolumeClaim.claimName"),
        ("ConfigMap", "pc", "", False, f"{path}.volumes[4].projected.sources[0].configMap.name"),
        ("Secret", "ps", "k", True, f"{path}.volumes[4].projected.sources[1].secret.name"),
        ("Secret", "csi", "", False, f"{path}.volumes[5].csi.nodePublishSecretRef.name"),
        ("Secret", "ceph", "", False, f"{path}.volumes[6].cephfs.secretRef.name"),
        ("ConfigMap", "all", "", False, f"{path}.initContainers[0].envFrom[0].configMapRef.name"),
        ("Secret", "alls", "", True, f"{path}.initContainers[0].envFrom[1].secretRef.name"),
        ("ConfigMap", "m", "k", True, f"{path}.containers[0].env[2].valueFrom.configMapKeyRef.name"),
        ("Secret", "s", "k", False, f"{path}.containers[0].env[1].valueFrom.secretKeyRef.name"),
    ]


def test_routes_refer_to_services_with_their_ports() -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    ingress = {
        "ingressClassName": "nginx",
        "defaultBackend": {"service": {"name": "other", "port": {"name": "http"}}},
        "rules": [{"host": "x"}, {"http": {"paths": [{"path": "/", "backend": backend}]}}],
        "tls": [{"secretName": "crt"}, {"hosts": ["x"]}],
    }
    assert named(of("Ingress", spec=ingress)) == [
        ("Service", "web", "80", False, "spec.rules[1].http.paths[0].backend.service.name"),
        ("Service", "other", "http", False, "spec.defaultBackend.service.name"),
        ("Secret", "crt", "", False, "spec.tls[0].secretName"),
        ("IngressClass", "nginx", "", False, "spec.ingressClassName"),
    ]
    backends = [
        {"name": "web", "port": 80, "namespace": "b"},
        {"kind": "ServiceImport", "name": "far", "port": 1},
    ]
    assert references(of("HTTPRoute", spec={"rules": [{"backendRefs": backends}]})) == (
        Reference("Service", "web", "80", False, "spec.rules[0].backendRefs[0].name", "b"),
    )


def test_bindings_scalers_accounts_and_claims_refer_to_what_they_name() -> None:
    subjects = [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "a", "namespace": "n"}]
    assert references(
        of("RoleBinding", roleRef={"kind": "ClusterRole", "name": "view"}, subjects=subjects)
    ) == (
        Reference("ClusterRole", "view", "", False, "roleRef.name"),
        Reference("ServiceAccount", "a", "", False, "subjects[1].name", "n"),
    )
    target = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"}
    assert [r[:2] for r in references(of("HorizontalPodAutoscaler", spec={"scaleTargetRef": target}))] == [
        ("StatefulSet", "db")
    ]
    assert [r[:2] for r in references(of("ScaledObject", spec={"scaleTargetRef": {"name": "web"}}))] == [
        ("Deployment", "web")
    ]
    assert [r[:2] for r in references(of("ServiceAccount", imagePullSecrets=[{"name": "p"}]))] == [
        ("Secret", "p")
    ]
    claim = {
        "storageClassName": "fast",
        "dataSource": {"kind": "VolumeSnapshot", "name": "s"},
        "volumeName": "pv",
    }
    assert [r[:2] for r in references(of("PersistentVolumeClaim", spec=claim))] == [
        ("StorageClass", "fast"),
        ("PersistentVolume", "pv"),
    ]
    assert [r[:2] for r in references(of("StatefulSet", spec={"serviceName": "db"}))] == [("Service", "db")]
    assert references(of("ConfigMap")) == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "spec",
                    "template",
                    "containers",
                    "env",
                    "valueFrom",
                    "secretKeyRef",
                    "name",
                    "volumes",
                    "kind",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["Deployment", "Ingress", "RoleBinding", "HTTPRoute", "Pod"]), ANYTHING)
def test_data_of_any_shape_is_looked_at_without_an_error(kind: str, spec: Any) -> None:
    references(of(kind, spec=spec, roleRef=spec, subjects=spec))


def test_differences_are_those_of_meaning() -> None:
    a = of(
        "ConfigMap", data={"x": "1", "a.b": "2", "gone": None}, items=[1, {"k": 1.0}, 3], flag=1, extra=[1]
    )
    b = of(
        "ConfigMap",
        flag=True,
        items=[1, {"k": 1}, "3"],
        data={"a.b": "3", "x": "1", "new": "n"},
        extra=[1, None],
    )
    assert differences(a, b) == (
        ("data[a.b]", "2", "3"),
        ("data.new", None, "n"),
        ("extra[1]", None, None),
        ("flag", 1, True),
        ("items[2]", 3, "3"),
    )
    assert differences(a, a) == differences(1, 1.0) == ()
    assert differences([1, 2], [1]) == (("[1]", 2, None),)


@given(ANYTHING, ANYTHING)
def test_there_is_a_difference_one_way_when_there_is_one_the_other_way(a: Any, b: Any) -> None:
    there, back = differences(a, b), differences(b, a)
    assert [(d.path, d.right, d.left) for d in back] == [tuple(d) for d in there]
    assert differences(a, a) == ()


def test_a_case_has_a_name_for_people() -> None:
    assert Case().name == "default values"
    assert Case({"a": 1}, overlay="production").name == "production"
    assert Case() == Case({}, Release("release-name", "default", False, 1))
    assert Rendering(Case(), ()).texts == {}
