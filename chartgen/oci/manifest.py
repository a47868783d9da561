"""What lies in a registry for a packed chart, computed before anything is sent: the bytes of `helm push`.

Helm dates a manifest by the file's time in the zone of the machine. Here the date is the one that the
archive carries in its head: it depends on the bytes of the archive alone.
Sources: helm, pkg/registry/client.go and chart.go, pkg/pusher/ocipusher.go; OCI Image Specification 1.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chartgen.chart import Chart
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen
from chartgen.helm_metadata import created, go_json, metadata
from chartgen.package import digest

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
OLD_CHART = "application/tar+gzip"  # of Helm before 3.7, which may still lie in registries
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
_PREFIX = "org.opencontainers.image."
CREATED = f"{_PREFIX}created"
_FIXED = (f"{_PREFIX}version", f"{_PREFIX}title")  # which no annotation of a chart sets aside


class Descriptor(Frozen):
    """What a manifest says of a blob: its type, its digest, its size in bytes."""

    media_type: str
    digest: str
    size: int


class Blob(Frozen):
    """Bytes of a certain type."""

    media_type: str
    data: bytes

    @property
    def descriptor(self) -> Descriptor:
        return Descriptor(self.media_type, digest(self.data), len(self.data))


class Artifact(Frozen):
    """A chart as a registry holds it: the manifest, byte by byte, and the blobs that it names."""

    manifest: bytes
    config: Blob
    layers: tuple[Blob, ...]

    @property
    def digest(self) -> str:
        return digest(self.manifest)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        return (*self.layers, self.config)


class Contents(Frozen):
    """What a manifest of a registry names."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: tuple[tuple[str, str], ...] = ()

    def layer(self, *media_types: str) -> Descriptor | None:
        return next((layer for layer in self.layers if layer.media_type in media_types), None)


def artifact(chart: Chart, archive: bytes, provenance: bytes | None = None) -> Artifact:
    """What `helm push` puts into a registry for a chart, packed, and its `.prov` where there is one."""
    head = metadata(chart)
    layers = [Blob(CHART, archive), *([Blob(PROVENANCE, provenance)] if provenance is not None else ())]
    return assembled(Blob(CONFIG, go_json(head)), layers, notes(head, archive))


def assembled(config: Blob, layers: list[Blob], told: dict[str, str]) -> Artifact:
    """A manifest around blobs; Helm sorts them by digest."""
    ordered = tuple(sorted(layers, key=lambda blob: blob.descriptor.digest))
    manifest: dict[str, Any] = {
        "schemaVersion": 2,
        "config": _named(config.descriptor),
        "layers": [_named(layer.descriptor) for layer in ordered],
    }
    if told:
        manifest["annotations"] = dict(sorted(told.items()))
    return Artifact(go_json(manifest), config, ordered)


def notes(head: dict[str, Any], archive: bytes) -> dict[str, str]:
    """What a manifest says of a chart. The chart's own annotations go before, but for name and version."""
    own = {key: text for key, text in head.get("annotations", {}).items() if key not in _FIXED}
    computed = {
        f"{_PREFIX}description": head.get("description", ""),
        f"{_PREFIX}title": head.get("name", ""),
        f"{_PREFIX}version": head.get("version", ""),
        f"{_PREFIX}url": head.get("home", ""),
        CREATED: created(archive),
        f"{_PREFIX}source": next(iter(head.get("sources", ())), ""),
        f"{_PREFIX}authors": ", ".join(map(_author, head.get("maintainers", ()))),
    }
    return {key: text for key, text in computed.items() if text.strip()} | own


def _author(one: dict[str, str]) -> str:
    return one.get("name", "") + (f" ({one['email']})" if one.get("email") else "")


def _named(one: Descriptor) -> dict[str, Any]:
    return {"mediaType": one.media_type, "digest": one.digest, "size": one.size}


def contents(manifest: bytes, where: str) -> Contents:
    """What the bytes of a manifest name. Raises ChartgenError for what is no manifest of a chart."""
    try:
        found = json.loads(manifest)
        config, *layers = map(_described, _descriptors(found))
        told = tuple(sorted((found.get("annotations") or {}).items()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ChartgenError(
            f"{where} is no manifest of a chart", "`helm push` and `chartgen push` make one"
        ) from None
    return Contents(config, tuple(layers), told)


def _descriptors(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield manifest["config"]
    yield from manifest["layers"]


def _described(one: dict[str, Any]) -> Descriptor:
    return Descriptor(str(one["mediaType"]), str(one["digest"]), int(one["size"]))
