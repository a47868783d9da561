"""The files below one folder, which is looked into, never left, and of which never too much is read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

LIMIT = 1 << 20  # bytes of one file, and of one folder
COUNT = 1000  # files of one folder


class Beside(Frozen):
    """A folder, as what reads compose files wants it. Links that lead out of it are refused."""

    root: Path

    def file(self, path: str) -> bytes | None:
        """The content of a file, one byte more than the limit at most; None when there is none."""
        found = self._inside(path)
        if found is None or not found.is_file():
            return None
        return _start(found, path)

    def folder(self, path: str) -> Mapping[str, bytes] | None:
        """The files below a folder by their path in it, a little more than the limits at most."""
        found = self._inside(path)
        if found is None or not found.is_dir():
            return None
        files, size = dict[str, bytes](), 0
        for name in _names(found):
            inside = self._inside(f"{path}/{name}")
            if inside is None or size > LIMIT or len(files) > COUNT:
                break
            if inside.is_file():
                files[name] = _start(inside, f"{path}/{name}")
                size += len(files[name])
        return files

    def executable(self, path: str) -> bool:
        found = self._inside(path)
        return found is not None and found.is_file() and os.access(found, os.X_OK)

    def _inside(self, path: str) -> Path | None:
        """The path with its links followed. Raises ChartgenError when that is outside."""
        root, found = self.root.resolve(), (self.root / path).resolve()
        if not found.exists():
            return None
        if found != root and root not in found.parents:
            raise ChartgenError(f"{path}: leads out of {self.root}", "put the file there, not a link to it")
        return found


def _start(file: Path, name: str) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LIMIT + 1)
    except OSError as error:
        raise ChartgenError(f"{name}: {error.strerror}", "check who may read it") from None


def _names(folder: Path) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield (Path(here) / name).relative_to(folder).as_posix()
