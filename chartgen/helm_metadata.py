"""`Chart.yaml` as Helm writes it elsewhere: the fields it knows, in its order, in Go's JSON.

Sources: helm, pkg/chart/v2/metadata.go, dependency.go and loader/load.go; Go, encoding/json. Equal for Helm
3.18 to 4: a field's name in other letter case, which Go would take too, is not looked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chartgen.chart import Chart, mapping
from chartgen.package import date

_Convert = Callable[[Any], Any]
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def go_json(value: Any) -> bytes:
    """What Go's json.Marshal makes of it; keys stay in the order they have."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES).encode()  # these stand in strings only


def metadata(chart: Chart) -> dict[str, Any]:
    """The metadata of a chart, without what is empty."""
    found = dict(chart.metadata)
    # A chart of the old format has its dependencies in a file of their own.
    if old := chart.by_path.get("requirements.yaml"):
        found |= mapping(old)
    fields: dict[str, Any] = _fields(_METADATA, {**found, "apiVersion": found.get("apiVersion") or "v1"})
    return fields


def created(archive: bytes) -> str:
    """The date of a package, as RFC 3339 writes it."""
    return datetime.fromtimestamp(date(archive), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fields(fields: Mapping[str, _Convert], found: Mapping[str, Any], kept: Iterable[str] = ()) -> Any:
    values = {name: convert(found.get(name)) for name, convert in fields.items()}
    return {name: value for name, value in values.items() if value or name in kept}


def _raw(value: Any) -> str:
    """A string field, as it takes other scalars. Source: sigs.k8s.io/yaml, convertToJSONableObject."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _clean(value: Any) -> str:
    """Each space a plain one, and nothing that cannot be seen. Source: helm, sanitizeString."""
    spaced = ("" if c in "\x1c\x1d\x1e\x1f" else " " if c.isspace() else c for c in _raw(value))
    return "".join(c for c in spaced if c.isprintable())


def _list(convert: _Convert) -> _Convert:
    return lambda values: [convert(value) for value in values or ()]


def _annotations(found: Mapping[Any, Any] | None) -> dict[str, str]:
    return dict(sorted((_raw(k), _raw(v)) for k, v in (found or {}).items()))


def _sorted(value: Any) -> Any:
    """A value of any type: Go sorts the keys of its maps."""
    return {_raw(k): _sorted(value[k]) for k in sorted(value)} if isinstance(value, dict) else value


_MAINTAINER: dict[str, _Convert] = {"name": _clean, "email": _clean, "url": _clean}
_DEPENDENCY: dict[str, _Convert] = {
    "name": _clean,
    "version": _clean,
    "repository": _clean,
    "condition": _clean,
    "tags": _list(_clean),
    "enabled": bool,
    "import-values": _list(_sorted),
    "alias": _raw,
}
_METADATA: dict[str, _Convert] = {
    "name": _clean,
    "home": _clean,
    "sources": _list(_clean),
    "version": _raw,
    "description": _clean,
    "keywords": _list(_clean),
    "maintainers": _list(lambda one: _fields(_MAINTAINER, one)),
    "icon": _clean,
    "apiVersion": _raw,
    "condition": _clean,
    "tags": _clean,
    "appVersion": _clean,
    "deprecated": bool,
    "annotations": _annotations,
    "kubeVersion": _clean,
    "dependencies": _list(lambda one: _fields(_DEPENDENCY, one, ("name", "repository"))),
    "type": _raw,
}
