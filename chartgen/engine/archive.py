"""A packed chart as the engines need it: its files, what they say, and how to pack them again."""

from __future__ import annotations

import io
import json
import tarfile
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chartgen import values
from chartgen.chart import ChartFile, mapping
from chartgen.errors import RenderError
from chartgen.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.schema import Validator

SCHEMA = "values.schema.json"
LIMIT = 100 << 20  # bytes of an unpacked chart, as in Helm: pkg/chart/loader/archive/archive.go


class Archive(Frozen):
    """The files of a packed chart by their path below the chart's folder."""

    root: str
    files: Mapping[str, bytes]

    @cached_property
    def metadata(self) -> dict[str, Any]:
        return self._mapping("Chart.yaml")

    @cached_property
    def defaults(self) -> dict[str, Any]:
        return self._mapping("values.yaml")

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        if SCHEMA not in self.files:
            return None
        try:
            found: dict[str, Any] = json.loads(self.files[SCHEMA])
        except ValueError as error:
            raise RenderError(f"{SCHEMA} of the chart is not JSON: {error}") from None
        return found

    @property
    def has_subcharts(self) -> bool:
        return any(path.startswith("charts/") for path in self.files)

    def validate(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """What the schema has against `given` on top of the defaults, sorted by path."""
        if self._validator is None:
            return ()
        from chartgen.schema import path_text

        errors = self._validator.errors(values.coalesce(self.defaults, given))
        return tuple(f"{path_text(e.path)}: {e.message}" if e.path else e.message for e in errors)

    @cached_property
    def _validator(self) -> Validator | None:
        from chartgen import schema

        return None if self.schema is None else schema.compiled(self.schema)

    def packed(self, without: tuple[str, ...] = (), extra: Mapping[str, bytes] | None = None) -> bytes:
        """The archive again, lightly compressed, `without` some files and with `extra` ones."""
        files = {path: data for path, data in self.files.items() if path not in without} | dict(extra or {})
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
            for path, data in files.items():
                entry = tarfile.TarInfo(f"{self.root}/{path}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        return packed.getvalue()

    def _mapping(self, path: str) -> dict[str, Any]:
        return mapping(ChartFile(path, self.files.get(path, b"")))


def read(packed: bytes) -> Archive:
    """The chart in a `.tgz`. Raises RenderError when there is none in it."""
    try:
        found = _files(packed)
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise RenderError(f"this is no packed chart: {error}", "`chartgen package` makes one") from None
    root = next(
        (
            path[: -len("/Chart.yaml")]
            for path in found
            if path.count("/") == 1 and path.endswith("/Chart.yaml")
        ),
        "",
    )
    if not root:
        raise RenderError("this is no packed chart: it has no Chart.yaml", "`chartgen package` makes one")
    inside = f"{root}/"
    return Archive(
        root, {path.removeprefix(inside): data for path, data in found.items() if path.startswith(inside)}
    )


def _files(packed: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
        for entry in tar:
            total += entry.size
            if total > LIMIT:
                raise ValueError(f"it unpacks to more than {LIMIT:,} bytes")
            stream = tar.extractfile(entry) if entry.isreg() else None
            if stream:
                found[entry.name.removeprefix("./")] = stream.read()
    return found
