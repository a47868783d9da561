"""How a failure is kept."""

from __future__ import annotations

from chartgen.findings import Finding, Place
from chartgen.manifest import Release
from chartgen.verify.failures import Failure
from chartgen.verify.search import read_kept

FINDING = Finding("schema", Place("templates/a.yaml"), "it is wrong\ntwice")


def test_the_file_holds_the_values_and_says_what_is_wrong() -> None:
    failure = Failure(FINDING, {"a": {"b": "yes"}}, Release("a"))
    assert failure.file() == '# schema: it is wrong\n# schema: twice\na:\n  b: "yes"\n'


def test_values_that_no_file_can_hold_are_told_and_stop_nothing() -> None:
    failure = Failure(FINDING, {"k" * 2000: 1}, Release("a"))
    assert "the values cannot stand in a file: a key is a text of at most" in failure.file()
    assert read_kept({"a": failure.file()}) == {"a": {}}
