"""What surrounds the values of a person: the release that they are installed as, and a parent chart."""

from __future__ import annotations

from chartgen.manifest import Release
from chartgen.verify.document import Document

# What a parent chart hands down: its own globals beside ours, and whether we are wanted at all.
PARENTS: tuple[Document, ...] = (
    {"global": {"parent": {"name": "umbrella", "list": [1, "a"]}}},
    {"global": {"parent": None}},
    {"enabled": True, "global": {"tier": "a"}},
    {"enabled": False},
)
RELEASES = (
    Release("a"),
    Release("a" * 53),
    Release("1e3"),
    Release("no", "true"),
    Release("a.b-c"),
    Release("release-name", "n" * 63),
    Release("release-name", is_upgrade=True, revision=7),
)
