"""Sizes that only a server refuses: of one object, and of the release that Helm keeps."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, Scene, finding, mapping
from chartgen.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from chartgen.chart import Chart

NAME = "sizes"
HELP = "No object, and no release as a whole, is larger than Kubernetes, kubectl or Argo CD can take."
KIB = 1024
# Kubernetes, api/core: MaxSecretSize, which holds for ConfigMaps too; etcd takes 1.5 MiB of a request.
LARGEST = 1024 * KIB
# Kubernetes, apimachinery: TotalAnnotationSizeLimitB; client-side apply keeps the object in one annotation.
APPLIED = 256 * KIB
_ROAD = "split it, or let a person bring it in an object of their own (existingConfigMap and the like)"


def check(scene: Scene) -> Iterator[Finding]:
    """Each object, then the Secret in which Helm stores the release."""
    for item in scene.items:
        yield from _object(item)
    if scene.chart:
        yield from _release(scene, scene.chart)


def _object(item: Item) -> Iterator[Finding]:
    data, whole = _data(item), len(_json(item.data))
    if data > LARGEST or whole > LARGEST + LARGEST // 2:
        size = _kib(max(data, whole))
        what = f"{size} KiB, and the API server takes {_kib(LARGEST)} KiB of data"
        yield finding(NAME, item, "", what, _ROAD, item.blame)
    elif whole > APPLIED:
        what = f"{_kib(whole)} KiB: client-side apply, the default of kubectl and Argo CD, fails over 256 KiB"
        hint = f"{_ROAD}; or apply server-side (argocd.argoproj.io/sync-options: ServerSideApply=true)"
        yield finding(NAME, item, "", what, hint, Severity.WARNING)


def _data(item: Item) -> int:
    """Bytes of data in a ConfigMap or Secret, as the API server counts them; else of the whole object."""
    if item.kind not in ("ConfigMap", "Secret"):
        return len(_json(item.data))
    plain = "stringData" if item.kind == "Secret" else "data"
    encoded = "data" if item.kind == "Secret" else "binaryData"
    total = sum(len(str(v).encode("utf-8", "replace")) for v in mapping(item.data.get(plain)).values())
    return total + sum(len(str(v)) * 3 // 4 for v in mapping(item.data.get(encoded)).values())


def _release(scene: Scene, chart: Chart) -> Iterator[Finding]:
    raw = _json(release(scene, chart))
    if len(raw) < LARGEST * 3 // 4:
        return  # base64 makes four bytes of three, so this fits even if nothing could be compressed
    size = stored(raw)
    if size > LARGEST:
        what = f"Helm keeps a release in one Secret: about {_kib(size)} KiB, and it takes {_kib(LARGEST)}"
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


def stored(raw: bytes) -> int:
    """Bytes of a release in its Secret: gzip, best compression, then base64.

    Source: Helm, pkg/storage/driver/util.go, encodeRelease. zlib and Go differ by about a hundredth.
    """
    return (len(zlib.compress(raw, 9)) + 2) // 3 * 4


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode(
        "utf-8", "replace"
    )


def _kib(size: int) -> str:
    return f"{size / KIB:,.0f}"
