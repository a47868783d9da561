"""A chart as the bytes that are published: the same on every machine, whatever its clock or libraries.

Entries are in a fixed order with fixed modes, owners and times. The gzip stream holds its data in stored
blocks: a compressor's output depends on the build of its library, and a digest must not.
"""

from __future__ import annotations

import fnmatch
import re
import struct
import zlib
from collections.abc import Iterator

from chartgen.chart import Chart, ChartFile

# Seconds since 1970; a constant, so that the same chart has the same digest whenever it is packed.
EPOCH = 0
_BLOCK = 65535  # bytes in a stored block, RFC 1951 section 3.2.4
# The order of Helm's own packages: what is read first stands first. Source: helm, pkg/chart/v2/util/save.go.
_FIRST = ("Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json")


def archive(chart: Chart, epoch: int = EPOCH) -> bytes:
    """The `.tgz` of a chart, every entry dated `epoch` (seconds since 1970)."""
    parts = [_entry(f"{chart.name}/{file.path}", file.data, epoch) for file in _ordered(chart)]
    tar = b"".join(parts) + bytes(1024)
    return _gzip(tar, epoch)


def file_name(chart: Chart) -> str:
    """The name that Helm gives to the package of a chart."""
    return f"{chart.name}-{chart.version}.tgz"


def digest(data: bytes) -> str:
    """The digest of an archive, as registries write it."""
    from hashlib import sha256

    return f"sha256:{sha256(data).hexdigest()}"


def _ordered(chart: Chart) -> list[ChartFile]:
    def place(file: ChartFile) -> tuple[int, str]:
        if file.path in _FIRST:
            return _FIRST.index(file.path), ""
        return len(_FIRST) + (not file.path.startswith("templates/")), file.path

    return sorted(chart.files, key=place)


def _entry(name: str, data: bytes, epoch: int) -> bytes:
    import tarfile

    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(data), epoch, 0o644
    header = info.tobuf(tarfile.PAX_FORMAT)
    return header + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def _gzip(data: bytes, epoch: int) -> bytes:
    """RFC 1952, with no name and no operating system, so that nothing of the machine is in it."""
    head = struct.pack("<BBBBLBB", 0x1F, 0x8B, 8, 0, epoch, 0, 255)
    return b"".join([head, *_stored(data), struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)])


def _stored(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        yield struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block


def ignored(path: str, rules: str) -> bool:
    """Whether a `.helmignore` leaves a file out; every folder above it counts too.

    Source of the rules: Helm documentation, "The .helmignore file".
    """
    out = False
    for line in rules.splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#") and _matches(path, rule.removeprefix("!")):
            out = not rule.startswith("!")
    return out


def _matches(path: str, rule: str) -> bool:
    folders_only = rule.endswith("/")
    rule = rule.rstrip("/")
    parts = path.split("/")
    for n in range(1, len(parts) + 1):
        if folders_only and n == len(parts):
            break
        name = "/".join(parts[:n])
        if _glob(name, rule.lstrip("/")) if "/" in rule else _glob(parts[n - 1], rule):
            return True
    return False


def _glob(name: str, pattern: str) -> bool:
    # `*` of a path pattern stops at a slash, which fnmatch's does not.
    return re.fullmatch(fnmatch.translate(pattern).replace(".*", "[^/]*"), name) is not None
