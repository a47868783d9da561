"""A setting of one component changes nothing of another, but for how others reach it.

Values of one setting are held against each other, everything else in the values equal. Objects carry the
component that they belong to as a label. Where two components are called as their settings are (`backend`,
`frontend`), a setting below the one must leave the objects of the other as they are. What others have to know
of a component, to reach it or to wait for it, is its name, its ports and its Service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.findings import Finding, Place
from chartgen.manifest import Manifest, Rendering
from chartgen.manifest.pods import pod
from chartgen.settings import Path, Setting
from chartgen.verify.document import changed
from chartgen.verify.space import Trial

NAME = "spills"
HELP = "A setting of one component leaves the objects of the others as they are."
# What others may know of a component: how it is reached, and whether it is there.
LINKS = ("service", "containerPorts", "ports", "enabled", "name", "fullnameOverride")
_COMPONENT = "app.kubernetes.io/component"


class Spills:
    """What the values of one setting change; `components` are the first keys of all settings."""

    def __init__(self, setting: Setting, components: frozenset[str]) -> None:
        self._setting = setting
        self._others = components - {setting.path[0]}
        self._first: dict[str, dict[tuple[str, str], str]] = {}
        self._found: dict[str, tuple[Manifest, Trial]] = {}
        self._looks = len(setting.path) > 1 and setting.path[0] in components and not _known(setting.path)

    def add(self, trial: Trial, rendering: Rendering) -> None:
        """Takes in what came of a value."""
        if not self._looks:
            return
        theirs = {(m.source, m.label): m for m in rendering.manifests if _component(m) in self._others}
        digests = {key: manifest.digest for key, manifest in theirs.items()}
        first = self._first.setdefault(_around(trial.values, self._setting.path), digests)
        if digests != first and _component_of(rendering, self._setting.path[0]):
            for key, manifest in theirs.items():
                if first.get(key, digests[key]) != digests[key]:
                    self._found.setdefault(manifest.source, (manifest, trial))

    def findings(self) -> Iterator[tuple[Finding, Trial]]:
        """What is wrong with the setting, and the trial that shows it."""
        for source, (manifest, trial) in self._found.items():
            theirs = f"{manifest.label} of the component {_component(manifest)}"
            hint = "let it follow from settings of its own component, or from how the other one is reached"
            what = f"{theirs} changes with {self._setting.dotted}"
            yield Finding(NAME, Place(source, path=self._setting.dotted), what, hint), trial


def _known(path: Path) -> bool:
    return path[1] in LINKS


def _component(manifest: Manifest) -> str:
    labels = manifest.metadata.get("labels")
    return str(labels.get(_COMPONENT, "")) if isinstance(labels, Mapping) else ""


def _component_of(rendering: Rendering, name: str) -> bool:
    """Whether a component of that name runs, and not only a group of settings is called so, as `rbac` is."""
    return any(_component(manifest) == name and pod(manifest) for manifest in rendering.manifests)


def _around(document: Mapping[str, Any], path: Path) -> str:
    """The document without what stands at the path."""
    there = values.get(document, path[:1]) is not None
    return json.dumps(changed(document, path, None) if there else document, sort_keys=True)
