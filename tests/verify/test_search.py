"""The search finds what it is for: each fault of a chart, with the smallest values that show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.findings import Status
from chartgen.verify.run import Shard
from chartgen.verify.search import Wish, read_kept, summary
from tests.verify.stage import SETTINGS, chart, told, verified

pytestmark = pytest.mark.usefixtures("embedded")


def test_a_sound_chart_has_no_failures_and_everything_was_tried() -> None:
    found = verified(chart())
    assert told(found) == []
    assert {outcome.status for outcome in found.report.outcomes} == {Status.PASSED}
    assert found.tally.tried == found.tally.planned
    assert {"defaults", "releases", "singles", "pairs", "random"} <= found.tally.tried.keys()
    assert found.tally.verdicts["schema"] > 0
    assert found.tally.verdicts["rule"] > 0
    assert found.tally.verdicts["template"] == 0
    assert found.tally.outside > 50


ON = {"extra": {"enabled": True}}
NAMED = {"extra": {"enabled": True, "name": "a"}}
EXECUTED = ("{{ .Values.text | toJson }}", "{{ tpl .Values.text . | toJson }}")
SHOWN = ("  text:", "  password: {{ .Values.password | quote }}\n  text:")
BARE = (".size | quote", ".size")
WRONG_WAY = ("if .", "if not .")
SAME = ("name: {{ .Values.extra.name | quote }}", "name: small")
VAIN = ("\ndata:", "\n{{- if and false .Values.extra.size }}{{ end }}\ndata:")
UNKNOWN = ("\ndata:", "\n{{- if .Values.more }}{{ end }}\ndata:")
NO_NUMBER = ("| toJson", '| trimSuffix "x" | int | toJson | fromJson')
FAULTS: list[tuple[str, str, tuple[str, str], str, str, dict[str, Any] | None]] = [
    ("a text without quotes", "config", (".text | toJson", ".text"), "arrives", "text", None),
    ("a text that is executed", "config", EXECUTED, "arrives", "text", None),
    ("a text in small letters", "config", ("| toJson", "| lower | toJson"), "arrives", "text", None),
    ("a number without quotes", "extra", BARE, "schema", "ConfigMap/a data.size", NAMED),
    ("labels too far left", "config", ("nindent 4", "nindent 2"), "schema", "", None),
    ("a condition the wrong way round", "extra", WRONG_WAY, "names", "ConfigMap/ metadata.name", {}),
    ("a setting that nothing reads", "extra", (".Values.extra.size", "1"), "effect", "extra.size", None),
    ("a password in a ConfigMap", "config", SHOWN, "secrets", "ConfigMap/small data.password", None),
    ("a rule that is not enforced", "rules", ("fail", "print"), "verdict", "", ON),
    ("another sentence", "rules", ("an extra object has", "it has"), "verdict", "", ON),
    ("an object twice", "extra", SAME, "duplicates", "ConfigMap/small metadata.name", NAMED),
    ("a key without a value", "config", ("    {{- toYaml . | nindent 4 }}\n", ""), "blank", "", None),
    ("a condition that never holds", "config", VAIN, "effect", "extra.size", None),
    ("a value that nobody declares", "config", UNKNOWN, "values-used", "", None),
    ("a text that stops the template", "config", NO_NUMBER, "verdict", "", {}),
]


@pytest.mark.parametrize("what,name,piece,check,path,values", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_found(
    what: str, name: str, piece: tuple[str, str], check: str, path: str, values: dict[str, Any] | None
) -> None:
    found = verified(chart({name: piece}))
    by_check = [failure for failure in found.failures if failure.finding.check == check]
    assert by_check, (what, told(found))
    if path:
        assert path in {failure.finding.place.path for failure in by_check}, told(found)
    if values is not None:
        assert values in [failure.values for failure in by_check], told(found)


def test_another_default_for_what_is_absent_is_found() -> None:
    read = ("\ndata:", "\ndata:\n  size: {{ .Values.extra.size | quote }}")
    assert told(verified(chart({"config": read}))) == []
    found = told(verified(chart({"config": read, "first/settings": ("size: 1", "size: 2")})))
    assert found == [("absent", "extra", "{'extra': None}")]


def test_a_schema_that_is_too_wide_is_found() -> None:
    wide = tuple(
        replace(s, schema={"type": "string"}) if s.path == ("extra", "name") else s for s in SETTINGS
    )
    found = verified(chart(settings=wide))
    assert "names" in {failure.finding.check for failure in found.failures}


def test_shares_are_the_whole_together() -> None:
    whole = verified(chart())
    parts = [verified(chart(), Wish(count=60, shard=Shard(index, 3))) for index in (1, 2, 3)]
    assert sum(part.tally.done for part in parts) == whole.tally.done
    assert all(part.tally.done for part in parts)


def test_time_that_is_up_ends_the_search_and_says_what_was_not_tried() -> None:
    left = iter(range(20))
    found = verified(chart(), stop=lambda: next(left, None) is None)
    assert found.tally.stopped
    assert found.tally.done == 20
    said = summary(found, 1.0)
    assert "NOT TRIED" in said
    assert "60 random" in said
    assert "what each template reads, what is just outside of the schema: the time was up" in said


def test_what_failed_is_kept_and_tried_first() -> None:
    spoiled = chart({"extra": (".size | quote", ".size")})
    (failure,) = [f for f in verified(spoiled).failures if f.finding.check == "schema"]
    kept = read_kept({failure.name: failure.file()})
    assert kept == {failure.name: failure.values}
    order: list[str] = []
    again = verified(spoiled, kept=kept, watch=lambda _tally, trial: order.append(trial.group))
    assert order[0] == "corpus"
    assert again.tally.tried["corpus"] == 1


def test_a_failure_says_how_to_see_it() -> None:
    found = verified(chart({"extra": (".size | quote", ".size")}), Wish(count=0, corpus="kept"))
    (finding,) = [f for f in found.report.findings if f.check == "schema"]
    (failure,) = [f for f in found.failures if f.finding.check == "schema"]
    assert "shown by: --set extra.enabled=true --set extra.name=a" in finding.hint
    assert f"shown by: -f kept/{failure.name}" in finding.hint


def test_a_summary_has_at_most_ten_lines() -> None:
    assert len(summary(verified(chart()), 2.0).splitlines()) <= 10


def test_a_chart_without_a_schema_is_searched_too() -> None:
    plain = chart()
    files = [file for file in plain.files if file.path != "values.schema.json"]
    found = verified(Chart.of(files))
    assert told(found) == []
    broken = ChartFile("templates/bad.yaml", b"{{ .Values.nothing.there }}")
    assert "verdict" in {check for check, _, _ in told(verified(Chart.of([*files, broken])))}
