"""Classic chart repositories: `index.yaml` beside packages, as Helm reads it.

Source: helm, pkg/repo/v1/index.go. Helm writes the time of day; here an entry has the date of its package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import semver

from chartgen import documents, emit
from chartgen.chart import Chart
from chartgen.errors import ChartgenError, Problem
from chartgen.frozen import Frozen
from chartgen.helm_metadata import created, metadata
from chartgen.package import digest

INDEX = "index.yaml"
_ALGORITHM = "sha256:"
_VERSION = "v1"
_NEVER = "1970-01-01T00:00:00Z"  # of an index with nothing in it


class Packed(Frozen):
    """A package of a repository: its path relative to `index.yaml`, the chart, the bytes."""

    path: str
    chart: Chart
    archive: bytes


def merged(before: Mapping[str, Any], packages: Iterable[Packed], url: str) -> dict[str, Any]:
    """An index with the packages in it, below `url`; what it says of others, and of itself, stays.

    Raises ChartgenError with every version that is listed with another content.
    """
    entries: dict[str, list[dict[str, Any]]] = {
        name: list(versions) for name, versions in (before.get("entries") or {}).items()
    }
    problems = [problem for one in packages for problem in _added(entries, one, url)]
    if problems:
        hint = "a version that was published never changes: raise `version` in app.yaml"
        raise ChartgenError("the index has other packages of these versions", hint, problems)
    ordered = {name: sorted(entries[name], key=_newest, reverse=True) for name in sorted(entries)}
    dates = [str(one.get("created", "")) for versions in ordered.values() for one in versions]
    head = {"apiVersion": _VERSION, "entries": ordered, "generated": max(dates, default=_NEVER)}
    return dict(sorted({**before, **head}.items()))


def text(index: Mapping[str, Any]) -> str:
    return emit.dump(index)


def read(data: bytes, where: str) -> dict[str, Any]:
    """An index that is there. Raises ChartgenError for what is none."""
    found = documents.load(data, where, limit=64 << 20).data if data.strip() else {}
    entries = found.get("entries") or {} if isinstance(found, dict) else None
    lists = entries.values() if isinstance(entries, dict) else [None]
    if not all(isinstance(one, list) and all(isinstance(each, dict) for each in one) for one in lists):
        raise ChartgenError(f"{where}: it is no index of a chart repository", "remove it, or mend it by hand")
    return dict(found)


def _added(entries: dict[str, list[dict[str, Any]]], one: Packed, url: str) -> Iterable[Problem]:
    """Adds a package unless it is listed; yields a problem when another is."""
    known = entries.setdefault(one.chart.name, [])
    own = digest(one.archive).removeprefix(_ALGORITHM)
    there = next((entry for entry in known if str(entry.get("version")) == one.chart.version), None)
    if there is None:
        place = f"{url.rstrip('/')}/{one.path}" if url else one.path
        more = {"created": created(one.archive), "digest": own, "urls": [place]}
        known.append(dict(sorted({**metadata(one.chart), **more}.items())))
    elif str(there.get("digest", own)).removeprefix(_ALGORITHM) != own:
        yield Problem(
            one.path, f"{one.chart.name} {one.chart.version} is listed with the digest {there['digest']}"
        )


def _newest(entry: Mapping[str, Any]) -> tuple[bool, Any]:
    version = str(entry.get("version"))
    known = semver.Version.is_valid(version)
    return known, semver.Version.parse(version) if known else version
