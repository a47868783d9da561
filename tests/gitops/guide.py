"""The manifests and commands of docs/guides/gitops.md, for a registry, a cluster and namespaces of a test."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.kubernetes import Done, Namespace, run
from tests.docs.documents import ROOT, Block, blocks
from tests.need import need

GUIDE = ROOT / "docs/guides/gitops.md"
REGISTRY = "oci://ghcr.io/ushadow-io/charts"


@cache
def marked() -> Mapping[str, Block]:
    """The blocks that the guide marks as tested, by their names."""
    found = blocks(GUIDE.read_text(encoding="utf-8"))
    return {block.note[1]: block for block in found if block.note[0] == "tested"}


@dataclass(frozen=True)
class Guide:
    """The guide for a reader whose charts lie in `registry`; `namespaces` maps its namespaces to theirs."""

    registry: str
    namespaces: Mapping[str, str]

    def text(self, name: str) -> str:
        text = marked()[name].text.replace(REGISTRY, self.registry)
        for said, own in self.namespaces.items():
            text = text.replace(f"namespace: {said}\n", f"namespace: {own}\n")
            text = text.replace(f"--namespace {said} ", f"--namespace {own} ")
        return text

    def manifests(self, name: str, **insecure: Any) -> list[dict[str, Any]]:
        """The objects of a block. `insecure` is what a kind needs for a registry without TLS, by its kind."""
        objects: list[dict[str, Any]] = list(yaml.safe_load_all(self.text(name)))
        for each in objects:
            for where, more in insecure.get(each["kind"], {}).items():
                each.setdefault(where, {}).update(more)
        return objects

    def run(self, name: str, cluster: Namespace) -> None:
        """A command of the guide, as a person types it who works on this cluster."""
        run_as(cluster, self.text(name)).checked()


def run_as(cluster: Namespace, text: str) -> Done:
    """What a shell says to a text, with kubectl and helm for this cluster."""
    folders = (Path(cluster.kubectl).parent, Path(need("helm4")).parent, os.environ.get("PATH", ""))
    mine = (f"KUBECONFIG={cluster.kubeconfig}", f"PATH={':'.join(map(str, folders))}")
    return run("env", *mine, "sh", "-ec", text)
