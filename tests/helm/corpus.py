"""The charts that every engine has to see alike, and values to see them with.

An application is found by its folder: ushadow, and each of tests/apps. To add a chart that is not ours, add
a line to FOREIGN: a name, how to get it, and its overlays.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from chartgen import contract, package
from chartgen.chart import Chart, ChartFile
from chartgen.disk import read_app, read_chart, read_values
from chartgen.generate import generate
from chartgen.verify import chance

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
COUNT = 100  # random documents for a chart
Values = Mapping[str, Any]


def documents(chart: Chart, seed: str, count: int, bases: list[Values]) -> list[dict[str, Any]]:
    """Documents that the chart's own schema was asked for."""
    return list(chance.documents(contract.read(chart), seed, count, bases))


class Subject(NamedTuple):
    """A chart under test; `overlays` by name, the empty one is always tried.

    `random` draws documents, given the chart and values of which one is always below: by default documents
    that the chart's own schema was asked for. `everywhere` says that each binary renders all of them, and
    not each a third.
    """

    name: str
    chart: Callable[[], Chart]
    overlays: Callable[[], Mapping[str, Values]]
    random: Callable[[Chart, str, int, list[Values]], list[dict[str, Any]]] = documents
    everywhere: bool = False

    def archive(self) -> bytes:
        """The chart, packed as chartgen packs it."""
        return package.archive(self.chart())


def overlays_in(folder: Path) -> Callable[[], Mapping[str, Values]]:
    """The values files of a folder, by their names."""
    return lambda: {path.stem: read_values(path) for path in sorted(folder.glob("*.yaml"))}


def applications() -> Iterator[Subject]:
    """Every application of tests/apps, generated when somebody asks for it."""
    for file in sorted(PROJECT.glob("tests/apps/*/app.yaml")):
        make = cache(lambda folder=file.parent: generate(read_app(folder)))
        yield Subject(file.parent.name, make, overlays_in(file.parent / "values"))


USHADOW = Subject(
    "ushadow",
    cache(lambda: read_chart(PROJECT / "charts/ushadow")),
    overlays_in(PROJECT / "values"),
    everywhere=True,
)


def chart(name: str, **changed: str | None) -> bytes:
    """The test chart `name`, packed; `changed` are texts for files (`Chart_yaml`), None leaves one out."""
    return package.archive(foreign(name, **changed))


def foreign(name: str, **changed: str | None) -> Chart:
    """The same, not packed."""
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
    return Chart.of(ChartFile(path, data) for path, data in files.items())


def retyped(chart: Chart, seed: str, count: int, bases: list[Values]) -> list[dict[str, Any]]:
    """`count` values documents that change some of a chart's defaults, mostly in their type."""
    chance = random.Random(seed)
    return [_changed(chart.default_values, chance) for _ in range(count)]


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


FOREIGN = [
    Subject(
        "stock",
        cache(lambda: foreign("stock")),
        lambda: {
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
        retyped,
        everywhere=True,
    ),
    Subject(
        "traps",
        cache(lambda: foreign("traps")),
        lambda: (
            {
                mode: {"mode": mode}
                for mode in (
                    "fail",
                    "required",
                    "nil",
                    "unknown",
                    "deep",
                    "endless",
                    "yaml",
                    "twice",
                    "kindless",
                )
            }
            | {
                "numbers": {
                    "numbers": {"big": 2**53 + 1, "float": 1e21, "whole": 3.0, "more": [1e-7, 123456789012]}
                },
                "texts": {
                    "name": 'quo"te \\ <&> é€😀 \x7f\x85\u2028\ufeff \\ud83d {{ .Values.mode }}',
                    "table": {"text": "a\nb"},
                },
                "replaced": {"table": {"inner": "text"}, "words": [1], "name": {"a": {"b": None}}},
                "nulls": {"table": {"inner": {"a": None, "new": None}}, "words": None, "other": None},
            }
        ),
        retyped,
        everywhere=True,
    ),
]
OURS = [USHADOW, *applications()]
CHARTS = [*FOREIGN, *OURS]
