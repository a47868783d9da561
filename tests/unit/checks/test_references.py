from __future__ import annotations

import pytest

from chartgen.checks.references import check
from tests.unit.checks.stage import scene, told

POD = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
      - name: main
        env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: TOKEN}}}]
        volumeMounts: [{name: conf, mountPath: /conf}, {name: data, mountPath: /data}]
      volumes:
      - {name: conf, configMap: {name: conf}}
      - {name: data, persistentVolumeClaim: {claimName: data}}
---
"""
ACCOUNT = "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: web}\n---\n"
SECRET = "kind: Secret\napiVersion: v1\nmetadata: {name: keys}\nstringData: {TOKEN: x}\n---\n"
CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: conf}\n---\n"
CLAIM = "kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: data}\n---\n"
OTHERS = ACCOUNT + CONFIG + CLAIM
PATH = "Deployment/web spec.template.spec"
NO_KEYS = ("error", f"{PATH}.containers[0].env[0].valueFrom.secretKeyRef.name", "there is no Secret 'keys'")


def test_everything_is_there() -> None:
    assert list(check(scene(POD + OTHERS + SECRET))) == []


def test_everything_is_missing() -> None:
    assert sorted(told(check(scene(POD)))) == [
        NO_KEYS,
        ("error", f"{PATH}.serviceAccountName", "there is no ServiceAccount 'web'"),
        ("error", f"{PATH}.volumes[0].configMap.name", "there is no ConfigMap 'conf'"),
        (
            "error",
            f"{PATH}.volumes[1].persistentVolumeClaim.claimName",
            "there is no PersistentVolumeClaim 'data'",
        ),
    ]


def test_a_near_miss_is_told() -> None:
    (finding,) = check(scene(POD + OTHERS + SECRET.replace("name: keys", "name: key")))
    assert finding.hint == "make it, or name one that exists in the values; did you mean 'key'?"


def test_a_key_that_is_not_in_the_secret() -> None:
    (finding,) = check(scene(POD + OTHERS + SECRET.replace("TOKEN:", "TOKENS:")))
    assert (finding.what, finding.hint) == ("Secret/keys has no key 'TOKEN'", "did you mean 'TOKENS'?")


def test_what_is_optional_may_be_missing() -> None:
    optional = POD.replace("key: TOKEN}", "key: TOKEN, optional: true}")
    assert list(check(scene(optional + OTHERS))) == []
    assert list(check(scene(optional + OTHERS + SECRET.replace("TOKEN:", "OTHER:")))) == []


def test_a_name_in_the_values_is_the_persons_to_know() -> None:
    assert list(check(scene(POD + OTHERS, values={"existingSecret": "keys"}))) == []


@pytest.mark.parametrize(
    "maker",
    [
        "kind: ExternalSecret\napiVersion: external-secrets.io/v1\nmetadata: {name: keys}\nspec: {}",
        "kind: ExternalSecret\napiVersion: x/v1\nmetadata: {name: a}\nspec: {target: {name: keys}}",
        "kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata: {name: keys}",
        "kind: Certificate\napiVersion: cert-manager.io/v1\nmetadata: {name: a}\nspec: {secretName: keys}",
        (
            "kind: Ingress\napiVersion: x/v1\nmetadata: {name: a, annotations: {cert-manager.io/issuer: x}}\n"
            "spec: {tls: [{secretName: keys}]}"
        ),
        (
            "kind: Job\napiVersion: batch/v1\nmetadata: {name: a, annotations: {helm.sh/hook: pre-install}}\n"
            "spec: {template: {spec: {containers: [{name: a, env: [{name: SECRET_NAME, value: keys}]}]}}}"
        ),
    ],
)
def test_a_secret_that_something_in_the_chart_makes(maker: str) -> None:
    assert list(check(scene(POD + OTHERS + maker))) == []


def test_an_ordinary_variable_called_secret_name_makes_nothing() -> None:
    job = "kind: Job\napiVersion: batch/v1\nmetadata: {name: a}\n"
    job += "spec: {template: {spec: {containers: [{name: a, env: [{name: SECRET_NAME, value: keys}]}]}}}"
    assert told(check(scene(POD + OTHERS + job))) == [NO_KEYS]


def test_built_in_names_and_other_namespaces_are_not_looked_for() -> None:
    binding = """
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: a}
roleRef: {kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default}, {kind: ServiceAccount, name: x, namespace: other}]
"""
    assert list(check(scene(binding))) == []
    role = "---\nkind: ClusterRole\napiVersion: x/v1\nmetadata: {name: ours}"
    assert list(check(scene(binding.replace("name: view", "name: ours") + role))) == []
    assert told(check(scene(binding.replace("name: view", "name: vieww")))) == [
        ("error", "RoleBinding/a roleRef.name", "there is no ClusterRole 'vieww'")
    ]


HOOK = """
kind: Job
apiVersion: batch/v1
metadata: {name: %s, annotations: {helm.sh/hook: %s, helm.sh/hook-weight: "%s"}}
spec: {template: {spec: {serviceAccountName: web, containers: [{name: a}]}}}
"""


def test_a_hook_that_runs_first_cannot_wait_for_what_comes_later() -> None:
    assert told(check(scene(ACCOUNT + HOOK % ("a", "pre-install", 0)))) == [
        (
            "error",
            "Job/a spec.template.spec.serviceAccountName",
            "pre-install runs before ServiceAccount/web is created, and waits for ever",
        )
    ]
    assert list(check(scene(ACCOUNT + HOOK % ("a", "post-install,pre-upgrade", 0)))) == []


@pytest.mark.parametrize("weight, fine", [("-1", True), ("1", False), ("0", False), ("one", False)])
def test_hooks_run_by_weight_then_by_name(weight: str, fine: bool) -> None:
    annotations = f'{{helm.sh/hook: pre-install, helm.sh/hook-weight: "{weight}"}}'
    account = ACCOUNT.replace("name: web", f"name: web, annotations: {annotations}")
    expected = [] if fine else ["pre-install runs before ServiceAccount/web, whose hook weight is higher"]
    assert [f.what for f in check(scene(account + HOOK % ("a", "pre-install", "0")))] == expected


def test_a_mount_of_a_volume_that_the_pod_does_not_have() -> None:
    (finding,) = check(
        scene((POD + OTHERS + SECRET).replace("{name: conf, mountPath", "{name: cnf, mountPath"))
    )
    assert finding.place.path == f"{PATH}.containers[0].volumeMounts[0]"
    assert finding.what == "mounts the volume 'cnf', which the pod does not have"
    assert finding.hint == "did you mean 'conf'?"


def test_a_claim_template_is_a_volume() -> None:
    text = """
kind: StatefulSet
apiVersion: apps/v1
metadata: {name: db}
spec:
  template: {spec: {containers: [{name: a, volumeMounts: [{name: data, mountPath: /d}]}]}}
  volumeClaimTemplates: [{metadata: {name: data}}]
"""
    assert list(check(scene(text))) == []
