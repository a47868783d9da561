"""The documents that are drawn by chance: the same every time, fitting, and of every kind."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import pytest

from chartgen import contract, values
from chartgen.chart import Chart, ChartFile
from chartgen.contract import schema as schema_of
from chartgen.contract import text
from chartgen.schema import compiled
from chartgen.schema_words import as_python
from chartgen.settings import Setting, defaults, tree
from chartgen.verify import chance
from chartgen.verify.draw import Drawing, Impossible
from chartgen.verify.text import matching

LABEL = "^[a-z]([-a-z0-9]*[a-z0-9])?$"
SETTINGS = (
    Setting(("name",), "", {"type": "string", "maxLength": 9}, "A name."),
    Setting(("ingress", "enabled"), False, {"type": "boolean"}, "A switch."),
    Setting(("ingress", "hosts"), [], {"type": "array", "items": {"type": "string"}}, "Hosts."),
    Setting(("probe",), {"a": 1}, {"type": "object", "maxProperties": 1}, "One of several.", required=True),
    Setting(("objects",), [], {"type": "array"}, "Objects.", tpl=True),
)


def chart(*settings: Setting) -> Chart:
    files = {
        "Chart.yaml": b"apiVersion: v2\nname: a\nversion: 1.0.0\n",
        "values.schema.json": text(schema_of("a", tree(settings), ())),
    }
    return Chart.of(ChartFile(path, data) for path, data in files.items())


def documents(chart: Chart, seed: str, count: int, bases: Sequence[Any] = ({},)) -> list[dict[str, Any]]:
    return list(chance.documents(contract.read(chart), seed, count, bases))


def drawn(schema: Any, count: int = 200, definitions: Any = None) -> list[Any]:
    drawing = Drawing({"definitions": definitions or {}}, random.Random(7))
    return [drawing.value(schema) for _ in range(count)]


@pytest.mark.parametrize(
    "pattern",
    [LABEL, "^a|b+c?$", r"^[^/.][^/]*\.{2}$", r"^\d{3}-\w\s$", "^(?:x|y)*?z{2,}$", ".", "^[A-Fa-f0-9_]{64}$"],
)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    chance = random.Random(3)
    texts = {matching(pattern, chance) for _ in range(100)}
    assert [found for found in texts if not re.search(as_python(pattern), found)] == []
    assert len(texts) >= (2 if pattern != "^a|b+c?$" else 5)


def test_a_pattern_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(NotImplementedError, match="ASSERT"):
        matching("^(?!a)b$", random.Random(0))


FORKED = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["In", "Exists"]},
        "values": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["kind"],
    "if": {"properties": {"kind": {"const": "In"}}},
    "then": {"required": ["values"], "properties": {"values": {"minItems": 1}}},
    "else": {"properties": {"values": False}},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "schema",
    [
        FORKED,
        {"type": ["integer", "string"], "pattern": "^[0-9]{1,2}%$", "minimum": 0, "maximum": 9},
        {"anyOf": [{"type": "object", "maxProperties": 0}, {"$ref": "#/definitions/name"}]},
        {"type": "object", "propertyNames": {"$ref": "#/definitions/name"}, "additionalProperties": FORKED},
        {"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True, "minItems": 2, "maxItems": 2},
        {"allOf": [{"type": "number"}, {"minimum": 0.5}]},
        {"type": "string", "minLength": 32},
        {
            "type": "object",
            "minProperties": 2,
            "maxProperties": 2,
            "properties": {"a": {}, "b": {}, "c": False},
        },
        {
            "type": "object",
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            "properties": {"a": {}, "b": {}},
        },
        {"not": {"const": ""}, "type": "string", "maxLength": 1},
        {"items": {"type": "null"}},
        {"maximum": 3},
        {"minLength": 2},
    ],
)
def test_a_value_fits_its_schema(schema: Any) -> None:
    definitions = {"name": {"type": "string", "pattern": LABEL, "maxLength": 5}}
    validator = compiled({**schema, "definitions": definitions})
    found = drawn(schema, 200, definitions)
    assert [value for value in found if not validator.accepts(value)] == []
    assert len({repr(value) for value in found}) > 1


def test_bounds_are_among_the_values_and_whole_numbers_come_with_a_fraction() -> None:
    assert set(map(repr, drawn({"type": "integer", "minimum": 3, "maximum": 9}))) == {
        *("3", "4", "7", "8", "9", "3.0", "4.0", "7.0", "8.0", "9.0"),
    }


def test_what_no_value_fits_is_told_and_left_out_where_it_may_be() -> None:
    never = {"type": "string", "enum": ["a"], "not": {"const": "a"}}
    with pytest.raises(Impossible):
        drawn(never)
    with pytest.raises(Impossible):
        drawn(False)
    assert drawn({"type": "object", "properties": {"no": never}}, 5) == [{}] * 5


def test_documents_are_the_same_every_time_and_others_for_another_seed() -> None:
    first = documents(chart(*SETTINGS), "seed", 20)
    assert documents(chart(*SETTINGS), "seed", 20) == first
    assert documents(chart(*SETTINGS), "other", 20) != first


def test_most_documents_fit_and_some_do_not() -> None:
    validator = compiled(schema_of("a", tree(SETTINGS), ()))
    found = documents(chart(*SETTINGS), "seed", 200)
    wrong = sum(not validator.accepts(values.coalesce(defaults(tree(SETTINGS)), one)) for one in found)
    assert 20 <= wrong <= 60


def test_what_a_setting_is_a_part_of_is_switched_on_mostly() -> None:
    found = documents(chart(SETTINGS[1], SETTINGS[2]), "seed", 200)
    with_hosts = [one["ingress"] for one in found if isinstance(one.get("ingress"), dict)]
    assert sum(one.get("enabled") is True for one in with_hosts) > len(with_hosts) / 2


def test_a_table_of_the_defaults_is_replaced_by_deleting_its_keys() -> None:
    found = documents(chart(SETTINGS[3]), "seed", 50)
    assert any(
        one.get("probe", {}).get("a", 0) is None for one in found if isinstance(one.get("probe"), dict)
    )


def test_a_document_stands_on_one_of_the_bases() -> None:
    found = documents(chart(SETTINGS[0]), "seed", 50, [{"base": 1}, {"base": 2}])
    assert {one["base"] for one in found} == {1, 2}


def test_a_list_of_templates_holds_kubernetes_objects() -> None:
    found = documents(chart(SETTINGS[4]), "seed", 50)
    held = [item for one in found for item in one.get("objects") or () if isinstance(item, dict)]
    assert {item["kind"] for item in held} == {"ConfigMap"}


def test_a_setting_that_had_another_name_is_given_by_either() -> None:
    setting = Setting(("new",), "a", {"type": "string"}, "Renamed.", until="2.0.0", renamed_from=("old",))
    found = documents(chart(setting), "seed", 50)
    assert any("old" in one for one in found)
    assert any("new" in one for one in found)
