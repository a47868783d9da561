"""A packed chart as a file, for as long as a Helm needs to read it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def on_disk(packed: bytes, name: str) -> Iterator[Path]:
    """The bytes of a chart as a file `<name>.tgz` that goes away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chartgen-"))
    try:
        path = folder / f"{name}.tgz"
        path.write_bytes(packed)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
