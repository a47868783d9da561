"""Renderings: what goes into Helm, and what comes out, parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from chartgen.manifest.objects import Manifest


class Release(Frozen):
    """The release that templates see; the defaults are those of `helm template`."""

    name: str = "release-name"
    namespace: str = "default"
    is_upgrade: bool = False
    revision: int = 1


class Case(Frozen):
    """One question to Helm: values on top of the chart's, and a release.

    `overlay` is the name of the values for people. `kube_version` (`1.30`, `v1.30.2`) is the Kubernetes
    that templates see, "" the engine's own default.
    """

    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    release: Release = Release()
    overlay: str = ""
    kube_version: str = ""

    @property
    def name(self) -> str:
        """What to call the case before people."""
        return self.overlay or "default values"


class Rendering(Frozen):
    """All objects of a case in the order of their templates, hooks and tests included.

    `texts` has the rendered text of every template by its path (`templates/service.yaml`), NOTES.txt
    and partials left out.
    """

    case: Case
    manifests: tuple[Manifest, ...]
    notes: str = ""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
