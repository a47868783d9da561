"""Rendered texts to a Rendering that is the same whichever engine made them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.engine import Answer, Refusal
from chartgen.errors import RenderError, UsageError
from chartgen.manifest import Manifest, Rendering, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.manifest import Case

NOTES = "NOTES.txt"
_KUBERNETES = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(.*)")


def answer(case: Case, texts: Mapping[str, str], notes: str) -> Answer:
    """The Rendering of `texts`, by template path; a Refusal when one of them is not what Kubernetes takes.

    Objects stand in the order of their templates, and in one template of kind and name: `helm template`
    sorts them by kind and drops where they stood.
    """
    found: list[Manifest] = []
    for path in sorted(texts):
        try:
            found += sorted(parse(texts[path], path), key=lambda m: (m.kind, m.namespace, m.name))
        except RenderError as error:
            return Refusal(case, "template", str(error), str(error))
    return Rendering(case, tuple(found), notes, dict(sorted(texts.items())))


def kube_version(case: Case) -> str:
    """The Kubernetes version of `case` with all three numbers, "" for none: Helms disagree on `1.30`."""
    if not case.kube_version:
        return ""
    match = _KUBERNETES.fullmatch(case.kube_version)
    if not match:
        raise UsageError(f"{case.kube_version!r} is not a Kubernetes version", "write it as 1.30 or 1.30.2")
    major, minor, patch, rest = match.groups()
    return f"{major}.{minor}.{patch or 0}{rest}"
