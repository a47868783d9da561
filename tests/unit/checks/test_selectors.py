from __future__ import annotations

from chartgen.checks.selectors import check, matches
from tests.unit.checks.stage import scene, told

DEPLOYMENT = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: %(name)s}
spec:
  selector: {matchLabels: {%(selector)s}}
  template:
    metadata: {labels: {%(labels)s}}
    spec: {containers: [{name: main}]}
---
"""
SERVICE = """
kind: Service
apiVersion: v1
metadata: {name: %(name)s}
spec: {selector: {%(selector)s}}
---
"""
LABELS = "app: shop, component: %s"


def deployment(name: str, labels: str = "", selector: str = "") -> str:
    own = LABELS % name
    return DEPLOYMENT % {"name": name, "labels": labels or own, "selector": selector or own}


def service(name: str, selector: str = "") -> str:
    return SERVICE % {"name": name, "selector": selector or LABELS % name}


def test_a_service_per_component_is_fine() -> None:
    text = deployment("web") + deployment("api") + service("web") + service("api")
    assert list(check(scene(text))) == []


def test_a_service_without_selector_is_somebody_elses_business() -> None:
    assert list(check(scene("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec: {}"))) == []


def test_a_service_that_selects_nobody() -> None:
    assert told(check(scene(deployment("web") + service("wbe")))) == [
        ("error", "Service/wbe spec.selector", "selects no pod: app=shop, component=wbe")
    ]


def test_a_service_does_not_select_across_namespaces() -> None:
    other = deployment("web").replace("{name: web}", "{name: web, namespace: other}")
    assert [f.what for f in check(scene(other + service("web")))] == [
        "selects no pod: app=shop, component=web"
    ]


def test_a_service_that_selects_two_components() -> None:
    found = list(check(scene(deployment("web") + deployment("api") + service("all", "app: shop"))))
    assert told(found) == [
        ("error", "Service/all spec.selector", "selects the pods of Deployment/api and Deployment/web")
    ]
    assert "app.kubernetes.io/component" in found[0].hint


def test_pods_of_jobs_and_tests_do_not_take_traffic() -> None:
    job = deployment("seed", LABELS % "web").replace("Deployment", "Job").replace("apps/v1", "batch/v1")
    test = """
kind: Pod
apiVersion: v1
metadata: {name: test, annotations: {helm.sh/hook: test}, labels: {app: shop, component: web}}
spec: {containers: [{name: main}]}
"""
    assert told(check(scene(deployment("web") + service("web") + job + test))) == [
        (
            "error",
            "Job/seed spec.template.metadata.labels",
            "these pods come and go, and Service/web would send them traffic",
        ),
        (
            "error",
            "Pod/test metadata.labels",
            "these pods come and go, and Service/web would send them traffic",
        ),
    ]


def test_a_persons_own_service_is_their_own_choice() -> None:
    assert told(check(scene(deployment("web"), extra=service("other")))) == [
        ("warning", "Service/other spec.selector", "selects no pod: app=shop, component=other")
    ]


def test_a_controller_that_does_not_match_its_own_pods() -> None:
    found = list(check(scene(deployment("web", "app: shop", "app: other"))))
    assert told(found) == [
        (
            "error",
            "Deployment/web spec.selector",
            "does not match the labels of its own pods, which the API server refuses",
        )
    ]
    assert found[0].hint == "spec.template.metadata.labels needs app=other"


def test_two_controllers_that_claim_the_same_pods() -> None:
    text = deployment("web", selector="app: shop") + deployment("api")
    assert told(check(scene(text))) == [
        ("error", "Deployment/web spec.selector", "also matches the pods of Deployment/api")
    ]


def test_labels_that_change_with_a_release_stay_off_pods_and_selectors() -> None:
    version = ", app.kubernetes.io/version: '1'"
    chart = ", helm.sh/chart: shop-1"
    text = deployment("web", LABELS % "web" + version + chart, LABELS % "web" + version)
    assert told(check(scene(text))) == [
        (
            "warning",
            "Deployment/web spec.template.metadata.labels[helm.sh/chart]",
            "helm.sh/chart changes with every release, so every upgrade restarts the pods",
        ),
        (
            "error",
            "Deployment/web spec.selector.matchLabels[app.kubernetes.io/version]",
            (
                "app.kubernetes.io/version changes with every release and a selector never can: "
                "the next upgrade fails"
            ),
        ),
    ]


def test_an_old_replication_controller_has_a_plain_selector() -> None:
    text = deployment("web").replace("Deployment", "ReplicationController").replace("matchLabels: ", "")
    assert list(check(scene(text.replace("{{", "{").replace("}}\n  template", "}\n  template")))) == []


def test_a_disruption_budget_protects_somebody() -> None:
    budget = "kind: PodDisruptionBudget\napiVersion: policy/v1\nmetadata: {name: web}\n"
    budget += "spec: {selector: {matchLabels: {app: shop, component: wbe}}}"
    assert told(check(scene(deployment("web") + budget))) == [
        ("error", "PodDisruptionBudget/web spec.selector", "selects no pod: app=shop, component=wbe")
    ]


def test_selectors_match_as_kubernetes_says() -> None:
    def rule(operator: str, *values: str) -> dict[str, object]:
        return {"matchExpressions": [{"key": "a", "operator": operator, "values": list(values)}]}

    assert matches({}, {"a": "1"})
    assert matches(rule("In", "1", "2"), {"a": "1"})
    assert not matches(rule("In", "2"), {"a": "1"})
    assert not matches(rule("In", "2"), {})
    assert matches(rule("NotIn", "2"), {"a": "1"})
    assert matches(rule("NotIn", "1"), {})
    assert not matches(rule("NotIn", "1"), {"a": "1"})
    assert matches(rule("Exists"), {"a": "1"})
    assert not matches(rule("Exists"), {})
    assert matches(rule("DoesNotExist"), {})
    assert not matches(rule("DoesNotExist"), {"a": "1"})
