"""One run at a time: two that write the same files would each undo what the other has begun."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chartgen.errors import ChartgenError


@contextmanager
def alone(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds a project, by the file that describes it; calls `waiting` when another run holds it already.

    The kernel ends the hold with the process, however that ends. Raises ChartgenError when the file
    cannot be read. Where the file system knows no locks (some that come over a network), nobody waits.
    """
    handle = _held(path, waiting)
    try:
        yield
    finally:
        os.close(handle)


def _held(path: Path, waiting: Callable[[], None]) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ChartgenError(f"{path}: {error.strerror}", "check the path, and who may read it") from None
        _lock(handle, waiting)
        if _is_still(path, handle):
            return handle
        os.close(handle)  # it was replaced while we waited: what we hold is not what others will ask for


def _lock(handle: int, waiting: Callable[[], None]) -> None:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting()
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        return


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return True  # whoever asks next will be told that it is gone
