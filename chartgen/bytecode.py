"""Compiled templates, kept where Python keeps compiled modules and under the same switches.

Compiling twenty templates costs more than everything else that `generate` does. As with `.pyc` files,
a folder that cannot be written costs time and nothing else.
"""

from __future__ import annotations

import os
import sys
from importlib import util
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """One file beside Python's own, for each template; Jinja itself checks that it matches the source."""

    def __init__(self) -> None:
        self.folder = Path(util.cache_from_source(str(Path(__file__).parent / "templates" / "x.py"))).parent

    def _path(self, bucket: Bucket) -> Path:
        tag = f"{sys.implementation.cache_tag}-jinja{jinja2.__version__}"
        return self.folder / f"{bucket.key}.{tag}.pyc"

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with open(self._path(bucket), "rb") as file:
                bucket.load_bytecode(file)
        except (OSError, EOFError, ValueError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(bucket.bytecode_to_string())
            os.replace(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
