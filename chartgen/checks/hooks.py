"""Hooks and the annotations that steer Helm and Argo CD: spelled right, and where they work.

Helm drops an object with an unknown hook from the release without a word (pkg/release/util,
manifest_sorter.go), and takes a weight that is no number for 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.checks.subject import Item, finding
from chartgen.errors import near_miss
from chartgen.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.findings import Finding

NAME = "hooks"
HELP = "Helm's hook and policy annotations are spelled right, on objects where they do what they say."
HOOKS = (
    *("pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback"),
    *("pre-delete", "post-delete", "test"),
)
DELETE = ("before-hook-creation", "hook-succeeded", "hook-failed")
LOGS = ("hook-succeeded", "hook-failed")
HOOK = "helm.sh/hook"
KNOWN = (
    *(HOOK, f"{HOOK}-weight", f"{HOOK}-delete-policy", f"{HOOK}-output-log-policy"),
    *("helm.sh/resource-policy", "helm.sh/resource-group", "helm.sh/depends-on/resource-groups"),
)
ARGO = "argocd.argoproj.io/hook"


def check(item: Item) -> Iterator[Finding]:
    """The annotations of one object, then those of its pod template, where they do nothing."""
    yield from _keys(item)
    yield from _hook(item)
    yield from _policy(item)
    if HOOK in item.annotations:
        yield from _steering(item)
        yield from _kinds(item)


def _keys(item: Item) -> Iterator[Finding]:
    for key in item.annotations:
        if key.startswith("helm.sh/") and key not in KNOWN:
            yield finding(NAME, item, _path(key), "is nothing that Helm knows", near_miss(key, KNOWN))
        elif key == ARGO:
            # Argo CD takes this one of the two, per object (gitops-engine, pkg/sync/hook/hook.go).
            what = "is a hook for Argo CD alone: Helm and Flux install an ordinary object"
            yield finding(NAME, item, _path(key), what, f"use {HOOK}: Argo CD maps it", item.blame)
        elif key.startswith(f"{HOOK}-") and HOOK not in item.annotations:
            yield finding(NAME, item, _path(key), f"does nothing without {HOOK}", f"add {HOOK}, or remove it")
    if item.pod and item.pod.path != "spec":
        for key in item.pod.annotations:
            if key in KNOWN or key == ARGO:
                where = item.template(f"annotations[{key}]")
                hint = "move it to the annotations of the object itself"
                yield finding(NAME, item, where, "does nothing on a pod template", hint, Severity.WARNING)


def _hook(item: Item) -> Iterator[Finding]:
    for name in _words(item, HOOK):
        if name == "test-success":
            hint = "write test"
            yield finding(NAME, item, _path(HOOK), "test-success is an old name", hint, Severity.WARNING)
        elif name not in HOOKS:
            what = f"{name!r} is no hook: Helm leaves the whole object out without a word"
            yield finding(NAME, item, _path(HOOK), what, near_miss(name, HOOKS))


def _policy(item: Item) -> Iterator[Finding]:
    key = "helm.sh/resource-policy"
    value = item.annotations.get(key, "keep")
    if value != "keep":
        what = f"{value!r} is not `keep`: Helm then neither deletes the object nor says that it stays"
        yield finding(NAME, item, _path(key), what, "write keep, in small letters, or leave the key out")
    elif key in item.annotations and HOOK in item.annotations:
        hint = f"say what happens to it with {HOOK}-delete-policy"
        yield finding(NAME, item, _path(key), "does nothing on a hook", hint, Severity.WARNING)


def _steering(item: Item) -> Iterator[Finding]:
    weight = item.annotations.get(f"{HOOK}-weight", "0")
    if not (isinstance(weight, str) and re.fullmatch(r"[+-]?[0-9]+", weight)):
        hint = 'write a whole number in quotes, like "-5"'
        yield finding(NAME, item, _path(f"{HOOK}-weight"), f"{weight!r} counts as 0", hint)
    for key, known in ((f"{HOOK}-delete-policy", DELETE), (f"{HOOK}-output-log-policy", LOGS)):
        for word in _words(item, key):
            if word not in known:
                yield finding(NAME, item, _path(key), f"{word!r} is no policy", near_miss(word, known))
    if "test" in _words(item, HOOK) and "hook-succeeded" in _words(item, f"{HOOK}-delete-policy"):
        what = "`helm test --logs` of Helm 3 fails when the pod is gone"
        hint = "use before-hook-creation alone"
        yield finding(NAME, item, _path(f"{HOOK}-delete-policy"), what, hint, Severity.WARNING)


def _kinds(item: Item) -> Iterator[Finding]:
    if item.kind == "PersistentVolumeClaim":
        what = "a claim that is a hook is deleted with its data at the next upgrade"
        hint = "make it a regular object, with helm.sh/resource-policy: keep"
        yield finding(NAME, item, _path(HOOK), what, hint, item.blame)
    if item.kind == "Job" and "ttlSecondsAfterFinished" in item.spec:
        what = "Helm 4 waits for a hook Job that has removed itself until it times out"
        hint = f"leave it out: {HOOK}-delete-policy removes the Job"
        yield finding(NAME, item, "spec.ttlSecondsAfterFinished", what, hint, item.blame)


def _words(item: Item, key: str) -> list[str]:
    """The words of an annotation as Helm reads them: split at commas, without case or blanks."""
    value = item.annotations.get(key)
    return [word.strip().lower() for word in str(value).split(",")] if value is not None else []


def _path(key: str) -> str:
    return f"metadata.annotations[{key}]"
