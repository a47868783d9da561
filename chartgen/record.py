"""What a package is made of, as data beside it: digest, files, versions, and the images that its pods run.

A function of the chart, its bytes and its renderings: the same on every machine, like the package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from chartgen import __version__
from chartgen.chart import Chart
from chartgen.frozen import Frozen
from chartgen.manifest import Rendering
from chartgen.manifest.pods import pod
from chartgen.package import digest, file_name

SCHEMA = "chartgen/package/v1"
# What stands beside a package, by the end of its name.
RECORD, SBOM, PROVENANCE = ".json", ".cdx.json", ".tgz.prov"


class Image(Frozen):
    """An image that pods of a chart run, and the values it is run with: `default values`, or overlays."""

    reference: str  # as it stands in a pod
    used_with: tuple[str, ...]

    @property
    def digest(self) -> str:
        """`sha256:...`, or "" when the reference has a tag alone: what that leads to may change."""
        return self.reference.partition("@")[2]

    @property
    def repository(self) -> str:
        """Registry and name, without tag and digest."""
        name = self.reference.partition("@")[0]
        return name.removesuffix(f":{self.tag}") if self.tag else name

    @property
    def tag(self) -> str:
        # A colon before the last slash is that of a port.
        return self.reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def name_beside(chart: Chart, suffix: str) -> str:
    """The name of a file about a package: `shop-1.0.0.json`."""
    return file_name(chart).removesuffix(".tgz") + suffix


def images(renderings: Iterable[Rendering]) -> tuple[Image, ...]:
    """The images of every pod of the renderings, sorted."""
    found: dict[str, dict[str, None]] = {}
    for rendering in renderings:
        for reference in _references(rendering):
            found.setdefault(reference, {})[rendering.case.name] = None
    return tuple(Image(reference, tuple(found[reference])) for reference in sorted(found))


def _references(rendering: Rendering) -> Iterator[str]:
    for manifest in rendering.manifests:
        if found := pod(manifest):
            for container in found.containers:
                if image := container.data.get("image"):
                    yield str(image)


def record(chart: Chart, packed: bytes, epoch: int, used: Iterable[Image]) -> bytes:
    """The record of a package, as JSON. docs/package-record.schema.json describes it."""
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "package": {
            "file": file_name(chart),
            "size": len(packed),
            "digest": digest(packed),
            "epoch": epoch,
        },
        "versions": _versions(chart),
        "files": [
            {"path": file.path, "size": len(file.data), "sha256": sha256(file.data).hexdigest()}
            for file in chart.files
        ],
        "images": [
            {"image": image.reference, "digest": image.digest or None, "usedWith": list(image.used_with)}
            for image in used
        ],
    }
    return f"{json.dumps(made, indent=2, ensure_ascii=False)}\n".encode()


def _versions(chart: Chart) -> dict[str, str | None]:
    head = chart.metadata
    app, kubernetes = (head.get(key) for key in ("appVersion", "kubeVersion"))
    return {
        "chart": chart.version,
        "app": None if app is None else str(app),
        "kubernetes": None if kubernetes is None else str(kubernetes),
        "chartgen": __version__,
    }
