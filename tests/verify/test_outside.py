"""Documents just outside of a schema: each is outside, and what is let in or not named is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chartgen import contract
from chartgen.verify.expect import Expectation
from chartgen.verify.outside import documents, wrong
from tests.apps import made
from tests.verify.stage import SETTINGS, chart


def told(of: Any, schema: Any = None) -> list[tuple[str, str]]:
    declared = contract.read(of)
    judged = replace(declared, schema=schema) if schema else declared
    expectation = Expectation(judged, of.default_values)
    found = [wrong(judged, expectation, path, document) for path, document in documents(declared)]
    return [(f.place.path, f.what) for f in found if f]


def test_our_charts_refuse_all_of_it_and_name_the_setting() -> None:
    assert told(chart()) == []
    assert told(made.chart("web")) == []


def test_every_setting_is_left_in_several_ways() -> None:
    paths = [path for path, _ in documents(contract.read(chart()))]
    assert {setting.path for setting in SETTINGS} <= set(paths)
    assert all(paths.count(setting.path) > 5 for setting in SETTINGS)


def test_bounds_names_and_keys_are_left_by_one() -> None:
    found = [document for _, document in documents(contract.read(chart()))]
    for wanted in (
        {"extra": {"size": 0}},
        {"extra": {"size": 10}},
        {"extra": {"size": "1"}},
        {"extra": {"enabled": "false"}},
        {"extra": {"unknownName": 1}},
        {"unknownName": 1},
    ):
        assert wanted in found


def test_a_schema_that_lets_something_in_is_told() -> None:
    of = chart()
    schema = dict(contract.read(of).schema)
    properties = {**schema["properties"], "text": {}}
    found = told(of, {**schema, "properties": properties})
    assert {path for path, _ in found} == {"text"}
    assert found[0][1].startswith("the schema does not refuse ")
