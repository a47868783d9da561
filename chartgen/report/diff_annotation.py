"""Changes as the text of the annotation `artifacthub.io/changes`.

Source: Artifact Hub documentation, "Changelog annotation": a list of `kind` and `description`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen import documents
from chartgen.changelog import entries

if TYPE_CHECKING:
    from chartgen.changes import Comparison


def render(comparison: Comparison, *, color: bool = False) -> str:
    """YAML; an empty list when there is nothing to tell."""
    del color
    return documents.dump([{"kind": e.news, "description": e.text} for e in entries(comparison.changes)])
