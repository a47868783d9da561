"""Whether the person may do what an install does: asked of the server, which keeps none of the questions.

One review lists the rules that a person has in a namespace. What they grant is granted; what they do not is
asked by itself, for the list may be incomplete, and says nothing of what belongs to no namespace. Source:
Kubernetes API reference, authorization.k8s.io/v1, SelfSubjectRulesReview and SelfSubjectAccessReview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chartgen.cluster.kubectl import Kubectl
from chartgen.doctor.objects import entries
from chartgen.doctor.site import Right
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

Each = Callable[[Iterable[Any], Callable[[Any], Any]], Iterable[tuple[Any, Any]]]


def rights(kubectl: Kubectl, wanted: Iterable[Right], each: Each) -> dict[Right, bool | Unread]:
    """Each right that is wanted, to whether the person has it; `each` asks several questions at once."""
    asked = list(dict.fromkeys(wanted))
    spaces = [space for space in dict.fromkeys(right.namespace for right in asked) if space]
    rules = dict(each(spaces, lambda space: _rules(kubectl, space)))
    granted = {right: True for right in asked if any(map(right_in(right), rules.get(right.namespace, ())))}
    rest = [right for right in asked if right not in granted]
    return {**granted, **dict(each(rest, lambda right: _allowed(kubectl, right)))}


def right_in(right: Right) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a rule grants a right. A rule for some names grants nothing about the others."""

    def grants(rule: Mapping[str, Any]) -> bool:
        names = rule.get("resourceNames") or []
        return (
            _has(rule.get("verbs"), right.verb)
            and _has(rule.get("apiGroups"), right.group)
            and _has(rule.get("resources"), right.resource)
            and (not names or (bool(right.name) and right.name in names))
        )

    return grants


def _has(listed: object, word: str) -> bool:
    return isinstance(listed, list) and ("*" in listed or word in listed)


def _rules(kubectl: Kubectl, namespace: str) -> list[Mapping[str, Any]]:
    found = kubectl.review("SelfSubjectRulesReview", {"namespace": namespace})
    return [] if isinstance(found, Unread) else entries(Manifest(found, "cluster"), "resourceRules")


def _allowed(kubectl: Kubectl, right: Right) -> bool | Unread:
    names = {"verb": right.verb, "group": right.group, "resource": right.resource, "name": right.name}
    spec = {"resourceAttributes": {"namespace": right.namespace, **names}}
    found = kubectl.review("SelfSubjectAccessReview", spec)
    return found if isinstance(found, Unread) else found.get("allowed") is True
