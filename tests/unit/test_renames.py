"""A setting that had another name is found under both, by every template and in every Helm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen import renames, values
from chartgen.engine import Refusal
from chartgen.engine.choose import choose
from chartgen.generate import generate
from chartgen.manifest import Case, Release, Rendering
from chartgen.model import App
from chartgen.model.load import load
from chartgen.package import archive
from chartgen.settings import Setting
from tests.apps import made
from tests.need import need

OLD = made.overlays("own")["old-names"]
NEW = {
    "banner": {"colour": "green"},
    "metrics": {"enabled": True, "timeout": 20, "labels": {"team": "monitoring"}},
}
ENGINES = ("helm_python", "helm3.18", "helm3", "helm4")


def objects(answer: Any) -> dict[str, Any]:
    assert isinstance(answer, Rendering), answer.message
    return {f"{m.kind}/{m.name}": m.data for m in answer.manifests}


@pytest.mark.parametrize("engine", ENGINES)
def test_old_names_render_as_the_new_ones_do_in_every_helm(engine: str) -> None:
    path = need(engine)
    helm = choose("embedded" if engine == "helm_python" else path)
    release = Release("own", "own")
    old, new = helm.open(archive(made.chart("own"))).render([Case(OLD, release), Case(NEW, release)])
    assert objects(old) == objects(new)
    monitor = objects(old)["ConfigMap/own-monitor"]
    assert monitor["data"] == {"every": "30s", "timeout": "20s"}
    assert monitor["metadata"]["labels"] == {"release": "prometheus", "team": "monitoring"}


def with_templates(files: dict[str, str]) -> App:
    """An application whose one setting was called `old.name`, and that has these templates."""
    app = load(
        """
apiVersion: chartgen/v1
name: shop
version: 1.0.0
appVersion: "1"
description: A shop
components: {web: {image: {repository: acme/shop}}}
own:
  folder: own
  settings:
    new: {default: d, schema: {type: string}, help: New., renamed_from: old.name, until: 2.0.0}
"""
    )
    return replace(app, files=tuple((f"own/{path}", text.encode()) for path, text in files.items()))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_the_templates_does_not_matter(engine: str) -> None:
    path = need(engine)
    head = "apiVersion: v1\nkind: Value\nmetadata: {name: {{ sha256sum .Template.Name }}}\n"
    template = head + "value: {{ .Values.new }}\n"
    names = [
        "0.yaml",
        "AAA.yaml",
        "zzz.yaml",
        "~.yaml",
        "z/z/z/z/z.yaml",
        "a/a/a/a/a.yaml",
        "first/a/b/c/d/e.yaml",
    ]
    chart = generate(with_templates(dict.fromkeys(names, template)))
    helm = choose("embedded" if engine == "helm_python" else path)
    (answer,) = helm.open(archive(chart)).render([Case({"old": {"name": "told"}})])
    found = [m.data["value"] for m in answer.manifests if m.kind == "Value"]  # type: ignore[union-attr]
    assert found == ["told"] * len(names)


def test_notes_tell_each_old_name_that_is_set_and_no_other() -> None:
    timeout = "prometheus.scrape.timeout"
    notes = made.render("own", {"bannerColor": "green", "prometheus": {"scrape": {"timeout": 1}}}).notes
    assert [line.strip() for line in notes.splitlines() if "WARNING" in line] == [
        "WARNING: bannerColor is called banner.colour now. The old name works until version 3.0.0.",
        f"WARNING: {timeout} is called metrics.timeout now. The old name works until version 2.2.0.",
    ]
    assert "WARNING" not in made.render("own").notes


@pytest.mark.parametrize(
    "given,sentence",
    [
        (
            {"bannerColor": "green", "banner": {"colour": "red"}},
            "bannerColor is called banner.colour now, and both are set. Remove bannerColor.",
        ),
        (
            {"metrics": {"selectors": {"a": "b"}, "labels": {"c": "d"}}},
            "metrics.selectors is called metrics.labels now, and both are set. Remove metrics.selectors.",
        ),
    ],
)
def test_both_names_at_once_are_refused_with_a_sentence(given: dict[str, Any], sentence: str) -> None:
    answer = made.ask("own", given)
    assert isinstance(answer, Refusal)
    assert (answer.kind, answer.message) == ("rule", sentence)
    coalesced = values.coalesce(made.chart("own").default_values, given)
    assert renames.forward(coalesced, made.declared("own").settings)[1] == (sentence,)


def test_both_names_with_the_same_value_are_no_contradiction() -> None:
    made.render("own", {"bannerColor": "green", "banner": {"colour": "green"}})


@pytest.mark.parametrize(
    "given,path",
    [
        ({"bannerColor": "purple"}, "bannerColor"),
        ({"bannerColor": None}, "bannerColor"),
        ({"prometheus": {"scrape": {"enabled": "yes"}}}, "prometheus.scrape.enabled"),
        ({"prometheus": {"scrape": {"other": 1}}}, "prometheus.scrape.other"),
        ({"prometheus": {"other": 1}}, "prometheus.other"),
        ({"prometheus": "text"}, "prometheus"),
    ],
)
def test_an_old_name_is_held_to_the_schema_of_the_new_one(given: dict[str, Any], path: str) -> None:
    answer = made.ask("own", given)
    assert isinstance(answer, Refusal)
    assert answer.kind == "schema"
    assert answer.message.startswith(f"{path}:")


def test_an_old_name_is_no_setting_of_the_contract() -> None:
    paths = {s.dotted for s in made.declared("own").settings}
    assert not paths & {"bannerColor", "prometheus.scrape.enabled", "metrics.selectors"}
    (colour,) = [s for s in made.declared("own").settings if s.dotted == "banner.colour"]
    assert (colour.renamed_from, colour.until, colour.since) == (("bannerColor",), "3.0.0", "2.0.0")


def test_python_sees_what_templates_see() -> None:
    seen, clashes = renames.forward(
        values.coalesce(made.chart("own").default_values, OLD), made.declared("own").settings
    )
    assert clashes == ()
    assert seen["banner"]["colour"] == "green"
    assert seen["metrics"]["labels"] == {"release": "prometheus", "team": "monitoring"}
    assert (seen["metrics"]["enabled"], seen["metrics"]["timeout"]) == (True, 20)


def test_what_is_not_there_or_no_map_is_left_alone() -> None:
    setting = Setting(("a", "new"), 1, {}, "x", renamed_from=("b", "old"), until="2.0.0")
    for given in ({}, {"a": {"new": 1}}, {"b": {"old": 2}}, {"a": 1, "b": {"old": 2}}, {"a": {}, "b": 3}):
        assert renames.forward(given, [setting]) == (given, ())


def test_a_default_with_signs_that_go_escapes_is_still_the_default() -> None:
    app = load(
        """
apiVersion: chartgen/v1
name: shop
version: 1.0.0
appVersion: "1"
description: A shop
components: {web: {image: {repository: acme/shop}}}
own:
  folder: own
  settings:
    new:
      default: {b: "<&>\\u2028 \\"{{ x }}\\"", a: 1.5}
      schema: {type: object}
      help: New.
      renamed_from: old
      until: 2.0.0
"""
    )
    body = b"apiVersion: v1\nkind: Value\nvalue: {{ toJson .Values.new }}\n"
    chart = generate(replace(app, files=(("own/value.yaml", body),)))
    (answer,) = choose().open(archive(chart)).render([Case({"old": {"c": 1}})])
    (value,) = [d["value"] for d in objects(answer).values() if d["kind"] == "Value"]
    assert value == {"a": 1.5, "b": '<&>\u2028 "{{ x }}"', "c": 1}
