"""Chart.yaml: what Helm, registries and Artifact Hub read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Made, entries
from chartgen.errors import near_miss
from chartgen.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "metadata"
HELP = "Chart.yaml says what Helm, registries and Artifact Hub need, in words that they know."
FILE = "Chart.yaml"
# The pattern that semver.org recommends.
SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)
# Helm, pkg/chart: the fields of Metadata, for a chart of apiVersion v2.
_FIELDS = """
apiVersion name version kubeVersion description type keywords home sources dependencies maintainers icon
appVersion deprecated annotations
"""
FIELDS = frozenset(_FIELDS.split())
# Artifact Hub, "Helm annotations".
CATEGORIES = (
    *("ai-machine-learning", "database", "integration-delivery", "monitoring-logging", "networking"),
    *("security", "storage", "streaming-messaging", "skip-prediction"),
)
HUB = "artifacthub.io/"
_HUB_KEYS = """
alternativeName category changes containsSecurityUpdates crds crdsExamples images license links maintainers
operator operatorCapabilities prerelease recommendations screenshots signKey
"""
HUB_KEYS = frozenset(_HUB_KEYS.split())


def check(made: Made) -> Iterator[Finding]:
    """The head of a chart; a missing nicety is a warning, what Helm misreads is an error."""
    head = made.chart.metadata
    yield from _versions(head)
    yield from _words(head)
    yield from _people(head)
    yield from _annotations(head)


def _versions(head: Mapping[str, Any]) -> Iterator[Finding]:
    if head.get("apiVersion") != "v2":
        yield _finding("apiVersion", f"{head.get('apiVersion')!r} is not v2", "write apiVersion: v2")
    version = head.get("version")
    if not (isinstance(version, str) and SEMVER.fullmatch(version)):
        yield _finding("version", f"{version!r} is not a semantic version", "write three numbers, like 1.2.3")
    app = head.get("appVersion")
    if app is not None and not isinstance(app, str):
        yield _finding("appVersion", f"{app!r} is not a string, so digits may get lost", "put it in quotes")
    kube = head.get("kubeVersion")
    if not kube:
        hint = 'write the oldest version that works, like ">=1.29.0-0"'
        yield _finding("kubeVersion", "is missing", hint, Severity.WARNING)
    elif not all("-" in bound for bound in re.findall(r"(?:>=?|\^|~)\s*[^\s,|]+", str(kube))):
        what = f"{kube!r} refuses clusters like 1.29.3-gke.1 and 1.29.3-eks-1 under Helm 3"
        yield _finding("kubeVersion", what, 'end the lower bound in -0: ">=1.29.0-0"')


def _words(head: Mapping[str, Any]) -> Iterator[Finding]:
    for key in head:
        if key not in FIELDS:
            yield _finding(str(key), "is no field of Chart.yaml", near_miss(str(key), FIELDS))
    for key in ("description", "icon"):
        if not head.get(key):
            yield _finding(key, "is missing", f"add {key} to app.yaml", Severity.WARNING)
    for key in ("icon", "home"):
        if head.get(key) and not str(head[key]).startswith(("http://", "https://", "data:")):
            yield _finding(key, f"{head[key]!r} is not a URL", "write https://...")
    if head.get("type", "application") not in ("application", "library"):
        yield _finding("type", f"{head['type']!r} is neither application nor library", "write application")


def _people(head: Mapping[str, Any]) -> Iterator[Finding]:
    if not head.get("maintainers"):
        yield _finding("maintainers", "nobody is named", "say whom to ask", Severity.WARNING)
    for path, person in entries(head, "maintainers"):
        if not person.get("name"):
            yield _finding(path, "has no name", "add name: to it")


def _annotations(head: Mapping[str, Any]) -> Iterator[Finding]:
    annotations = head.get("annotations")
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        path = f"annotations[{key}]"
        if not isinstance(value, str):
            yield _finding(path, f"{value!r} is not a string", "put it in quotes")
        if not key.startswith(HUB):
            continue
        if key.removeprefix(HUB) not in HUB_KEYS:
            near = near_miss(key.removeprefix(HUB), HUB_KEYS)
            yield _finding(path, "is nothing that Artifact Hub knows", near, Severity.WARNING)
        if key == f"{HUB}category" and value not in CATEGORIES:
            yield _finding(
                path, f"{value!r} is no category of Artifact Hub", near_miss(str(value), CATEGORIES)
            )


def _finding(path: str, what: str, hint: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(NAME, Place(FILE, 0, path), what, hint, severity)
