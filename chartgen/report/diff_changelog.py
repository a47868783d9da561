"""Changes as the section of a changelog, headed by the newer version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.changelog import entries, section

if TYPE_CHECKING:
    from chartgen.changes import Comparison


def render(comparison: Comparison, *, color: bool = False) -> str:
    """What users are told, in the words of keepachangelog.com."""
    del color
    return section(comparison.new.rpartition(" ")[2], entries(comparison.changes))
