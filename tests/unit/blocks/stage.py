"""What a small application's chart makes of some values, for tests of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from chartgen.engine import Session
from chartgen.engine.choose import choose
from chartgen.generate import generate
from chartgen.manifest import Case, Manifest, Release, Rendering
from chartgen.model.load import load
from chartgen.package import archive

SHOP = """
apiVersion: chartgen/v1
name: shop
version: 1.0.0
appVersion: 1.4.0
description: A shop
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
    probes: {readiness: {path: /healthz}}
"""


@cache
def _session(app: str) -> Session:
    return choose().open(archive(generate(load(app, "app.yaml"))))


def objects(kind: str, values: Mapping[str, Any] | None = None, app: str = SHOP) -> list[Manifest]:
    """The objects of a kind, released as `shop`; a test fails when the chart refuses the values."""
    (answer,) = _session(app).render([Case(dict(values or {}), Release("shop", "shop"))])
    assert isinstance(answer, Rendering), answer.message
    return [manifest for manifest in answer.manifests if manifest.kind == kind]
