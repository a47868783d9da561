"""One declaration, printed three times: values.yaml, schema and README agree, and the chart gives it back."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chartgen import contract, documents, settings, values
from chartgen.blocks import BLOCKS
from chartgen.chart import Chart, ChartFile
from chartgen.contract import OWN
from chartgen.engine import Refusal
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.rules import Rule
from chartgen.schema import Validator, compiled
from chartgen.settings import Path, Setting
from tests.apps import made


def declared(name: str) -> list[Setting]:
    return [setting for block in BLOCKS for setting in block.settings(made.app(name))]


def rules(name: str) -> list[Rule]:
    return [rule for block in BLOCKS for rule in block.rules(made.app(name))]


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.chart(name).by_path["values.schema.json"].data)
    return found


def validator(name: str) -> Validator:
    return compiled(schema(name))


@pytest.mark.parametrize("name", made.APPS)
def test_a_chart_gives_back_every_setting_and_rule_that_was_declared(name: str) -> None:
    read = contract.read(made.chart(name))
    wanted = {s.path: json_like(replace(s, required=s.needed)) for s in declared(name)}
    assert {s.path: json_like(s) for s in read.settings} == wanted
    assert read.rules == tuple(rules(name))


def json_like(setting: Setting) -> Setting:
    """A setting whose parts are what JSON makes of them."""
    parts = {"default": setting.default, "schema": setting.schema}
    return replace(setting, **{key: json.loads(json.dumps(part)) for key, part in parts.items()})


@pytest.mark.parametrize("name", made.APPS)
def test_values_yaml_holds_the_default_of_every_setting_and_nothing_else(name: str) -> None:
    chart = made.chart(name)
    assert dict(values.leaves(chart.default_values)) == dict(
        values.leaves(settings.defaults(settings.tree(declared(name))))
    )


@pytest.mark.parametrize("name", made.APPS)
def test_values_yaml_explains_every_setting(name: str) -> None:
    text = " ".join(made.chart(name).by_path["values.yaml"].text.replace("#", " ").split())
    for setting in declared(name):
        assert " ".join(setting.help.replace("#", " ").split()) in text


@pytest.mark.parametrize("name", made.APPS)
def test_the_readme_has_a_row_for_every_setting_and_a_line_for_every_rule(name: str) -> None:
    lines = made.chart(name).by_path["README.md"].text.splitlines()
    rows = [line.split("`")[1] for line in lines if line.startswith("| `") and line.count("|") >= 6]
    current = [s.dotted for s in declared(name)]
    old = [".".join(s.renamed_from) for s in declared(name) if s.renamed_from]
    assert sorted(set(rows) & {*current, *old}) == sorted([*current, *old])
    listed = [line for line in lines if line.startswith("- ")]
    assert len([line for line in listed if ":" in line]) >= len(rules(name))


@pytest.mark.parametrize("name", made.APPS)
def test_the_schema_accepts_the_defaults_and_every_example(name: str) -> None:
    judge, defaults = validator(name), made.chart(name).default_values
    assert judge.errors(defaults) == ()
    for setting in declared(name):
        for example in setting.examples:
            given = values.coalesce(defaults, nested(setting.path, example))
            assert judge.errors(given) == (), setting.dotted


def nested(path: Path, value: Any) -> dict[str, Any]:
    below = nested(path[1:], value) if len(path) > 1 else value
    return {path[0]: below}


def levels(level: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """The paths of the levels of a schema, not of the maps that settings are."""
    yield path
    for key, node in level["properties"].items():
        if OWN not in node:
            yield from levels(node, (*path, key))


@pytest.mark.parametrize("name", made.APPS)
def test_the_schema_refuses_what_it_does_not_know_at_every_level_but_that_of_globals(name: str) -> None:
    judge, defaults = validator(name), made.chart(name).default_values
    found = list(levels(schema(name)))
    assert () in found
    assert ("global",) in found
    for path in found:
        given = copy.deepcopy(defaults)
        level: Any = values.get(given, path)
        level["notKnown"] = {"a": 1}
        assert judge.accepts(given) == (path == ("global",)), path


@pytest.mark.parametrize("name", made.APPS)
def test_a_level_may_be_missing_and_not_be_anything_else(name: str) -> None:
    """What `--reuse-values` brings from an older chart lacks what is new; templates get its defaults."""
    judge, defaults = validator(name), made.chart(name).default_values
    for path in list(levels(schema(name)))[1:]:
        assert judge.accepts(values.coalesce(defaults, nested(path, None))), path
        kinds: tuple[Any, ...] = ("text", [], 1)
        for replaced in kinds:
            given = values.coalesce(defaults, nested(path, replaced))
            assert not judge.accepts(given), (path, replaced)


@pytest.mark.parametrize("name", made.APPS)
def test_no_default_is_null_and_no_level_is_empty(name: str) -> None:
    for path, value in values.leaves(made.chart(name).default_values):
        assert value is not None, path
    assert {s.path for s in declared(name)} == {s.path for s in contract.read(made.chart(name)).settings}


def test_the_schema_is_draft_07_with_every_definition_that_it_refers_to() -> None:
    for name in made.APPS:
        document = schema(name)
        assert document["$schema"] == "http://json-schema.org/draft-07/schema#"
        text = json.dumps(document)
        referred = {part.split('"')[0] for part in text.split('"#/definitions/')[1:]}
        assert referred == set(document["definitions"])


def umbrella(given: Mapping[str, Any]) -> Rendering | Refusal:
    """A parent chart that has `web` as a dependency, and values for both."""
    parent = {
        "apiVersion": "v2",
        "name": "parent",
        "version": "1.0.0",
        "dependencies": [{"name": "web", "version": "1.0.0", "condition": "web.enabled"}],
    }
    files = [ChartFile("Chart.yaml", documents.dump(parent).encode())]
    files += [ChartFile(f"charts/web/{file.path}", file.data) for file in made.chart("web").files]
    session = choose().open(archive(Chart.of(files)))
    return next(iter(session.render([Case(given, Release("parent", "parent"))])))


def test_a_parent_chart_passes_its_globals_and_its_condition() -> None:
    given = {
        "web": {"enabled": True, "web": {"replicaCount": 2}},
        "global": {"imageRegistry": "mirror.example.com", "somethingOfTheParent": {"a": 1}},
    }
    answer = umbrella(given)
    assert isinstance(answer, Rendering), answer.message
    (deployment,) = [m for m in answer.manifests if m.kind == "Deployment"]
    assert deployment.name == "parent-web-web"
    assert deployment.data["spec"]["replicas"] == 2
    assert (
        deployment.data["spec"]["template"]["spec"]["containers"][0]["image"]
        == "mirror.example.com/acme/web:2.4"
    )


def test_a_parent_chart_switches_it_off() -> None:
    answer = umbrella({"web": {"enabled": False}})
    assert isinstance(answer, Rendering)
    assert answer.manifests == ()


def test_what_a_parent_chart_gets_wrong_is_refused() -> None:
    answer = umbrella({"web": {"enabled": True, "web": {"replicas": 2}}})
    assert isinstance(answer, Refusal)
    assert answer.kind == "schema"


def test_two_settings_of_one_path_or_one_inside_the_other_are_refused_together() -> None:
    one = Setting(("a", "b"), 1, {}, "x")
    with pytest.raises(Exception, match="settings clash") as refused:
        settings.tree([one, one, replace(one, path=("a",)), replace(one, path=("a", "b", "c"))])
    assert len(refused.value.problems) == 3  # type: ignore[attr-defined]  # ModelError


def test_a_chart_that_is_not_ours_says_what_its_values_and_schema_say() -> None:
    files = [
        ChartFile("Chart.yaml", b"apiVersion: v2\nname: other\nversion: 1.0.0\n"),
        ChartFile("values.yaml", b"image: {tag: a, pull: {}}\nlist: [1]\n"),
    ]
    plain = contract.read(Chart.of(files))
    assert [(s.dotted, s.default) for s in plain.settings] == [
        ("image.tag", "a"),
        ("image.pull", {}),
        ("list", [1]),
    ]
    assert plain.rules == ()
    properties = {
        "image": {"type": "object", "properties": {"tag": {"type": "string", "description": "The tag."}}}
    }
    text = json.dumps({"type": "object", "properties": properties}).encode()
    with_schema = contract.read(Chart.of([*files, ChartFile("values.schema.json", text)]))
    assert (with_schema.settings[0].dotted, with_schema.settings[0].help) == ("image.tag", "The tag.")
    bare = contract.read(Chart.of(files[:1]))
    assert (bare.settings, bare.rules) == ((), ())
