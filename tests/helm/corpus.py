"""The charts that every engine has to see alike, and values to see them with.

To add a chart, add a line to CHARTS: a name, how to get its archive, and its overlays.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from chartgen import package
from chartgen.chart import Chart, ChartFile

HERE = Path(__file__).resolve().parent
Values = Mapping[str, Any]


class Subject(NamedTuple):
    """A chart under test; `overlays` by name, the empty one is always tried."""

    name: str
    archive: Callable[[], bytes]
    overlays: Mapping[str, Values]


def from_folder(folder: Path) -> bytes:
    """A chart of the tests, packed as chartgen packs."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return package.archive(
        Chart.of(ChartFile(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)
    )


def chart(name: str, **changed: str | None) -> bytes:
    """The test chart `name`; `changed` are texts for files (`Chart_yaml`), None leaves one out."""
    files = {
        path.relative_to(HERE / "charts" / name).as_posix(): path.read_bytes()
        for path in (HERE / "charts" / name).rglob("*")
        if path.is_file()
    }
    for key, text in changed.items():
        path = key.replace("__", "/").replace("_", ".")
        files.pop(path, None)
        if text is not None:
            files[path] = text.encode()
    return package.archive(Chart.of(ChartFile(path, data) for path, data in files.items()))


CHARTS = [
    Subject(
        "stock",
        lambda: chart("stock"),
        {
            "ingress": {"ingress": {"enabled": True, "tls": True}, "env": {"A": "1", "B": 2, "C": True}},
            "scaled": {"autoscaling": {"enabled": True}, "serviceAccount": {"create": False}},
            "wrong": {"replicaCount": "two", "unknown": 1},
            "rule": {"autoscaling": {"enabled": True, "minReplicas": 9}},
            "null": {"image": {"pullPolicy": None}, "resources": None},
            "passed through": {
                "resources": {"limits": {"cpu": "100m", "memory": "1Gi"}},
                "nodeSelector": {"disk": "ssd", "yes": "true"},
                "tolerations": [{"key": "a", "operator": "Exists"}],
                "podAnnotations": {"date": "2001-01-01", "number": "1e3"},
            },
        },
    ),
    Subject(
        "traps",
        lambda: chart("traps"),
        {
            mode: {"mode": mode}
            for mode in ("fail", "required", "nil", "unknown", "deep", "endless", "yaml", "twice", "kindless")
        }
        | {
            "numbers": {
                "numbers": {"big": 2**53 + 1, "float": 1e21, "whole": 3.0, "more": [1e-7, 123456789012]}
            },
            "texts": {"name": 'quo"te \\ <&> é \u2028 {{ .Values.mode }}', "table": {"text": "a\nb"}},
            "replaced": {"table": {"inner": "text"}, "words": [1], "name": {"a": {"b": None}}},
            "nulls": {"table": {"inner": {"a": None, "new": None}}, "words": None, "other": None},
        },
    ),
]


def random_values(defaults: Values, seed: str, count: int = 100) -> list[dict[str, Any]]:
    """`count` values documents that change some of `defaults`, mostly in their type; always the same."""
    chance = random.Random(seed)
    return [_changed(defaults, chance) for _ in range(count)]


def _changed(defaults: Values, chance: random.Random) -> dict[str, Any]:
    return {key: value for key, default in defaults.items() for value in _maybe(default, chance)}


def _maybe(default: Any, chance: random.Random) -> Iterator[Any]:
    """Nothing for most settings, else another value."""
    if isinstance(default, Mapping) and default and chance.random() < 0.6:
        inner = _changed(default, chance)
        if inner:
            yield inner
    elif chance.random() < 0.2:
        yield _other(default, chance)


def _other(default: Any, chance: random.Random) -> Any:
    anything = [
        None,
        True,
        False,
        0,
        3,
        0.5,
        "",
        "a",
        "x y",
        "{{ .Release.Name }}",
        [],
        ["a"],
        {},
        {"a": "b"},
    ]
    if chance.random() < 0.15:
        return chance.choice(anything)
    alike = [value for value in anything if type(value) is type(default)]
    return chance.choice(alike or anything)
