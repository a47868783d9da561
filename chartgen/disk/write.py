"""Putting files in place: whole or not at all, with nothing of the machine in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from chartgen.disk.read import TEMPORARY
from chartgen.errors import ChartgenError

_UNTOUCHED = "nothing of this file was changed"


def write_file(path: Path, data: bytes, durable: bool = False, dated: int | None = None) -> bool:
    """Puts a whole file in place at once, or leaves what was there; False when it was there already.

    `durable` waits until it would outlive a power cut as well: 3 ms a file, which is not worth it for what
    the next run would make again. `dated` is the time that the file then has. Raises ChartgenError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _holds(path, data):
            _date(path, dated)
            return False
        temporary = _temporary(path.parent, data, durable)
        try:
            _date(temporary, dated)
            temporary.replace(path)
        except OSError:
            temporary.unlink()
            raise
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", _UNTOUCHED) from None
    return True


def write_files(
    folder: Path, files: Mapping[str, bytes | None], durable: bool = False, dated: int | None = None
) -> None:
    """Puts several files into a folder in their order, once there is room for all; None removes one.

    Killed in the middle, it leaves some as they were and some new, each of them whole. Raises ChartgenError.
    """
    ready: dict[Path, Path] = {}
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in ((folder / name, data) for name, data in files.items()):
            if data is not None and not _holds(path, data):
                ready[path] = _temporary(folder, data, durable)
            if data is not None:
                _date(ready.get(path, path), dated)
        for path in (folder / name for name, data in files.items() if data is None):
            path.unlink(missing_ok=True)
        for path in tuple(ready):
            ready[path].replace(path)
            del ready[path]
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", _UNTOUCHED) from None
    finally:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)


def holds(path: Path, data: bytes) -> bool:
    """Whether a file is there, and has this content. Raises ChartgenError when that cannot be found out."""
    try:
        return _holds(path, data)
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", "check what it is, and who may read it") from None


def create_file(path: Path, data: bytes) -> None:
    """Makes a file that is not there yet. Raises ChartgenError, also when somebody else was quicker."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary(path.parent, data)
        try:
            # Unlike a rename, a link never takes the place of what is there.
            path.hardlink_to(temporary)
        finally:
            temporary.unlink()
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", _UNTOUCHED) from None


def write_output(path: Path, data: bytes) -> None:
    """Writes where a person wants something put: through links, and into what is no file (`/dev/null`)."""
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if not target.exists() or target.is_file():
        write_file(target, data)
        return
    try:
        target.write_bytes(data)
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", "give the path of a file") from None


def _date(path: Path, dated: int | None) -> None:
    if dated is not None and path.stat().st_mtime_ns != dated * 10**9:
        os.utime(path, (dated, dated))


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file is there with this content, as a plain file of its own."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == len(data) and path.read_bytes() == data


def _temporary(folder: Path, data: bytes, durable: bool = False) -> Path:
    """A new file with `data` that has no name yet; gone again when it cannot be written."""
    path = folder / f".chartgen-tmp-{os.urandom(6).hex()}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(handle, 0o644)  # whatever the umask
            if durable:
                os.fsync(handle)
    except OSError:
        path.unlink()
        raise
    return path


def leftovers(folder: Path) -> list[Path]:
    """What killed runs left in a folder. Nobody else may be writing there: see `lock`."""
    try:
        return sorted(path for path in folder.iterdir() if TEMPORARY.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def sweep(folder: Path) -> None:
    """Removes what killed runs left in a folder and below."""
    for inside, _, _ in os.walk(folder):
        for path in leftovers(Path(inside)):
            remove(folder, path.relative_to(folder).as_posix())


def remove(folder: Path, path: str) -> None:
    """Removes a file, and the folders around it that it leaves empty. Raises ChartgenError."""
    target = folder / path
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise ChartgenError(f"{target}: {error.strerror}", "check who may remove it") from None
    for parent in target.relative_to(folder).parents:
        try:
            if parent != Path():
                (folder / parent).rmdir()
        except OSError:
            return  # not empty


def write_folder(folder: Path, texts: Mapping[str, str | None]) -> None:
    """Writes each text to its path below a folder; None removes the file."""
    sweep(folder)
    for path, text in texts.items():
        if text is None:
            remove(folder, path)
        else:
            write_file(folder / path, text.encode())
