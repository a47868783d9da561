"""One door to JSON Schema: both libraries take and refuse the same documents, in the same words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from chartgen import schema as seam
from chartgen.errors import ChartgenError
from chartgen.schema import Library, SchemaError, compiled, path_text

LIBRARIES: tuple[Library, ...] = get_args(Library)
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("schema.yaml").read_text("utf-8"))


def told(errors: tuple[SchemaError, ...]) -> list[str]:
    return [f"{path_text(error.path)}: {error.message}" for error in errors]


@pytest.mark.parametrize("case", CASES, ids=[str(case["schema"])[:60] for case in CASES])
def test_both_libraries_say_the_same(case: dict[str, Any]) -> None:
    fast, plain = (compiled(case["schema"], library=library) for library in LIBRARIES)
    assert sorted(told(fast.errors(case["document"]))) == sorted(case["said"])
    assert fast.errors(case["document"]) == plain.errors(case["document"])
    for validator in (fast, plain):
        assert validator.accepts(case["document"]) is (case["said"] == [])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "schema",
    [{"type": "strin"}, {"pattern": "("}, {"$ref": "#/definitions/no"}, {"$ref": "http://localhost:1/x"}],
)
def test_a_schema_that_cannot_be_used_is_told_and_nothing_is_fetched(library: Library, schema: Any) -> None:
    with pytest.raises(ChartgenError, match="this JSON Schema cannot be used: "):
        compiled(schema, library=library).errors("x")


def test_a_schema_is_compiled_once_for_its_content() -> None:
    assert compiled({"minimum": 17}) is compiled({"minimum": 17})
    assert compiled({"minimum": 17}) is not compiled({"minimum": 18})


def test_a_trusted_schema_is_kept_by_its_caller() -> None:
    schema = {"minimum": 17}
    assert compiled(schema, trusted=True) is not compiled(schema, trusted=True)
    for library in LIBRARIES:
        assert told(compiled(schema, trusted=True, library=library).errors(1)) == [
            ": must be at least 17, not 1"
        ]


def test_without_the_fast_library_the_other_one_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    seam._found.cache_clear()
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    try:
        assert told(compiled({"minimum": 9.5}).errors(1)) == [": must be at least 9.5, not 1"]
        assert seam._found() == "jsonschema"
    finally:
        seam._found.cache_clear()


def test_a_path_reads_like_the_document() -> None:
    assert path_text(("spec", "containers", 0, "env", "a.b", 1)) == "spec.containers[0].env['a.b'][1]"
    assert path_text(("a b",)) == "['a b']"
    assert path_text(()) == ""
