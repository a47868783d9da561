"""Settings: the install-time knobs of a chart, declared once, printed three times.

One ordered tree of settings becomes `values.yaml` (default and help), `values.schema.json` (schema,
our own fields under `x-chartgen`) and the table of the chart's README.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
Schema = Mapping[str, Any]  # a draft-07 JSON Schema


@dataclass(frozen=True)
class Setting:
    """One install-time knob, declared by the owner of its block.

    `help` is one or more sentences; `since`/`until` are chart versions; `renamed_from` is the path
    that this setting had before, which keeps working until the version `until`. `tpl` says that the
    value may hold template expressions, `secret` that it must never be shown.
    """

    path: Path
    default: Any
    schema: Schema
    help: str
    examples: tuple[Any, ...] = ()
    since: str = ""
    renamed_from: Path = ()
    until: str = ""
    tpl: bool = False
    secret: bool = False
