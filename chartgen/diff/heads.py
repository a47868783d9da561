"""What Chart.yaml says, and what lies in `crds/`, which Helm never upgrades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.changes import Change, Level
from chartgen.chart import Chart, ChartFile
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, shown
from chartgen.engine import Engine, Refusal
from chartgen.manifest import Case
from chartgen.package import archive

NAME = "heads"
HELP = "The clusters that the chart takes, its application, dependencies and definitions."
# Minor versions of Kubernetes that a range is asked about: more than anybody runs.
_ASKED = tuple(f"1.{minor}" for minor in range(16, 46))
_TOLD = ("description", "home", "icon", "keywords", "sources", "maintainers", "annotations", "deprecated")
_SAID = 6  # versions that are named


def compare(pair: Pair) -> Iterator[Change]:
    """Chart.yaml of both, and the definitions beside it."""
    old, new = pair.base.chart.metadata, pair.new.chart.metadata
    if old.get("name") != new.get("name"):
        what = "objects that carry the chart's name get another one"
        hint = "set nameOverride to the old name"
        yield _change("chart renamed", "name", what, hint, old, new)
    if old.get("appVersion") != new.get("appVersion"):
        what = f"the application was {shown(old.get('appVersion'))} and is {shown(new.get('appVersion'))}"
        level = _level(str(old.get("appVersion") or ""), str(new.get("appVersion") or ""))
        yield _change("application version", "appVersion", what, "", old, new, level)
    if str(old.get("kubeVersion") or "") != str(new.get("kubeVersion") or ""):
        yield from _clusters(pair)
    if old.get("dependencies") != new.get("dependencies"):
        what = "the charts that it brings are others"
        yield change("dependency changed", "Chart.yaml dependencies", what, "read their own release notes")
    for key in _TOLD:
        if old.get(key) != new.get(key):
            yield change("chart changed", f"Chart.yaml {key}", "says something else", level=Level.PATCH)
    yield from _definitions(pair)


def _change(
    kind: str, key: str, what: str, hint: str, old: Any, new: Any, level: Level | None = None
) -> Change:
    left, right = shown(old.get(key)), shown(new.get(key))
    return change(kind, f"Chart.yaml {key}", what, hint, old=left, new=right, level=level)


def _level(old: str, new: str) -> Level:
    """A mended application is a patch of the chart; whatever else became of it is more."""
    from chartgen.versions import parsed

    left, right = (parsed(text.removeprefix("v")) for text in (old, new))
    if left and right and (left.major, left.minor) == (right.major, right.minor):
        return Level.PATCH
    return Level.MINOR


def _clusters(pair: Pair) -> Iterator[Change]:
    old, new = pair.base.chart.metadata, pair.new.chart.metadata
    before, after = (set(_fits(pair.engine, head)) for head in (old, new))
    lost, won = ([v for v in _ASKED if v in some] for some in (before - after, after - before))
    if lost:
        what = f"Helm refuses it on Kubernetes {_span(lost)} now"
        yield _change("kubeVersion raised", "kubeVersion", what, "upgrade the cluster first", old, new)
    elif won:
        what = f"Helm takes it on Kubernetes {_span(won)} too"
        yield _change("kubeVersion lowered", "kubeVersion", what, "", old, new)
    else:
        yield change("chart changed", "Chart.yaml kubeVersion", "is written otherwise")


def _span(versions: list[str]) -> str:
    if len(versions) <= _SAID:
        return ", ".join(versions)
    return f"{versions[0]} to {versions[-1]}"


def _fits(engine: Engine, head: dict[str, Any]) -> Iterator[str]:
    """The versions that Helm finds in the range, asked of a chart that has nothing but it."""
    wanted = head.get("kubeVersion")
    if not wanted:
        yield from _ASKED
        return
    import json

    text = json.dumps({"apiVersion": "v2", "name": "probe", "version": "1.0.0", "kubeVersion": str(wanted)})
    probe = Chart("probe", "1.0.0", (ChartFile("Chart.yaml", text.encode()),))
    session = engine.open(archive(probe))
    for answer in session.render(Case(kube_version=version) for version in _ASKED):
        if not isinstance(answer, Refusal):
            yield answer.case.kube_version


def _definitions(pair: Pair) -> Iterator[Change]:
    old, new = (
        {f.path: f for f in side.chart.files if f.path.startswith("crds/")} for side in (pair.base, pair.new)
    )
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            yield change("definition changed", path, "is gone; it stays in the cluster", level=Level.MINOR)
        elif path not in old or old[path].data != new[path].data:
            hint = "apply it with kubectl before you upgrade"
            yield change("definition changed", path, "Helm does not upgrade what lies in crds/", hint)
