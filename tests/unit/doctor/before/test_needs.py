"""What the values name and the chart does not make: it is there, with its keys, and of the right kind."""

from __future__ import annotations

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.before import needs
from tests.unit.doctor.ground import DENIED, SERVED, site
from tests.unit.doctor.stage import only, told

READS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  template:
    spec:
      containers: [{name: web, env: [{name: K, valueFrom: {secretKeyRef: {name: mine, key: KEY}}}]}]
"""


def using(spec: str) -> str:
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-web}\n"
    return f"{head}spec: {{template: {{spec: {{containers: [{{name: web}}], {spec}}}}}}}\n"


def of(text: str, there: str = "") -> Diagnosis:
    return only(needs.examine(site(text, there=there)))


def test_a_chart_that_makes_all_that_it_needs_is_fine() -> None:
    assert of(f"{READS}\n---\n{{kind: Secret, metadata: {{name: mine}}}}").what == (
        "the chart makes all that it needs"
    )


def test_a_secret_that_a_job_makes_or_an_operator_is_not_missed() -> None:
    job = """---
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  template:
    spec:
      containers:
        - {name: c, command: [sh, /scripts/create-secret.sh], env: [{name: SECRET_NAME, value: mine}]}
"""
    assert of(READS + job).state.value == "fine"
    operator = "---\n{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: mine}}"
    assert of(READS + operator).state.value == "fine"
    other = operator.replace("}}", "}, spec: {target: {name: other}}}")
    assert of(READS + other).state.value == "wrong"


def test_a_secret_with_its_key_is_fine() -> None:
    found = of(READS, "{kind: Secret, metadata: {name: mine}, data: {KEY: true}}")
    assert told([found]) == [("fine", "Secret/mine", "is there with KEY")]


def test_a_secret_that_is_not_there_is_made_with_its_key() -> None:
    found = of(READS)
    assert told([found]) == [("wrong", "Secret/mine", "is not there, and Deployment/shop-web needs it")]
    assert found.cure.splitlines()[-1] == (
        "kubectl --namespace shop create secret generic mine --from-file=KEY=FILE"
    )


@pytest.mark.parametrize(
    "data,what", [("{OTHER: true}", "has no key KEY"), ("{KEY: false}", "has key KEY, which is empty")]
)
def test_a_secret_without_its_key_is_edited(data: str, what: str) -> None:
    found = of(READS, f"{{kind: Secret, metadata: {{name: mine}}, data: {data}}}")
    assert (found.what, found.cure.splitlines()[-1]) == (what, "kubectl --namespace shop edit secret mine")


def test_a_secret_that_may_not_be_read_is_not_fine() -> None:
    place = site(READS)
    found = only(needs.examine(site(READS, objects=dict.fromkeys(place.objects, DENIED))))
    assert (found.state.value, found.what) == ("could not tell", DENIED.reason)


CLAIM = using("volumes: [{name: v, persistentVolumeClaim: {claimName: old}}]")


@pytest.mark.parametrize(
    "status,state,what",
    [
        ("{phase: Bound, capacity: {storage: 1Gi}}", "fine", "is there and bound: 1Gi"),
        ("{phase: Lost}", "wrong", "has lost its volume pv"),
        ("{phase: Pending}", "could not tell", "is there and not bound yet: it may wait for the first pod"),
    ],
)
def test_a_claim_of_the_persons_own_is_as_its_phase_says(status: str, state: str, what: str) -> None:
    spec = "spec: {volumeName: pv}"
    found = of(CLAIM, f"{{kind: PersistentVolumeClaim, metadata: {{name: old}}, {spec}, status: {status}}}")
    assert (found.state.value, found.what) == (state, what)


@pytest.mark.parametrize(
    "spec,label,command",
    [
        ("serviceAccountName: me", "ServiceAccount/me", "kubectl --namespace shop create serviceaccount me"),
        ("priorityClassName: top", "PriorityClass/top", "kubectl create priorityclass top --value=NUMBER"),
        ("runtimeClassName: safe", "RuntimeClass/safe", "kubectl get runtimeclass"),
        (
            "volumes: [{name: v, configMap: {name: files}}]",
            "ConfigMap/files",
            "kubectl --namespace shop create configmap files --from-file=FOLDER",
        ),
    ],
)
def test_what_else_is_named_is_looked_for(spec: str, label: str, command: str) -> None:
    found = of(using(spec))
    assert (found.state.value, found.subject, found.cure.splitlines()[-1]) == ("wrong", label, command)
    kind, _, name = label.partition("/")
    assert of(using(spec), f"{{kind: {kind}, metadata: {{name: {name}}}}}").state.value == "fine"


def test_the_default_account_is_there_in_every_namespace() -> None:
    assert of(using("serviceAccountName: default")).state.value == "fine"


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {cert-manager.io/issuer: letsencrypt}}
spec: {tls: [{secretName: shop-tls}]}
"""


def test_a_certificate_that_cert_manager_makes_is_fine_where_it_runs() -> None:
    served = {**SERVED, "cert-manager.io/v1": {}}
    served["cert-manager.io/v1"] = dict(SERVED["node.k8s.io/v1"] or {})  # type: ignore[arg-type]
    found = only(needs.examine(site(INGRESS, served=served)))
    assert (found.state.value, found.what) == (
        "fine",
        "is not there yet: cert-manager makes it (cert-manager.io/issuer)",
    )


def test_where_it_does_not_run_the_certificate_is_missing() -> None:
    found = of(INGRESS)
    assert found.what.endswith(
        "cert-manager.io/issuer asks cert-manager for it, which is not in this cluster"
    )
    assert found.cure.splitlines()[-1] == (
        "kubectl --namespace shop create secret tls shop-tls --cert=FILE --key=FILE"
    )
