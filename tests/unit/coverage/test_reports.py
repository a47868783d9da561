"""Coverage as text, JSON and a listing, and the number that a run is judged by."""

from __future__ import annotations

import json
from dataclasses import replace

from chartgen.coverage import FORMATS, Branch, Coverage, united

SOURCE = "{{ if .Values.a }}\nx: \x1b[31m\n{{ else }}\ny\n{{ end }}\n"
THEN = Branch("templates/a.yaml", 1, 1, "if", "then", "", taken=True)
ELSE = Branch("templates/a.yaml", 3, 1, "if", "else", "", taken=False)
NEVER = Branch("templates/_h.tpl", 2, 4, "default", "default", "a.name", taken=False, reason="no empty value")
COVERAGE = Coverage(
    "shop", (NEVER, THEN, ELSE), {"templates/a.yaml": SOURCE, "templates/_h.tpl": "\n{{ default }}"}, ("tpl",)
)


def test_what_cannot_be_taken_does_not_count_and_is_listed() -> None:
    assert (COVERAGE.taken, COVERAGE.reachable, COVERAGE.percent) == (1, 2, 50.0)
    assert COVERAGE.missing == (ELSE,)
    assert FORMATS["text"]([COVERAGE], 100) == (
        "templates/a.yaml:3:1: if: else: never taken\n"
        "cannot be taken:\n"
        "  templates/_h.tpl:2:4: default: default in a.name: no empty value\n"
        "not looked at:\n"
        "  tpl\n"
        "shop: 1 of 2 branches taken, 50%; 1 cannot be taken; under the threshold of 100%\n"
    )


def test_a_run_meets_its_threshold_or_says_that_it_does_not() -> None:
    assert COVERAGE.meets(50)
    assert not COVERAGE.meets(50.1)
    assert "threshold" not in FORMATS["text"]([COVERAGE], 50)
    assert json.loads(FORMATS["json"]([COVERAGE], 50))["status"] == "passed"
    assert json.loads(FORMATS["json"]([COVERAGE], 51))["status"] == "failed"


def test_only_all_branches_are_a_hundred_percent() -> None:
    many = Coverage("shop", (*(THEN,) * 9999, ELSE))
    assert many.percent == 99.9
    assert Coverage("shop", ()).percent == 100.0


def test_json_has_every_branch_with_its_place() -> None:
    whole = json.loads(FORMATS["json"]([COVERAGE, COVERAGE], 100))
    assert (whole["version"], whole["status"], len(whole["charts"])) == (1, "failed", 2)
    document = whole["charts"][0]
    assert [document[key] for key in ("subject", "taken", "reachable", "percent")] == ["shop", 1, 2, 50.0]
    assert document["unseen"] == ["tpl"]
    assert document["branches"][0] == {
        "file": "templates/_h.tpl",
        "line": 2,
        "column": 4,
        "inside": "a.name",
        "kind": "default",
        "way": "default",
        "taken": False,
        "reason": "no empty value",
    }


def test_the_listing_shows_each_line_with_what_is_missing_of_it() -> None:
    assert FORMATS["listing"]([COVERAGE], 100) == (
        "shop templates/_h.tpl: 0 of 0 branches taken, 100%\n"
        "        1 |\n"
        "closed  2 | {{ default }}\n"
        "          ^ column 4: default: default cannot be taken: no empty value\n"
        "\n"
        "shop templates/a.yaml: 1 of 2 branches taken, 50%\n"
        "ok      1 | {{ if .Values.a }}\n"
        "        2 | x: \\x1b[31m\n"
        "MISSING 3 | {{ else }}\n"
        "          ^ column 1: if: else was never taken\n"
        "        4 | y\n"
        "        5 | {{ end }}\n"
    )


def test_shards_are_united_branch_by_branch() -> None:
    one = Coverage("shop", (THEN, ELSE))
    other = Coverage("shop", (replace(THEN, taken=False), replace(ELSE, taken=True)))
    assert [branch.taken for branch in united([one, other]).branches] == [True, True]
    assert united([one]).percent == 50.0
