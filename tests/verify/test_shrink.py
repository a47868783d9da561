"""A failing document is made as small as it can be, and still fails."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.verify.shrink import shrunk

LARGE = {
    "a": {"b": ["x", "long text with a: colon", "y"], "c": 7},
    "d": {"e": True, "f": {"g": "h"}},
    "i": [{"j": 1}, {"j": 2, "k": 3}],
    "l": "m" * 40,
    "n": 12345,
}


@pytest.mark.parametrize(
    "fails,smallest",
    [
        (lambda d: True, {}),
        (lambda d: "d" in d, {"d": {}}),
        (lambda d: any(":" in text for text in d.get("a", {}).get("b", [])), {"a": {"b": [":"]}}),
        (lambda d: len(d.get("l", "")) > 3, {"l": "mmmmm"}),
        (lambda d: d.get("n", 0) > 1 and d.get("d", {}).get("e"), {"d": {"e": True}, "n": 12345}),
        (lambda d: any("k" in item for item in d.get("i", [])), {"i": [{"k": 0}]}),
    ],
)
def test_only_what_is_needed_stays(fails: Any, smallest: dict[str, Any]) -> None:
    assert shrunk(LARGE, fails) == smallest


def test_no_more_is_tried_than_is_allowed() -> None:
    tried: list[Any] = []

    def fails(document: Any) -> bool:
        tried.append(document)
        return False

    assert shrunk(LARGE, fails, tries=5) == LARGE
    assert len(tried) == 5


def test_the_document_itself_is_left_as_it_was() -> None:
    document = {"a": {"b": [1, 2]}}
    shrunk(document, lambda _: True)
    assert document == {"a": {"b": [1, 2]}}
