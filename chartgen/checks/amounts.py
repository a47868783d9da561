"""Requests and limits of containers that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.checks.subject import Item, finding, mapping
from chartgen.findings import Finding
from chartgen.kubernetes import amounts

NAME = "amounts"
HELP = "No container requests more than its limit; devices and huge pages are requested as they are limited."


def check(item: Item) -> Iterator[Finding]:
    """The resources of each container of a pod."""
    for container in item.containers:
        for path, what in amounts.against(mapping(container.data.get("resources"))):
            where = f"{container.path}.resources.{path}".rstrip(".")
            yield finding(NAME, item, where, what, severity=item.blame)
