"""What becomes of settings, schemas, rules, defaults and Chart.yaml."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from chartgen.changes import Change, Effect, Level
from chartgen.chart import Chart
from chartgen.diff.inclusion import Schemas
from chartgen.schema import compiled
from chartgen.verify.draw import Drawing, Impossible
from tests.unit.diff.stage import chart, compared, kinds, only

CONFIG = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata:\n  a: {{ .Values.a | toJson | quote }}\n"
)


def strict(**properties: Any) -> dict[str, Any]:
    """A schema that knows these settings alone; what stands under `rules` are rules."""
    rules = properties.pop("rules", [])
    own = {"x-chartgen": {"rules": rules}} if rules else {}
    return {"type": "object", "additionalProperties": False, "properties": properties, **own}


def with_a(schema: dict[str, Any], default: Any = "x", **more: Any) -> Chart:
    return chart(CONFIG, values=json.dumps({"a": default}), schema=strict(a=schema, **more))


TEXT = {"type": "string"}


def test_a_setting_that_went_is_refused_by_a_strict_schema_and_ignored_without_one() -> None:
    old = chart(values="a: x\nb: y\n", schema=strict(a=TEXT, b=TEXT))
    found = only(compared(old, chart(values="a: x\n", schema=strict(a=TEXT))))
    assert (found.kind, found.place, found.level) == ("setting removed", "b", Level.MAJOR)
    assert found.what == "values that set it are refused"
    found = only(compared(chart(values="a: x\nb: y\n"), chart(values="a: x\n")))
    assert (found.place, found.what) == ("b", "values that set it have no effect any more")


def test_a_setting_that_came_is_a_minor_change_unless_it_has_to_be_set() -> None:
    old = chart(values="a: x\n", schema=strict(a=TEXT))
    found = only(compared(old, chart(values="a: x\nb: z\n", schema=strict(a=TEXT, b=TEXT))))
    assert (found.kind, found.level, found.new) == ("setting added", Level.MINOR, "z")
    required = {**strict(a=TEXT, b={"type": "string", "minLength": 1}), "required": ["b"]}
    found_all = compared(old, chart(values="a: x\n", schema=required))
    assert kinds(found_all) == ["values refused", "setting required"]
    assert found_all.verdict == "breaks the upgrade"


def test_a_renamed_setting_is_announced_then_gone_and_never_both_removed_and_added() -> None:
    own = {"x-chartgen": {"renamedFrom": ["a"], "until": "2.0.0"}}
    alias = {**TEXT, "x-chartgen": {"renamedTo": ["b"]}}
    before = chart(values="a: x\n", schema=strict(a=TEXT))
    during = chart(values="b: x\n", schema=strict(b={**TEXT, **own}, a=alias))
    after = chart(values="b: x\n", schema=strict(b=TEXT))
    found = only(compared(before, during))
    assert (found.kind, found.level, found.old, found.new) == ("setting renamed", Level.MINOR, "a", "b")
    assert found.what == "is called b now; the old name works until 2.0.0"
    found = only(compared(during, after))
    assert (found.kind, found.level, found.place) == ("old name gone", Level.MAJOR, "a")


def test_a_rename_that_nobody_declared_is_a_removal_with_a_hint() -> None:
    old = chart(values="web: {port: 80}\n", schema=strict(web=strict(port={"type": "integer"})))
    new = chart(values="app: {port: 80}\n", schema=strict(app=strict(port={"type": "integer"})))
    removed = next(c for c in compared(old, new).changes if c.kind == "setting removed")
    assert "app.port looks like its new name: renamed_from" in removed.hint


@pytest.mark.parametrize(
    "old,new,kind,hint",
    [
        ({"type": "string"}, {"type": "string", "maxLength": 3}, "setting narrowed", "a=true"),
        ({"type": "integer"}, {"type": "integer", "minimum": 1}, "setting narrowed", "--set a="),
        ({"type": "integer", "minimum": 1}, {"type": "integer"}, "setting widened", ""),
        ({"enum": ["x", "y"]}, {"enum": ["x"]}, "setting narrowed", "--set a=y"),
        ({"enum": ["x"]}, {"enum": ["x", "y"]}, "setting widened", ""),
        ({"type": "string"}, {"enum": ["x", "y"]}, "setting narrowed", "--set a="),
        ({"enum": ["x", "y"]}, {"type": "string"}, "setting widened", ""),
        ({"type": ["string", "null"]}, {"type": "string"}, "setting narrowed", ""),
        ({"type": "string", "pattern": "^[a-z]*$"}, {"type": "string", "pattern": "^[a-z]{0,3}$"},
         "setting narrowed", "--set a="),
        ({"type": "string", "pattern": "^[ab]$"}, {"type": "string", "pattern": "^(a|b)$"},
         "setting perhaps narrowed", ""),
        ({"type": "string"}, {"type": "object"}, "setting retyped", ""),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"type": ["integer", "string"]}, "", ""),
        ({"type": "integer"}, {"type": "number"}, "setting widened", ""),
        ({"type": "string", "description": "a"}, {"type": "string", "description": "b"}, "", ""),
    ],
)  # fmt: skip
def test_narrowed_widened_or_the_same(old: Any, new: Any, kind: str, hint: str) -> None:
    found = [
        change
        for change in compared(with_a(old, "x"), with_a(new, "x")).changes
        if change.kind not in ("values refused", "default changed")
    ]
    assert [change.kind for change in found] == ([kind] if kind else [])
    if hint:
        assert hint in found[0].hint


def test_the_counterexample_is_one_that_only_the_older_version_takes() -> None:
    old, new = with_a(TEXT), with_a({"type": "string", "maxLength": 3})
    example = only(compared(old, new)).hint.removeprefix("refused now: ")
    from chartgen.values import parse_set

    values = parse_set(example.removeprefix("--set-string "), strings=True)
    assert compiled(strict(a=TEXT)).accepts(values)
    assert not compiled(strict(a={"type": "string", "maxLength": 3})).accepts(values)


def test_types_are_those_of_the_defaults_where_a_chart_has_no_schema() -> None:
    for old, new in (("x", "{b: x}"), ("{b: x}", "x")):
        found = only(compared(chart(values=f"a: {old}\n"), chart(values=f"a: {new}\n")))
        assert (found.kind, found.level) == ("setting retyped", Level.MAJOR)
    number = only(compared(chart(values="a: '80'\n"), chart(values="a: 80\n")))
    assert (number.kind, number.old, number.new) == ("default changed", "'80'", "80")
    assert "setting retyped" in kinds(compared(chart(values="a: x\n"), chart(values="a: [x]\n")))


_PARTS: tuple[Any, ...] = (
    {"type": "string"}, {"type": "string", "maxLength": 2}, {"type": "string", "minLength": 1},
    {"type": "integer"}, {"type": "integer", "minimum": 1, "maximum": 5}, {"type": "number"},
    {"enum": ["a", 1]}, {"const": "a"}, {"type": ["string", "null"]}, True, {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "array", "items": {"enum": ["a"]}, "maxItems": 2},
    {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"$ref": "#/definitions/name"},
    {"type": "string", "pattern": "^a"}, {"not": {"type": "string"}}, {"allOf": [{"type": "string"}]},
    {"oneOf": [{"type": "string"}, {"type": "boolean"}]}, {"type": "array", "uniqueItems": True},
)  # fmt: skip


_VALUES: tuple[Any, ...] = (
    "",
    "a",
    "abc",
    0,
    1,
    9,
    1.5,
    True,
    None,
    [],
    ["a"],
    ["a", "a"],
    {},
    {"a": "b"},
    {"b": 1},
)


@pytest.mark.parametrize("number", range(len(_PARTS)))
def test_what_is_said_to_be_accepted_still_is_accepted_by_every_value_that_is_drawn(number: int) -> None:
    """No pair of forms may be called included when a value tells them apart."""
    definitions = {"definitions": {"name": {"type": "string", "pattern": "^[a-z]+$"}}}
    schemas = Schemas(definitions, definitions)
    old = _PARTS[number]
    drawing = Drawing(definitions, random.Random(number))
    values: list[Any] = [*_VALUES]
    for _ in range(20):
        try:
            values.append(drawing.value(old))
        except Impossible:
            break
    fitting = [value for value in values if drawing.fits(old, value)]
    for new in _PARTS:
        if not schemas.narrower(old, new):
            assert [value for value in fitting if not drawing.fits(new, value)] == [], (old, new)


def test_schemas_that_lead_to_themselves_in_many_ways_are_left_open_in_time() -> None:
    """Without a bound this would take 4 to the power of 24 steps."""

    def bush(leaf: str) -> dict[str, Any]:
        ways = [{"properties": {key: {"$ref": "#/definitions/a"}}, "required": [key]} for key in "xy"]
        return {"definitions": {"a": {"anyOf": [*ways, {"type": leaf}]}}}

    start = {"$ref": "#/definitions/a"}
    (place, *_) = Schemas(bush("string"), bush("integer")).narrower(start, start)
    assert not place.sure


def rule(sentence: str, *refuses: dict[str, Any]) -> dict[str, Any]:
    return {"sentence": sentence, "refuses": list(refuses)}


LARGE = rule("At most 3.", {"path": ["a"], "op": "above", "value": 3})


def test_a_rule_that_is_new_is_shown_with_values_that_it_refuses() -> None:
    whole = {"type": "integer"}
    found = only(compared(with_a(whole, 1), with_a(whole, 1, rules=[LARGE])))
    assert (found.kind, found.level, found.what) == ("rule added", Level.MAJOR, "At most 3.")
    assert found.hint == "refused now: --set a=4"
    assert kinds(compared(with_a(whole, 1, rules=[LARGE]), with_a(whole, 1))) == ["rule removed"]
    said = with_a(whole, 1, rules=[{**LARGE, "sentence": "No more than 3."}])
    assert kinds(compared(with_a(whole, 1, rules=[LARGE]), said)) == ["rule reworded"]


def test_a_rule_about_a_setting_that_is_new_refuses_nobody() -> None:
    both = rule(
        "Not both.", {"path": ["b"], "op": "is", "value": True}, {"path": ["a"], "op": "set", "value": None}
    )
    new = chart(CONFIG, values="a: x\nb: false\n", schema=strict(a=TEXT, b={"type": "boolean"}, rules=[both]))
    found = {change.kind: change.level for change in compared(with_a(TEXT), new).changes}
    assert found == {"setting added": Level.MINOR, "rule added": Level.MINOR}


def about_a(old: Chart, new: Chart) -> Change:
    """The one change of the setting `a`."""
    (found,) = (change for change in compared(old, new).changes if change.place == "a")
    return found


def test_a_default_says_which_objects_it_changes() -> None:
    found = about_a(with_a(TEXT, "x"), with_a(TEXT, "z"))
    assert found.what == "its default was x and is z; changes ConfigMap/shop"
    assert (found.kind, found.old, found.new) == ("default changed", "x", "z")


def test_the_default_of_a_secret_is_never_told() -> None:
    secret = {**TEXT, "x-chartgen": {"secret": True}}
    found = about_a(with_a(secret, "s3cr3t"), with_a(secret, "other"))
    assert (found.what, found.old, found.new) == (
        "its default is another one; changes ConfigMap/shop",
        "",
        "",
    )


def test_values_that_are_refused_now_break_the_upgrade() -> None:
    found = compared(with_a(TEXT), with_a({"type": "string", "maxLength": 1}), {"a": "long"})
    refused = found.changes[0]
    assert (refused.kind, refused.place, refused.effects) == ("values refused", "case 1", (Effect.BREAKS,))
    assert found.overlays == ("default values",)


def test_values_that_the_older_version_refused_are_told_as_not_compared() -> None:
    found = compared(with_a({"type": "string", "maxLength": 1}), with_a(TEXT), {"a": "long"})
    assert [name for name, _ in found.untold] == ["case 1"]
    assert found.verdict == "cannot be told"


@pytest.mark.parametrize(
    "old,new,kind,what",
    [
        (">=1.29.0-0", ">=1.30.0-0", "kubeVersion raised", "Helm refuses it on Kubernetes 1.29 now"),
        (">=1.29.0-0", "", "kubeVersion lowered", "Helm takes it on Kubernetes 1.16 to 1.28 too"),
        ("", ">=1.18.0-0", "kubeVersion raised", "Helm refuses it on Kubernetes 1.16, 1.17 now"),
        (">=1.29.0-0", ">= 1.29-0", "chart changed", "is written otherwise"),
    ],
)
def test_clusters_that_drop_out_are_named(old: str, new: str, kind: str, what: str) -> None:
    heads: list[dict[str, Any]] = [{"kubeVersion": text} if text else {} for text in (old, new)]
    found = only(compared(chart(**heads[0]), chart(**heads[1])))
    assert (found.kind, found.what) == (kind, what)


@pytest.mark.parametrize(
    "new,level", [("1.0.1", Level.PATCH), ("1.1.0", Level.MINOR), ("2.0.0", Level.MINOR)]
)
def test_the_version_of_the_application_is_its_own(new: str, level: Level) -> None:
    found = only(compared(chart(appVersion="v1.0.0"), chart(appVersion=f"v{new}")))
    assert (found.kind, found.level) == ("application version", level)


def test_definitions_beside_the_templates_are_left_to_people() -> None:
    old, new = (chart(files={"crds/a.yaml": f"# {n}\n"}) for n in (1, 2))
    assert (only(compared(old, new)).kind, compared(old, new).verdict) == (
        "definition changed",
        "cannot be told",
    )
    assert compared(old, old).verdict == "safe"


def test_names_that_look_like_templates_or_terminal_codes_are_only_text() -> None:
    evil = "{{ fail `x` }}\x1b[31m<script>"
    old = chart(values=json.dumps({"a": "x", evil: "x"}))
    found = only(compared(old, chart(values="a: x\n")))
    assert found.place == evil
    from chartgen.report import DIFF_FORMATS

    text = DIFF_FORMATS["text"](compared(old, chart(values="a: x\n")))
    assert "\x1b" not in text
