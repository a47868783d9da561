"""Objects are valid against the schema of every supported Kubernetes version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.checks.subject import Item
from chartgen.findings import Finding, Severity
from chartgen.kubernetes.validation import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "schema"
HELP = "Objects are what every supported Kubernetes version takes, and have no fields that it does not know."


def check(item: Item) -> Iterator[Finding]:
    """What the API servers would refuse. A custom resource cannot be judged, and that is worth knowing."""
    for found in validate(item.data, item.kube_versions) if item.kube_versions else validate(item.data):
        severity = Severity.INFO if found.unknown_kind else item.blame
        everywhere = found.unknown_kind or set(found.versions) >= set(item.kube_versions)
        versions = () if everywhere else found.versions
        yield Finding(NAME, item.at(found.path), found.message, "", severity, kube_versions=versions)
