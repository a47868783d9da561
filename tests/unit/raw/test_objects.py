"""What of a rendering is applied without Helm, and what of an object is Helm's alone."""

from __future__ import annotations

import textwrap

import pytest

from chartgen.manifest import Manifest, parse
from chartgen.raw import applied, in_clear_text, without_helm
from tests.apps.made import APPS, overlays, render


def made(text: str) -> tuple[Manifest, ...]:
    return parse(textwrap.dedent(text), "templates/x.yaml")


def hook(events: str) -> tuple[Manifest, ...]:
    metadata = f'{{name: a, annotations: {{helm.sh/hook: "{events}"}}}}'
    return made(f"{{apiVersion: v1, kind: ConfigMap, metadata: {metadata}}}")


@pytest.mark.parametrize("events", ["pre-install", "post-install,post-upgrade", "pre-rollback, Pre-Upgrade"])
def test_what_helm_runs_in_an_install_or_an_upgrade_is_applied(events: str) -> None:
    (found,) = without_helm(hook(events), "shop")
    assert found.data["metadata"] == {"name": "a", "namespace": "shop"}


@pytest.mark.parametrize("events", ["test", "test-success", "post-delete,pre-delete", "post-rollback"])
def test_tests_and_hooks_of_the_end_are_not(events: str) -> None:
    assert (applied(hook(events)), without_helm(hook(events), "shop")) == ((), ())


def test_only_what_is_helms_own_goes_from_labels_and_annotations() -> None:
    (found,) = without_helm(
        made(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: a
              labels: {helm.sh/chart: a-1, app.kubernetes.io/managed-by: Helm, app.kubernetes.io/name: a}
              annotations: {helm.sh/resource-policy: keep, argocd.argoproj.io/sync-options: Prune=false}
            spec: {selector: {helm.sh/chart: a-1}}
            """
        ),
        "shop",
    )
    assert found.data["metadata"] == {
        "name": "a",
        "namespace": "shop",
        "labels": {"app.kubernetes.io/name": "a"},
        "annotations": {"argocd.argoproj.io/sync-options": "Prune=false"},
    }
    assert found.data["spec"] == {"selector": {"helm.sh/chart": "a-1"}}, "what selects pods is not touched"


def test_another_manager_is_told_as_before() -> None:
    labels = "labels: {app.kubernetes.io/managed-by: me}"
    (found,) = without_helm(made(f"{{apiVersion: v1, kind: Secret, metadata: {{name: a, {labels}}}}}"), "x")
    assert found.metadata["labels"] == {"app.kubernetes.io/managed-by": "me"}


def test_an_object_stays_in_its_namespace_or_in_none() -> None:
    found = without_helm(
        made(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: other}}
            ---
            {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}}
            ---
            {apiVersion: example.com/v1, kind: Unknown, metadata: {name: a}}
            """
        ),
        "shop",
    )
    assert [(each.kind, each.namespace) for each in found] == [
        ("ConfigMap", "other"),
        ("ClusterRole", ""),
        ("Unknown", "shop"),
    ]


def test_a_secret_that_holds_something_is_found_and_an_empty_one_is_not() -> None:
    head = "apiVersion: v1, kind: Secret, metadata:"
    text = f"{{{head} {{name: a}}, data: {{a: eA==}}}}\n---\n{{{head} {{name: b}}, data: {{}}}}\n---\n"
    found = in_clear_text(made(f"{text}{{{head} {{name: c}}, stringData: {{a: x}}}}"))
    assert [each.name for each in found] == ["a", "c"]


@pytest.mark.parametrize("app", APPS)
def test_of_no_application_anything_is_left_that_only_helm_reads(app: str) -> None:
    for values in overlays(app).values():
        if app == "cron" and not values:
            continue
        rendering = render(app, values)
        found = without_helm(rendering.manifests, "somewhere")
        texts = [
            f"{key}={value}"
            for each in found
            for where in ("labels", "annotations")
            for key, value in each.metadata.get(where, {}).items()
        ]
        assert [text for text in texts if "helm.sh" in text or text.endswith("managed-by=Helm")] == []
        assert len(found) == len([m for m in rendering.manifests if "test" not in m.hooks])
        assert len({each.identity for each in found}) == len(found)
        assert [each.label for each in found if not each.namespace] == [
            m.label for m in rendering.manifests if m.kind.startswith("Cluster")
        ]
