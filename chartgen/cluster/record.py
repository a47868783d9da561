"""What Helm keeps of a release: a Secret (or ConfigMap) for each revision, with all of it inside.

Source: helm/helm pkg/storage/driver/secrets.go and util.go: labels owner, name, status and version; JSON,
gzipped, in base64. The values of the release are in there too: they are never read.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.doctor.snapshot import Hook, Record, Unread
from chartgen.errors import RenderError
from chartgen.manifest import Manifest, parse

LARGEST = 64 * 1024 * 1024  # bytes unpacked: more is no release
GOOD = ("deployed", "superseded")


def newest(stored: Iterable[Mapping[str, Any]]) -> Record | Unread | None:
    """The newest revision of those that are stored; None when there is none."""
    revisions = sorted(stored, key=_version)
    if not revisions:
        return None
    good = [item for item in revisions[:-1] if _label(item, "status") in GOOD]
    try:
        return _record(revisions[-1], _version(good[-1]) if good else 0)
    except (ValueError, KeyError, TypeError, AttributeError, NoBase64, OSError, zlib.error, EOFError):
        return Unread("what Helm keeps of the release cannot be read: it is damaged, or of a newer Helm")


def names(stored: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the releases that are stored."""
    return tuple(sorted({_label(item, "name") for item in stored} - {""}))


def _record(item: Mapping[str, Any], good: int) -> Record:
    data = _unpacked(item)
    info, chart = data["info"], data.get("chart", {}).get("metadata", {})
    return Record(
        revision=int(data.get("version") or _version(item)),
        status=str(info["status"]),
        description=str(info.get("description") or ""),
        chart=f"{chart.get('name', '?')} {chart.get('version', '?')}",
        manifests=_parsed(str(data.get("manifest") or "")),
        hooks=tuple(_hooks(data.get("hooks") or ())),
        good=good,
    )


def _unpacked(item: Mapping[str, Any]) -> Mapping[str, Any]:
    packed = str(item["data"]["release"])
    data = b64decode(b64decode(packed) if item.get("kind") == "Secret" else packed)
    if data[:2] == b"\x1f\x8b":
        data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, LARGEST)
    found = json.loads(data)
    return found if isinstance(found, dict) else {}


def _hooks(found: Iterable[Mapping[str, Any]]) -> Iterator[Hook]:
    for hook in found:
        phase = str((hook.get("last_run") or {}).get("phase") or "")
        for manifest in _parsed(str(hook.get("manifest") or "")):
            yield Hook(manifest, "" if phase == "Unknown" else phase)


def _parsed(text: str) -> tuple[Manifest, ...]:
    """The objects of a rendering, Secrets without what is in them."""
    try:
        found = parse(text, "release")
    except RenderError:
        return ()
    return tuple(_emptied(item) if item.kind == "Secret" else item for item in found)


def _emptied(item: Manifest) -> Manifest:
    return Manifest({k: v for k, v in item.data.items() if k not in ("data", "stringData")}, item.source)


def _label(item: Mapping[str, Any], name: str) -> str:
    return str((item.get("metadata", {}).get("labels") or {}).get(name) or "")


def _version(item: Mapping[str, Any]) -> int:
    text = _label(item, "version")
    return int(text) if text.isdecimal() else 0
