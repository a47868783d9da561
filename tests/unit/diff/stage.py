"""Two small charts compared, from objects written as YAML: a template each, with nothing in them but text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from chartgen.changes import Change, Comparison
from chartgen.chart import Chart, ChartFile
from chartgen.diff import compare
from chartgen.engine import Engine
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release
from tests.need import need

RELEASE = Release("shop", "shop")
POD = "{metadata: {labels: {app: shop}}, spec: {containers: [{name: web, image: 'acme/shop:1'}]}}"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: web, image: 'acme/shop:1'}]}}
"""


@cache
def engine() -> Engine:
    need("helm_python")
    return choose("embedded")


def chart(
    *objects: str,
    version: str = "1.0.0",
    values: str = "{}\n",
    schema: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
    **head: Any,
) -> Chart:
    """A chart with a template for each of `objects`, the first in templates/a.yaml."""
    metadata = {"apiVersion": "v2", "name": "shop", "version": version, **head}
    found = {"Chart.yaml": json.dumps(metadata), "values.yaml": values, **(files or {})}
    found |= {f"templates/{chr(97 + number)}.yaml": text for number, text in enumerate(objects)}
    if schema is not None:
        found["values.schema.json"] = json.dumps(schema)
    return Chart.of(ChartFile(path, text.encode()) for path, text in found.items())


def compared(old: Chart, new: Chart, *cases: Mapping[str, Any]) -> Comparison:
    """What is different under the charts' own values, and under each of `cases`."""
    asked = [Case(values, RELEASE, f"case {n}" if n else "") for n, values in enumerate(({}, *cases))]
    return compare(old, new, engine(), asked)


def between(old: str, new: str) -> Comparison:
    """The same for charts of one template."""
    return compared(chart(old), chart(new))


def kinds(comparison: Comparison) -> list[str]:
    return [change.kind for change in comparison.changes]


def only(comparison: Comparison) -> Change:
    """The one change there is; anything else fails the test."""
    (change,) = comparison.changes
    return change
