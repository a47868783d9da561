"""A chart as the bytes that are published: the same on every machine, whatever its clock or libraries.

Entries are in a fixed order with fixed modes, owners and times. The gzip stream holds its data in stored
blocks: a compressor's output depends on the build of its library, and a digest must not. The headers are
written here for the same reason: tarfile's have changed between releases of Python.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError

MIB = 1 << 20
FILE_LIMIT = 5 * MIB  # bytes; Helm refuses a chart with a larger file: pkg/chart/loader/archive/archive.go
TOTAL_LIMIT = 100 * MIB  # bytes; Helm refuses a chart that unpacks to more
# Seconds since 1970; a constant, so that the same chart has the same digest whenever it is packed.
EPOCH = 0
LAST_EPOCH = (1 << 32) - 1  # in 2106: the head of a gzip stream has four bytes for it
_BLOCK = 65535  # bytes in a stored block, RFC 1951 section 3.2.4
_RECORD = 512  # bytes in a block of a tar archive, POSIX.1-2001 pax
_NAME = 100  # bytes that a header has for a name
# The order of Helm's own packages: what is read first stands first. Source: helm, pkg/chart/v2/util/save.go.
_FIRST = ("Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json")
_TEMPLATES, _OTHERS, _SUBCHARTS = range(len(_FIRST), len(_FIRST) + 3)


def archive(chart: Chart, epoch: int = EPOCH) -> bytes:
    """The `.tgz` of a chart, every entry dated `epoch` (seconds since 1970)."""
    parts = [_entry(f"{chart.name}/{file.path}", file.data, epoch) for file in _ordered(chart)]
    return _gzip(b"".join(parts) + bytes(2 * _RECORD), epoch)


def file_name(chart: Chart) -> str:
    """The name that Helm gives to the package of a chart."""
    return f"{chart.name}-{chart.version}.tgz"


def digest(data: bytes) -> str:
    """The digest of an archive, as registries write it."""
    from hashlib import sha256

    return f"sha256:{sha256(data).hexdigest()}"


def date(archive: bytes) -> int:
    """The date in the head of an archive, seconds since 1970; Helm's own have 0 there. Source: RFC 1952."""
    return int.from_bytes(archive[4:8], "little")


def _ordered(chart: Chart) -> list[ChartFile]:
    return sorted(chart.files, key=lambda file: _place(file.path.split("/")))


def _place(path: list[str]) -> tuple[Any, ...]:
    """Where a file stands: folder by folder, and each subchart, last, in the order of a chart."""
    if len(path) == 1 and path[0] in _FIRST:
        return (_FIRST.index(path[0]),)
    if path[0] == "charts" and len(path) > 1:
        return _SUBCHARTS, path[1], *(_place(path[2:]) if path[2:] else ())
    return (_TEMPLATES if path[0] == "templates" and path[1:] else _OTHERS), path


def _entry(name: str, data: bytes, epoch: int) -> bytes:
    """One file; a name that the old header has no room or letters for goes before it, in a pax record."""
    encoded = name.encode()
    plain = name.isascii() and len(encoded) <= _NAME
    before = b"" if plain else _part(b"././@PaxHeader", _pax("path", encoded), 0, b"x")
    short = name.encode("ascii", "replace")[:_NAME]
    return before + _part(short, data, epoch, b"0")


def _pax(key: str, value: bytes) -> bytes:
    """A pax record: its length, itself included, then key and value."""
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest)
    while len(str(length).encode() + rest) != length:
        length = len(str(length).encode() + rest)
    return str(length).encode() + rest


def _part(name: bytes, data: bytes, epoch: int, kind: bytes) -> bytes:
    """Header and content. Layout: POSIX.1-2001, pax, "ustar Interchange Format"."""
    mode, owner, group = b"0000644\0", b"0000000\0", b"0000000\0"
    numbers = b"%011o\0%011o\0" % (len(data), epoch)
    after = (kind + bytes(100) + b"ustar\x0000").ljust(_RECORD - 156, b"\0")
    head = name.ljust(_NAME, b"\0") + mode + owner + group + numbers
    checksum = b"%06o\0 " % sum(head + b" " * 8 + after)
    return head + checksum + after + data + bytes(-len(data) % _RECORD)


def _gzip(data: bytes, epoch: int) -> bytes:
    """RFC 1952, with no name and no operating system, so that nothing of the machine is in it."""
    head = struct.pack("<BBBBLBB", 0x1F, 0x8B, 8, 0, epoch, 0, 255)
    return b"".join([head, *_stored(data), struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)])


def _stored(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        yield struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block


def opened(data: bytes) -> tuple[ChartFile, ...]:
    """The files of a packed chart, whoever packed it; nothing is ever unpacked on a disk.

    Raises ChartgenError for what is no archive, is too large once unpacked, or holds a link, a device, a
    name twice, or a name that leads out of the chart.
    """
    found: dict[str, ChartFile] = {}
    roots = set()
    for name, content in _unpacked(data):
        root, path = _inside(name)
        if not path or path in found:
            raise _bad(f"{name!r} {'stands in it twice' if path else 'is in no folder'}")
        roots.add(root)
        found[path] = ChartFile(path, content)
    if len(roots) > 1:
        raise _bad(f"it has more than one folder: {', '.join(sorted(roots))}")
    return tuple(sorted(found.values()))


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of an archive."""
    import gzip
    import io
    import tarfile

    # Headers and padding come on top of the content; what is over the limit is noticed, not unpacked.
    limit = TOTAL_LIMIT + TOTAL_LIMIT // 10
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1)
        if len(plain) > limit:
            raise _bad(f"it unpacks to more than {TOTAL_LIMIT // MIB} MiB")
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            members = [member for member in tar if not member.isdir()]
    except (tarfile.TarError, OSError, EOFError, ValueError, ArithmeticError, zlib.error) as error:
        raise _bad(str(error)) from None
    except RecursionError:  # tarfile follows a header of a header of a header
        raise _bad("its headers are nested") from None
    for member in members:
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            raise _bad(f"{member.name!r} is neither a plain file nor a folder")
        if member.size > FILE_LIMIT:
            raise _bad(f"{member.name!r} is larger than {FILE_LIMIT // MIB} MiB")
        yield member.name, plain[member.offset_data : member.offset_data + member.size]


def _inside(name: str) -> tuple[str, str]:
    """The folder at the top, and the path in it."""
    parts = name.removeprefix("./").split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or wrong_name(name):
        raise _bad(f"{name!r} is no path of a chart")
    return parts[0], "/".join(parts[1:])


def wrong_name(path: str) -> str:
    """What is wrong with the name of a file in a chart, or nothing."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    # Helm takes a backslash for a separator: pkg/chart/loader/archive/archive.go.
    bad = next((c for c in path if c == "\\" or ord(c) < 0x20 or ord(c) == 0x7F), "")
    return f"its name holds {bad!r}" if bad else ""


def _bad(why: str) -> ChartgenError:
    return ChartgenError(f"not a packed chart: {why}", "`chartgen package` and `helm package` make one")
