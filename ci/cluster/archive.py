"""Write a container image as an archive in Docker's format, without Docker.

The layout is what `docker save` writes: a configuration, one tar file for each layer, and manifest.json
(moby/docker-image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format"). The same input gives
the same bytes: names are sorted by the caller, all times are zero, everything belongs to root.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Entry:
    """One file (`data`), link (`target`) or folder (neither) of a layer; no leading slash in its path."""

    path: str
    mode: int
    data: bytes | None = None
    target: str | None = None


@dataclass(frozen=True)
class Image:
    """What the archive says of an image; `layers` are the paths of tar files, the lowest first."""

    tags: tuple[str, ...]
    layers: tuple[Path, ...]
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = ""


def _member(entry: Entry) -> tarfile.TarInfo:
    member = tarfile.TarInfo(entry.path)
    member.mode = entry.mode
    if entry.target is not None:
        member.type, member.linkname = tarfile.SYMTYPE, entry.target
    elif entry.data is None:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(entry.data)
    return member


def write_layer(out: Path, entries: Iterable[Entry]) -> None:
    """The entries as a tar file; a folder must come before what lies in it."""
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
        for entry in entries:
            tar.addfile(_member(entry), io.BytesIO(entry.data) if entry.data is not None else None)


def pack_folder(out: Path, root: Path, leave_out: Callable[[str], bool]) -> None:
    """All below the folder `root` as a tar file, but for paths that `leave_out` names."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
        return None if leave_out(member.name.removeprefix("./")) else member

    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(root.iterdir()):
            tar.add(path, arcname=path.name, filter=plain)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _configuration(image: Image, layers: list[str]) -> bytes:
    values = {
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "created": EPOCH,
        "config": {
            "Entrypoint": list(image.entrypoint) or None,
            "Cmd": list(image.command) or None,
            "Env": [PATH, *(f"{name}={value}" for name, value in sorted(image.environment.items()))],
            "WorkingDir": image.workdir,
            "User": image.user,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in layers]},
        "history": [{"created": EPOCH, "created_by": "ci/cluster"} for _ in layers],
    }
    return json.dumps(values, sort_keys=True).encode()


def write_image(out: Path, image: Image) -> None:
    """The archive of `image`, whole or not at all; `ctr images import` reads it."""
    digests = [_digest(layer) for layer in image.layers]
    configuration = _configuration(image, digests)
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    names = [f"{digest}/layer.tar" for digest in digests]
    manifest = json.dumps([{"Config": name, "RepoTags": list(image.tags), "Layers": names}]).encode()
    scratch = out.with_name(f".{out.name}")
    with tarfile.open(scratch, "w", format=tarfile.GNU_FORMAT) as tar:
        for path, data in ((name, configuration), ("manifest.json", manifest)):
            tar.addfile(_member(Entry(path, 0o644, data)), io.BytesIO(data))
        for path, layer in zip(names, image.layers, strict=True):
            member = tarfile.TarInfo(path)
            member.mode, member.size = 0o644, layer.stat().st_size
            with layer.open("rb") as file:
                tar.addfile(member, file)
    scratch.rename(out)
