"""What is put into templates, and what is left as it is."""

from __future__ import annotations

from chartgen.chart import Chart, ChartFile
from chartgen.coverage import Subject
from chartgen.coverage.trace import MARK, NEXT_DOCUMENT, OWN_DOCUMENT, cut, said

HELPERS = '{{ define "h" }}{{ if . }}x{{ end }}{{ end }}\n{{ define "none" }}\n{{ end }}\n'
CALLS = "a: {{ include `h` .Values.a }}\n"
ALONE = "{{- if .Values.b }}\nb: 1\n{{- end }}\n"


def subject(**more: str) -> Subject:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: t\nversion: 1.0.0\n",
        "templates/_h.tpl": HELPERS,
        "templates/alone.yaml": ALONE,
        "templates/calls.yaml": CALLS,
        "templates/plain.yaml": "{{/* nothing */}}\n",
        **{f"templates/{name}.yaml": text for name, text in more.items()},
    }
    return Subject(Chart.of(ChartFile(path, text.encode()) for path, text in files.items()))


def changed(found: Subject, without: set[int]) -> list[str]:
    """The files that are other than before."""
    plain, made = found.instrumented(set(every(found))), found.instrumented(without)
    return [b.path.removeprefix("templates/") for a, b in zip(plain.files, made.files, strict=True) if a != b]


def every(found: Subject, file: str = "") -> list[int]:
    return [number for point in found.points if file in point.template for number in point.numbers]


def test_a_chart_that_is_covered_is_left_as_it_is() -> None:
    found = subject()
    texts = {file.path: file.text for file in found.instrumented(set(every(found))).templates}
    assert texts["templates/_h.tpl"] == HELPERS
    assert texts["templates/calls.yaml"] == CALLS


def test_what_misses_a_way_is_instrumented_with_all_that_calls_it() -> None:
    found = subject()
    assert changed(found, set()) == ["_h.tpl", "alone.yaml", "calls.yaml"]
    assert changed(found, set(every(found, "alone"))) == ["_h.tpl", "calls.yaml"]
    assert changed(found, set(every(found, "_h.tpl"))) == ["alone.yaml"]


def test_a_computed_name_may_lead_anywhere() -> None:
    found = subject(computed="{{ include (print `h`) 1 }}")
    assert changed(found, set(every(found, "alone"))) == [
        "_h.tpl",
        "alone.yaml",
        "calls.yaml",
        "computed.yaml",
    ]


def test_lines_stay_where_they_are_and_an_empty_helper_stays_empty() -> None:
    made = subject().instrumented().by_path
    helpers = made["templates/_h.tpl"].text
    assert helpers.count("\n") == HELPERS.count("\n")
    assert '{{ define "none" }}\n{{ end }}\n' in helpers
    alone = made["templates/alone.yaml"].text.splitlines()
    assert alone[1] == "b: 1"
    assert alone[2].startswith('{{- else }}{{ $cgu := set $cgt "4" "" }}{{- end }}')


def test_variables_of_the_template_are_never_taken() -> None:
    made = subject(own="{{ $cgt := 1 }}{{ if $cgt }}{{ end }}").instrumented()
    assert "$cg_t := dict" in made.by_path["templates/own.yaml"].text


def test_the_note_at_the_end_is_cut_off_and_read() -> None:
    assert cut(f"a: 1\n{OWN_DOCUMENT}3,12;\n") == ("a: 1\n", frozenset({3, 12}))
    assert cut(f"a: 1{NEXT_DOCUMENT};\n") == ("a: 1", frozenset())
    assert cut("a: 1\n") == ("a: 1\n", frozenset())


def test_a_note_that_a_template_only_quotes_is_text() -> None:
    text = f"a: |\n  {OWN_DOCUMENT.strip()} of others\n"
    assert cut(text) == (text, frozenset())
    assert cut(f"{text}{OWN_DOCUMENT}1;\n") == (text, frozenset({1}))


def test_what_a_refusal_says_is_read_from_helms_words() -> None:
    assert said(f"execution error at (t/templates/a.yaml:1:2): no{MARK}1,5;") == {1, 5}
    assert said("execution error") == frozenset()
