"""What a chart renders to: objects with identity, references and digest, and the renderings they are in."""

from __future__ import annotations

from chartgen.manifest.differences import Difference, differences
from chartgen.manifest.objects import Identity, Manifest, parse
from chartgen.manifest.pods import Container, Pod, pod
from chartgen.manifest.references import Reference, references
from chartgen.manifest.rendering import Case, Release, Rendering

__all__ = [
    "Case",
    "Container",
    "Difference",
    "Identity",
    "Manifest",
    "Pod",
    "Reference",
    "Release",
    "Rendering",
    "differences",
    "parse",
    "pod",
    "references",
]
