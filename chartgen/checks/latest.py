"""Images that mean something else tomorrow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.checks.subject import Item, finding
from chartgen.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.findings import Finding
    from chartgen.manifest import Container

NAME = "latest"
HELP = "Every image has a tag or digest that stays what it is, and a pull policy that goes with it."
# [registry[:port]/]path[:tag][@digest]; the last colon is a tag's unless a slash follows it. A registry may
# be an IPv6 address in brackets. Source: the distribution project, "reference" grammar.
IMAGE = re.compile(
    r"(?P<name>(?:\[[0-9a-fA-F:]+\]|[^\s:@]+)(?:(?::[0-9]+)?/[^\s:@]+)?)(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>\w+:[0-9a-fA-F]{32,}))?"
)
MOVING = ("latest", "main", "master", "edge", "nightly", "dev", "develop", "stable")


def check(item: Item) -> Iterator[Finding]:
    """All containers of the object's pod, init containers too."""
    for container in item.containers:
        yield from _image(item, container)


def _image(item: Item, container: Container) -> Iterator[Finding]:
    image, path = container.data.get("image"), f"{container.path}.image"
    match = IMAGE.fullmatch(image) if isinstance(image, str) else None
    if match is None:
        hint = "write [registry/]path:tag, or [registry/]path@sha256:..."
        yield finding(NAME, item, path, f"{image!r} is no image reference", hint, item.blame)
        return
    tag, digest, policy = match["tag"], match["digest"], container.data.get("imagePullPolicy")
    if digest:
        return
    if tag is None or tag == "latest":
        what = f"{image} is whatever was pushed last" if tag else f"{image} has no tag, so it means :latest"
        yield finding(NAME, item, path, what, "name a version or a digest", Severity.WARNING)
    if tag in MOVING and policy == "IfNotPresent":
        what = f"{image} moves, and with IfNotPresent each node keeps the one it saw first"
        yield finding(NAME, item, f"{container.path}.imagePullPolicy", what, "use Always", Severity.WARNING)
