"""The definitions a values schema refers to: tight, self-contained, and no more of them than is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from chartgen.kubernetes.definitions import definitions, names, ref, references
from chartgen.schema import Library, Validator, compiled, path_text

LIBRARIES: tuple[Library, ...] = get_args(Library)

TABLE: dict[str, dict[str, list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("definitions.yaml").read_text("utf-8")
)


def validator(name: str, library: Library) -> Validator:
    return compiled({**ref(name), "definitions": definitions([name])}, library=library)


def cases(outcome: str) -> list[Any]:
    return [
        pytest.param(name, *(case if outcome == "refused" else [case]), id=f"{name}-{json.dumps(case)[:60]}")
        for name, listed in TABLE[outcome].items()
        for case in listed
    ]


@pytest.mark.parametrize("name,doc", cases("accepted"))
def test_what_kubernetes_takes_is_taken(name: str, doc: object) -> None:
    for library in LIBRARIES:
        assert validator(name, library).errors(doc) == ()


@pytest.mark.parametrize("name,doc,where,said", cases("refused"))
def test_what_kubernetes_would_refuse_is_refused_where_it_stands(
    name: str, doc: object, where: str, said: str
) -> None:
    fast, plain = (validator(name, library).errors(doc) for library in LIBRARIES)
    assert fast == plain
    assert any(path_text(e.path) == where and said in e.message for e in fast), fast


def test_both_tables_know_the_same_definitions() -> None:
    assert set(TABLE["accepted"]) == set(TABLE["refused"])


def test_a_reference_names_its_definition() -> None:
    assert ref("probe") == {"$ref": "#/definitions/probe"}


def test_an_unknown_definition_is_told_with_its_near_miss() -> None:
    with pytest.raises(KeyError, match="did you mean 'affinity'"):
        ref("afinity")
    with pytest.raises(KeyError, match="did you mean 'toleration'"):
        definitions(["tolerations"])


def test_only_what_is_needed_comes_along_sorted() -> None:
    found = definitions(["resourceRequirements"])
    assert list(found) == ["bytes", "quantity", "resourceName", "resourceRequirements", "wholeQuantity"]
    assert definitions([]) == {}


def test_every_definition_is_whole_by_itself() -> None:
    for name in names():
        found = definitions([name])
        assert {other for schema in found.values() for other in references(schema)} <= set(found)


def test_no_word_no_null_and_nothing_beside_a_reference() -> None:
    """Draft-07 ignores what stands beside a `$ref`; nulls would let a template print `null`."""
    todo: list[Any] = list(definitions(names()).values())
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            assert "$ref" not in part or set(part) == {"$ref"}
            assert "null" not in part.get("type", ())
            todo += part.values()
        elif isinstance(part, list):
            todo += part
    assert "description" not in definitions(["container"])["container"]


def test_a_published_type_refuses_unknown_fields() -> None:
    loose = {"annotations", "labels", "resourceAmounts"}
    for name, schema in definitions(names()).items():
        if schema.get("type") == "object" and name not in loose:
            assert schema["additionalProperties"] is False, name
