"""Renderings for tests of checks, out of YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chartgen.chart import Chart, ChartFile
from chartgen.checks.subject import EXTRA, Item, Scene
from chartgen.documents import load_all
from chartgen.findings import Finding
from chartgen.manifest import Case, Manifest, Release

RELEASE = Release("shop", "shop")


def items(text: str, source: str = "templates/all.yaml", versions: tuple[str, ...] = ()) -> tuple[Item, ...]:
    """The objects of a YAML text."""
    return tuple(Item(Manifest(data, source), versions) for data in load_all(text, source))


def item(text: str, source: str = "templates/all.yaml") -> Item:
    (only,) = items(text, source)
    return only


def scene(
    text: str,
    *,
    values: Mapping[str, Any] | None = None,
    extra: str = "",
    chart: Chart | None = None,
    notes: str = "",
    secrets: Iterable[tuple[str, ...]] = (),
) -> Scene:
    """A rendering of `text`, with objects of the person's own in `extra`."""
    case = Case(dict(values or {}), RELEASE, "dev")
    return Scene((*items(text), *items(extra, EXTRA)), case, notes, chart, tuple(secrets))


def chart(**files: str) -> Chart:
    """A chart with these files; a name writes `/` as `__` and its last dot as `_`."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    named.setdefault("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    return Chart.of(ChartFile(path, text.encode()) for path, text in named.items())


def told(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Severity, place and sentence of each finding."""
    return [(f.severity.value, f.place.path or str(f.place), f.what) for f in findings]
