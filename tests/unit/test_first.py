"""What an older chart did not have is there before any template reads it, in every Helm."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen import first, settings, values
from chartgen.chart import Chart, ChartFile
from chartgen.documents import dump
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.settings import Setting
from tests.apps import made
from tests.need import need

ENGINES = ("helm_python", "helm3.18", "helm3", "helm4")
LEVELS = [path for path, _ in first.optional(settings.tree(made.declared("ushadow").settings))]


def objects(answer: Any) -> dict[str, Any]:
    assert isinstance(answer, Rendering), answer.message
    return {f"{m.kind}/{m.name}": m.data for m in answer.manifests}


def without(given: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    below = {**given}
    if len(path) > 1:
        below[path[0]] = without(given[path[0]], path[1:])
    else:
        del below[path[0]]
    return below


def older(chart: Chart, *missing: tuple[str, ...]) -> Chart:
    """The chart with the default values of an older one: what Helm makes of it under `--reuse-values`.

    Source: helm, pkg/action/upgrade.go, reuseValues.
    """
    kept = dict(chart.default_values)
    for path in missing:
        kept = without(kept, path)
    files = [f for f in chart.files if f.path != "values.yaml"]
    return Chart(chart.name, chart.version, (*files, ChartFile("values.yaml", dump(kept).encode())))


@pytest.mark.parametrize("path", LEVELS, ids=".".join)
def test_each_level_may_be_new(path: tuple[str, ...]) -> None:
    (answer,) = (
        choose().open(archive(older(made.chart("ushadow"), path))).render([Case({}, Release("a", "b"))])
    )
    assert objects(answer) == objects_of_the_defaults()


@pytest.mark.parametrize("engine", ENGINES)
def test_many_levels_may_be_new_at_once_in_every_helm(engine: str) -> None:
    helm = choose("embedded" if engine == "helm_python" else need(engine))
    gone = (("ingress",), ("httpRoute",), ("rbac",), ("persistence", "data"), ("frontend", "autoscaling"))
    session = helm.open(archive(older(made.chart("ushadow"), *gone)))
    given = {"rbac": {"create": True, "scope": "namespace", "rules": []}}
    (plain, set_too) = session.render([Case({}, Release("a", "b")), Case(given, Release("a", "b"))])
    assert objects(plain) == objects_of_the_defaults()
    assert "Role/a-ushadow" in objects(set_too)


def objects_of_the_defaults() -> dict[str, Any]:
    (answer,) = made.session("ushadow").render([Case({}, Release("a", "b"))])
    return objects(answer)


@pytest.mark.parametrize("name", made.APPS)
def test_the_file_lies_deeper_than_every_other_template(name: str) -> None:
    paths = [file.path for file in made.chart(name).templates]
    (deepest,) = [path for path in paths if path.count("/") == max(p.count("/") for p in paths)]
    assert deepest.startswith("templates/first/")
    assert deepest.endswith("/settings.yaml")


def test_a_setting_that_says_since_when_may_be_missing_as_well() -> None:
    new = Setting(("web", "new"), 5, {"type": "integer"}, "New.", since="1.1.0")
    empty = Setting(("web", "label"), "", {"type": "string"}, "New, and may be empty.", since="1.1.0")
    old = Setting(("web", "old"), 1, {"type": "integer"}, "Old.")
    assert (new.needed, old.needed) == (False, True)
    assert dict(first.optional(settings.tree([new, empty, old]))) == {
        ("web",): {"new": 5, "label": "", "old": 1},
        ("web", "new"): 5,
    }
    assert first.filled({"web": {"old": 2}}, [new, empty, old]) == {"web": {"old": 2, "new": 5}}


def test_what_is_there_stays_as_it_is() -> None:
    (one, two) = (Setting(("a", key), 1, {}, "x") for key in ("b", "c"))
    documents: list[dict[str, Any]] = [{"a": {"b": 2}}, {"a": {}}, {"a": "text"}, {"a": {"b": 2}, "d": 4}]
    for given in documents:
        assert first.filled(given, [one, two]) == given
    assert first.filled({}, [one, two]) == {"a": {"b": 1, "c": 1}}


@pytest.mark.parametrize("name", made.APPS)
def test_the_defaults_are_complete_already(name: str) -> None:
    given = values.coalesce(made.chart(name).default_values, {})
    assert first.filled(given, made.declared(name).settings) == given
