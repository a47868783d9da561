from __future__ import annotations

import pytest

from chartgen.checks.hooks import check
from tests.unit.checks.stage import item, told

JOB = """
kind: %s
apiVersion: batch/v1
metadata: {name: a, annotations: {%s}}
spec: {%s}
"""


def found(annotations: str, kind: str = "Job", spec: str = "") -> list[tuple[str, str, str]]:
    return told(check(item(JOB % (kind, annotations, spec))))


def test_hooks_as_helm_reads_them() -> None:
    hook = 'helm.sh/hook: " post-install, Post-Upgrade", helm.sh/hook-weight: "-5", '
    hook += "helm.sh/hook-delete-policy: before-hook-creation, helm.sh/hook-output-log-policy: hook-failed"
    assert (
        found(hook.replace("policy: before-hook-creation", 'policy: "before-hook-creation,hook-succeeded"'))
        == []
    )
    assert found("helm.sh/resource-policy: keep", "PersistentVolumeClaim") == []
    assert found("helm.sh/hook: test, helm.sh/hook-delete-policy: before-hook-creation", "Pod") == []


@pytest.mark.parametrize(
    "annotations, where, what",
    [
        (
            "helm.sh/hook: post-instal",
            "helm.sh/hook",
            "'post-instal' is no hook: Helm leaves the whole object out without a word",
        ),
        ("helm.sh/hooks: test", "helm.sh/hooks", "is nothing that Helm knows"),
        ("helm.sh/hook: test, helm.sh/hook-weight: one", "helm.sh/hook-weight", "'one' counts as 0"),
        ("helm.sh/hook: test, helm.sh/hook-weight: 1", "helm.sh/hook-weight", "1 counts as 0"),
        ('helm.sh/hook-weight: "1"', "helm.sh/hook-weight", "does nothing without helm.sh/hook"),
        (
            "helm.sh/hook: test, helm.sh/hook-delete-policy: before-hook",
            "helm.sh/hook-delete-policy",
            "'before-hook' is no policy",
        ),
        (
            "helm.sh/hook: test, helm.sh/hook-output-log-policy: always",
            "helm.sh/hook-output-log-policy",
            "'always' is no policy",
        ),
        (
            "helm.sh/resource-policy: Keep",
            "helm.sh/resource-policy",
            "'Keep' is not `keep`: Helm then neither deletes the object nor says that it stays",
        ),
        (
            'helm.sh/resource-policy: ""',
            "helm.sh/resource-policy",
            "'' is not `keep`: Helm then neither deletes the object nor says that it stays",
        ),
        (
            "argocd.argoproj.io/hook: PreSync",
            "argocd.argoproj.io/hook",
            "is a hook for Argo CD alone: Helm and Flux install an ordinary object",
        ),
    ],
)
def test_each_way_to_get_an_annotation_wrong(annotations: str, where: str, what: str) -> None:
    assert found(annotations) == [("error", f"Job/a metadata.annotations[{where}]", what)]


def test_a_typo_is_told_with_what_was_meant() -> None:
    (finding,) = check(item(JOB % ("Job", "helm.sh/hook: post-instal", "")))
    assert finding.hint == "did you mean 'post-install'?"


def test_a_hook_job_must_not_remove_itself() -> None:
    assert found("helm.sh/hook: post-install", spec="ttlSecondsAfterFinished: 60") == [
        (
            "error",
            "Job/a spec.ttlSecondsAfterFinished",
            "Helm 4 waits for a hook Job that has removed itself until it times out",
        )
    ]
    assert found("", spec="ttlSecondsAfterFinished: 60") == []


def test_a_claim_is_never_a_hook() -> None:
    assert found("helm.sh/hook: pre-install", "PersistentVolumeClaim") == [
        (
            "error",
            "PersistentVolumeClaim/a metadata.annotations[helm.sh/hook]",
            "a claim that is a hook is deleted with its data at the next upgrade",
        )
    ]


@pytest.mark.parametrize(
    "annotations, where, what",
    [
        ("helm.sh/hook: test-success", "helm.sh/hook", "test-success is an old name"),
        (
            "helm.sh/hook: test, helm.sh/hook-delete-policy: hook-succeeded",
            "helm.sh/hook-delete-policy",
            "`helm test --logs` of Helm 3 fails when the pod is gone",
        ),
        (
            "helm.sh/hook: test, helm.sh/resource-policy: keep",
            "helm.sh/resource-policy",
            "does nothing on a hook",
        ),
    ],
)
def test_what_works_but_not_as_meant_is_a_warning(annotations: str, where: str, what: str) -> None:
    assert found(annotations) == [("warning", f"Job/a metadata.annotations[{where}]", what)]


def test_a_hook_on_a_pod_template_does_nothing() -> None:
    spec = (
        "template: {metadata: {annotations: {helm.sh/hook: test, other: x}}, spec: {containers: [{name: a}]}}"
    )
    assert found("", spec=spec) == [
        (
            "warning",
            "Job/a spec.template.metadata.annotations[helm.sh/hook]",
            "does nothing on a pod template",
        )
    ]
