"""Files beside compose files that fit into a ConfigMap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chartgen.compose.source import Source
from chartgen.frozen import Frozen

COUNT, BYTES = 100, 500_000  # of one mount; a ConfigMap holds 1 MiB


class Found(Frozen):
    """What a path leads to: files, or more than fits, or nothing. `single` names the one file."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    single: str = ""
    mode: str = ""
    too_much: str = ""


def files_of(source: Source, path: str) -> Found:
    """The file or the folder at `path`."""
    one = source.file(path)
    if one is not None:
        name = path.rpartition("/")[2]
        if len(one) > BYTES:
            return Found(too_much=f"{len(one):,} bytes")
        return Found({name: one}, name, "0555" if source.executable(path) else "")
    found = source.folder(path)
    if found is None:
        return Found()
    size = sum(map(len, found.values()))
    if len(found) > COUNT or size > BYTES:
        return Found(too_much=f"{len(found):,} files and {size:,} bytes")
    executable = any(source.executable(f"{path}/{name}") for name in found)
    return Found(found, mode="0555" if executable else "")
