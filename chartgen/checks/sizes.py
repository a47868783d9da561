"""Sizes that only a server refuses: of one object, and of the release that Helm keeps."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, Scene, finding, mapping, once
from chartgen.findings import Finding, Place, Severity
from chartgen.kubernetes import limits

if TYPE_CHECKING:
    from chartgen.chart import Chart

NAME = "sizes"
HELP = "No object, and no release as a whole, is larger than Kubernetes, kubectl or Argo CD can take."
KIB = 1024
# Client-side apply keeps the whole object in one annotation.
APPLIED = limits.MAX_ANNOTATIONS
REQUEST = 3 * limits.MAX_DATA // 2  # what etcd takes in one request, by default
_ROAD = "split it, or let a person bring it in an object of their own (existingConfigMap and the like)"


def check(scene: Scene) -> Iterator[Finding]:
    """Each object, then the Secret in which Helm stores the release."""
    for item in scene.items:
        yield from _object(item)
    if scene.chart:
        yield from _release(scene, scene.chart)


@once
def _object(item: Item) -> Iterator[Finding]:
    whole = item.manifest.size
    too_much = _data(item) or (f"{_kib(whole)} KiB, and etcd takes 1,536 KiB" if whole > REQUEST else "")
    if too_much:
        yield finding(NAME, item, "", too_much, _ROAD, item.blame)
    elif whole > APPLIED:
        what = f"{_kib(whole)} KiB: client-side apply, the default of kubectl and Argo CD, fails over 256 KiB"
        hint = f"{_ROAD}; or apply server-side (argocd.argoproj.io/sync-options: ServerSideApply=true)"
        yield finding(NAME, item, "", what, hint, Severity.WARNING)


def _data(item: Item) -> str:
    """What the API server has against the values of a ConfigMap or Secret together."""
    values = {part: _strings(item.data.get(part)) for part in ("data", "stringData", "binaryData")}
    if item.kind == "ConfigMap":
        return limits.config_map_size(values)
    return limits.secret_size(values) if item.kind == "Secret" else ""


def _strings(values: object) -> dict[str, str]:
    return {key: value for key, value in mapping(values).items() if isinstance(value, str)}


def _release(scene: Scene, chart: Chart) -> Iterator[Finding]:
    packed = sum(len(file.data) * 4 // 3 for file in chart.files) + sum(
        item.manifest.size for item in scene.items
    )
    if packed < limits.MAX_DATA * 2 // 3:
        return  # in base64 this has room even if nothing could be compressed
    raw = _json(release(scene, chart))
    if stored(raw, level=1) <= limits.MAX_DATA:
        return  # the best compression needs five times as long to make it smaller still
    size = stored(raw)
    if size > limits.MAX_DATA:
        what = f"Helm keeps a release in one Secret: about {_kib(size)} KiB, and it takes 1,024"
        hint = "leave large files out of the chart (.helmignore), and bring them in an object of their own"
        yield Finding(NAME, Place("Chart.yaml"), what, hint)


def release(scene: Scene, chart: Chart) -> dict[str, Any]:
    """What Helm stores of a release, near enough for its size: the chart with every file in base64, the
    values and the manifests. Source: Helm, pkg/release and pkg/chart, the JSON names of their fields."""
    files = [{"name": file.path, "data": base64.b64encode(file.data).decode()} for file in chart.files]
    return {
        "name": scene.case.release.name,
        "chart": {"metadata": chart.metadata, "files": files, "values": chart.default_values},
        "config": scene.case.values,
        "manifest": [item.data for item in scene.items],
        "info": {"notes": scene.notes},
    }


def stored(raw: bytes, level: int = 9) -> int:
    """Bytes of a release in its Secret: gzip, best compression, then base64.

    Source: Helm, pkg/storage/driver/util.go, encodeRelease. zlib and Go differ by about a hundredth.
    """
    return (len(zlib.compress(raw, level)) + 2) // 3 * 4


def _json(value: object) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace")


def _kib(size: int) -> str:
    return f"{size / KIB:,.0f}"
