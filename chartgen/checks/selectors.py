"""Who selects whose pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.checks.subject import CONTROLLERS, VERSIONED, Item, Scene, entries, finding, mapping
from chartgen.findings import Finding, Severity

NAME = "selectors"
HELP = "Every Service selects the pods of exactly one component, and every controller its own and no others."


def check(scene: Scene) -> Iterator[Finding]:
    """Services, controllers and disruption budgets against the labels of all pods."""
    for item in scene.of("Service"):
        yield from _service(scene, item)
    for item in scene.of(*CONTROLLERS):
        yield from _controller(scene, item)
        yield from _versioned(item)
    for item in scene.of("PodDisruptionBudget"):
        yield from _budget(scene, item)


def _service(scene: Scene, item: Item) -> Iterator[Finding]:
    selector = mapping(item.spec.get("selector"))
    if not selector:
        return
    found = scene.selected(selector, scene.namespace(item))
    lasting = [i for i in found if i.kind in CONTROLLERS or (i.kind == "Pod" and not i.hooks)]
    if not lasting:
        hint = "give the pods of its component these labels, or the Service their labels"
        yield finding(NAME, item, "spec.selector", f"selects no pod: {_words(selector)}", hint, item.blame)
    if len(lasting) > 1:
        what = f"selects the pods of {_names(lasting)}"
        hint = "add the label app.kubernetes.io/component to the selector and to the pods"
        yield finding(NAME, item, "spec.selector", what, hint, item.blame)
    for other in found:
        if other not in lasting:
            what = f"these pods come and go, and {item.manifest.label} would send them traffic"
            hint = "give them another app.kubernetes.io/component than the Service selects"
            yield finding(NAME, other, other.template("labels"), what, hint, other.blame)


def _controller(scene: Scene, item: Item) -> Iterator[Finding]:
    """A selector must match its own template, and nobody else's."""
    selector = mapping(item.spec.get("selector"))
    labels = mapping(selector.get("matchLabels")) if item.kind != "ReplicationController" else selector
    if not matches(
        selector if item.kind != "ReplicationController" else {"matchLabels": labels}, item.pod_labels
    ):
        what = "does not match the labels of its own pods, which the API server refuses"
        hint = f"spec.template.metadata.labels needs {_words(labels)}"
        yield finding(NAME, item, "spec.selector", what, hint)
    others = scene.selected(labels, scene.namespace(item)) if labels else []
    taken = [i for i in others if i is not item and i.kind in CONTROLLERS and matches(selector, i.pod_labels)]
    if taken:
        hint = "two controllers must not claim the same pods: tell them apart by app.kubernetes.io/component"
        yield finding(NAME, item, "spec.selector", f"also matches the pods of {_names(taken)}", hint)


def _versioned(item: Item) -> Iterator[Finding]:
    selected = mapping(mapping(item.spec.get("selector")).get("matchLabels"))
    for key in VERSIONED:
        if key in selected:
            what = f"{key} changes with every release and a selector never can: the next upgrade fails"
            hint = "select by app.kubernetes.io/name, instance and component alone"
            yield finding(NAME, item, f"spec.selector.matchLabels[{key}]", what, hint)
        elif key in item.pod_labels:
            what = f"{key} changes with every release, so every upgrade restarts the pods"
            hint = "keep it on the object and leave it off the pod template"
            yield finding(NAME, item, item.template(f"labels[{key}]"), what, hint, Severity.WARNING)


def _budget(scene: Scene, item: Item) -> Iterator[Finding]:
    selector = mapping(item.spec.get("selector"))
    labels = mapping(selector.get("matchLabels"))
    if labels and not scene.selected(labels, scene.namespace(item)):
        hint = "a disruption budget for nobody protects nobody: use the labels of the pods it is for"
        yield finding(NAME, item, "spec.selector", f"selects no pod: {_words(labels)}", hint, item.blame)


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a label selector (`matchLabels`, `matchExpressions`) matches `labels`.

    Source: Kubernetes, "Labels and Selectors"; an empty selector matches everything.
    """
    wanted = mapping(selector.get("matchLabels"))
    if not wanted.items() <= labels.items():
        return False
    return all(_holds(rule, labels) for _, rule in entries(selector, "matchExpressions"))


def _holds(rule: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, given = str(rule.get("key")), rule.get("values")
    values = given if isinstance(given, list) else []
    match rule.get("operator"):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def _words(labels: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())


def _names(items: list[Item]) -> str:
    return " and ".join(sorted(item.manifest.label for item in items))
