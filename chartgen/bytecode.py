"""Compiled templates, kept where Python keeps compiled modules and under the same switches.

Compiling forty templates costs more than everything else that `generate` does. All of them lie in one file,
which counts while no template has another time or size. As with `.pyc` files, a folder that cannot be
written costs time and nothing else.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2 import BaseLoader, Environment, Template, TemplateNotFound

SUFFIX = ".j2"
Stamp = tuple[tuple[str, int, int], ...]  # name, time in nanoseconds, bytes


class Compiled(BaseLoader):
    """The templates of a folder. `made_by` is the file that decides how they are compiled."""

    def __init__(self, folder: Path, made_by: Path) -> None:
        self.folder = folder
        self._made_by = made_by

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        path = self.folder / template
        try:
            return path.read_text("utf-8"), str(path), None
        except OSError:
            raise TemplateNotFound(template) from None

    def load(
        self, environment: Environment, name: str, variables: MutableMapping[str, Any] | None = None
    ) -> Template:
        codes = self._kept or self._compile(environment)
        if name not in codes:
            raise TemplateNotFound(name)
        return environment.template_class.from_code(environment, codes[name], variables or {})

    @property
    def path(self) -> Path:
        """Where the compiled templates lie."""
        beside = Path(cache_from_source(str(self.folder / "x.py"))).parent
        return beside / f"templates.{sys.implementation.cache_tag}-jinja{jinja2.__version__}.pyc"

    @cached_property
    def _stamp(self) -> Stamp:
        with os.scandir(self.folder) as entries:
            found = sorted((e.name, e.stat()) for e in entries if e.name.endswith(SUFFIX))
        stats = [*found, (self._made_by.name, self._made_by.stat())]
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)

    @cached_property
    def _kept(self) -> dict[str, CodeType]:
        """What an earlier run compiled; empty when there is nothing, or it is out of date."""
        try:
            stamp, codes = marshal.loads(self.path.read_bytes())
        except (OSError, EOFError, ValueError, TypeError):
            return {}
        return codes if stamp == self._stamp else {}

    def _compile(self, environment: Environment) -> dict[str, CodeType]:
        names = [name for name, *_ in self._stamp if name.endswith(SUFFIX)]
        sources = {name: self.get_source(environment, name) for name in names}
        codes = {name: environment.compile(text, name, path) for name, (text, path, _) in sources.items()}
        self._kept = codes
        if not sys.dont_write_bytecode:
            self._keep(marshal.dumps((self._stamp, codes)))
        return codes

    def _keep(self, data: bytes) -> None:
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(self.path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
