"""Plain files and nothing else: what is read here is never a link, a device, or something that waits."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from chartgen.errors import Problem
from chartgen.package import FILE_LIMIT, MIB, TOTAL_LIMIT, wrong_name

_TARGET = "links are not followed, and nothing is read that could wait for ever: put a plain file there"

Skip = Callable[[str, bool], bool]


class UnfitError(Exception):
    """A file that is not to be read, and why."""


def content(path: Path, limit: int, *, follow: bool = True, waits: bool = False) -> bytes:
    """A file of at most `limit` bytes: a plain one that waits for nobody, unless `waits`.

    Raises OSError and UnfitError.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | (0 if waits else os.O_NONBLOCK) | (0 if follow else os.O_NOFOLLOW)
    handle = os.open(path, flags)
    try:
        mode = os.fstat(handle).st_mode
        if not (stat.S_ISREG(mode) or (waits and stat.S_ISFIFO(mode))):
            raise UnfitError("not a plain file")
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read(limit + 1)
    finally:
        os.close(handle)
    if len(data) > limit:
        raise UnfitError(f"larger than {limit // MIB} MiB")
    return data


def tree(
    top: Path, problems: list[Problem], skip: Skip = lambda _name, _folder: False
) -> Iterator[tuple[str, bytes]]:
    """The plain files below `top` by their path in it, sorted; what is no plain file is a problem.

    `skip` is asked with the path of every file and folder, and whether it is a folder.
    """
    total = 0
    for name, path in sorted(_walk(top, problems, skip)):
        try:
            data = content(path, FILE_LIMIT, follow=False)
        except OSError as error:
            problems.append(Problem(str(path), str(error.strerror), "check who may read it"))
            continue
        except UnfitError as unfit:
            problems.append(Problem(str(path), str(unfit), "Helm refuses a chart with such a file"))
            continue
        total += len(data)
        if total > TOTAL_LIMIT:
            what = f"with it the files are larger than {TOTAL_LIMIT // MIB} MiB"
            problems.append(Problem(str(path), what, "Helm refuses a chart with so much"))
            return
        yield name, data


def _walk(top: Path, problems: list[Problem], skip: Skip) -> Iterator[tuple[str, Path]]:
    waiting = [(top, "")]
    while waiting:
        folder, inside = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            problems.append(Problem(str(folder), str(error.strerror), "check who may read it"))
            continue
        for entry in entries:
            name, is_folder = inside + entry.name, entry.is_dir(follow_symlinks=False)
            if skip(name, is_folder):
                continue
            if what := wrong_name(name):
                shown = ascii(str(folder / entry.name))
                problems.append(Problem(shown, what, "Helm reads no such name: rename it"))
            elif is_folder:
                waiting.append((Path(entry.path), f"{name}/"))
            elif entry.is_file(follow_symlinks=False):
                yield name, Path(entry.path)
            else:
                problems.append(Problem(entry.path, "neither a plain file nor a folder", _TARGET))
