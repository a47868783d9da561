"""Which ways of a template are taken down for which values, through helpers and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.coverage import Traced
from chartgen.engine.choose import choose
from chartgen.errors import ChartgenError, ToolError
from chartgen.manifest import Case, Rendering
from chartgen.package import archive
from tests.need import need

VALUES = "a: 1\nb: ''\nl: [p, q]\nnone: []\nflag: false\n"


def chart(template: str, name: str = "t", others: dict[str, str] | None = None) -> Chart:
    """A chart of NOTES.txt, whose text need be no YAML, and other files."""
    files = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n", "values.yaml": VALUES}
    files |= {"templates/NOTES.txt": template} | (others or {})
    return Chart.of(ChartFile(path, text.encode()) for path, text in files.items())


def traced(made: Chart, *documents: dict[str, Any]) -> Traced:
    need("helm_python")
    found = Traced(choose("embedded"), made)
    list(found.render(Case(document) for document in documents or ({},)))
    return found


def ways(found: Traced) -> list[str]:
    """The ways that were gone: `1 if then` is the line, the kind and the way."""
    return [
        f"{way.line} {point.at.kind} {way.what}"
        for point in found.points
        for number, way in zip(point.numbers, point.at.ways, strict=True)
        if number in found.taken
    ]


@pytest.mark.parametrize(
    "template, gone",
    [
        ("{{ if .Values.a }}x{{ end }}", ["1 if then"]),
        ("{{ if .Values.b }}x{{ end }}", ["1 if no else"]),
        ("{{ if .Values.b }}x\n{{ else if .Values.a }}y{{ else }}z{{ end }}", ["2 if else if"]),
        ("{{ with .Values.b }}x{{ else }}\ny{{ end }}", ["1 with else"]),
        ("{{ range .Values.l }}x{{ end }}", ["1 range each"]),
        ("{{ range .Values.none }}x\n{{ end }}", ["2 range none"]),
        ("{{ range .Values.l }}{{ if eq . `q` }}{{ break }}{{ end }}{{ end }}",
         ["1 range each", "1 if then", "1 if no else"]),
        ("{{ and .Values.a .Values.b }}", ["1 and operand 2"]),
        ("{{ and .Values.b .Values.a }}", ["1 and operand 1"]),
        ("{{ or .Values.b .Values.none .Values.a }}", ["1 or operand 3"]),
        ("{{ or .Values.b .Values.a .Values.l }}", ["1 or operand 2"]),
        ("{{ .Values.a | and .Values.b }}", ["1 and operand 1"]),
        ("{{ .Values.a | or .Values.b }}", ["1 or operand 2"]),
        ("{{ default 3 .Values.a }}", ["1 default given"]),
        ("{{ .Values.b | trim | default 3 }}", ["1 default default"]),
        ("{{ default nil nil }}", ["1 default default"]),
        ("{{ coalesce .Values.b .Values.none .Values.a }}", ["1 coalesce operand 3"]),
        ("{{ .Values.a | coalesce .Values.b .Values.l }}", ["1 coalesce operand 2"]),
        ("{{ coalesce .Values.b .Values.none }}", []),
        ("{{ ternary 1 2 .Values.flag }}", ["1 ternary false"]),
        ("{{ not .Values.flag | ternary 1 2 }}", ["1 ternary true"]),
        ("{{ if and .Values.a (or .Values.b .Values.l) }}x{{ end }}",
         ["1 if then", "1 and operand 2", "1 or operand 2"]),
    ],
)  # fmt: skip
def test_the_way_that_was_gone_is_taken_down(template: str, gone: list[str]) -> None:
    assert ways(traced(chart(template))) == gone


CALLED = '{{ define "h" }}{{ if . }}1{{ else }}2{{ end }}{{ end }}'


@pytest.mark.parametrize(
    "call",
    [
        '{{ include "h" .Values.a }}',
        '{{ include "h" .Values.a | sha256sum }}',
        '{{ .Values.a | include "h" | nindent 2 }}',
        '{{ template "h" .Values.a }}',
        '{{ include (print "" "h") .Values.a }}',
        '{{ with dict "x" (include "h" .Values.a) }}{{ end }}',
        '{{ if eq (include "h" $.Values.a) "1" }}{{ end }}',
        '{{ include "g" (list 1) }}{{ define "g" }}{{ include "h" (index . 0) }}{{ end }}',
        '{{ block "g" .Values }}{{ include "h" .a }}{{ end }}',
    ],
)
def test_helpers_tell_whoever_calls_them(call: str) -> None:
    found = [
        way
        for way in ways(traced(chart(CALLED + call)))
        if "else" in way or "called" in way or "if then" in way
    ]
    assert "1 define called" in found
    assert "1 if then" in found
    assert "1 if else" not in found


def test_a_file_that_is_included_by_its_path_tells_and_adds_nothing() -> None:
    other = "{{ if .Values.flag }}{{ else }}# none{{ end }}"
    path = '(print $.Template.BasePath "/other.yaml")'
    made = chart(
        f"{{{{ include {path} . }}}}{{{{ tpl `{{{{ include {path} . }}}}` . }}}}",
        others={"templates/other.yaml": other},
    )
    (answer,) = Traced(choose("embedded"), made).render([Case()])
    assert isinstance(answer, Rendering)
    assert (answer.notes, dict(answer.texts)) == ("# none# none", {"templates/other.yaml": "# none"})
    assert ways(traced(made)) == ["1 if else"]


def test_what_led_to_a_refusal_is_heard() -> None:
    template = '{{ if .Values.a }}{{ fail "no" }}{{ end }}{{ if .Values.b }}x{{ end }}'
    assert ways(traced(chart(template))) == ["1 if then"]
    assert ways(traced(chart(template), {"a": 0})) == ["1 if no else", "1 if no else"]
    required = '{{ if .Values.a }}{{ required "gone" .Values.b }}{{ end }}'
    assert ways(traced(chart(required))) == ["1 if then"]


def test_many_cases_are_one_union() -> None:
    found = traced(chart("{{ if .Values.a }}x{{ end }}"), *([{"a": 0}] * 200), {"a": 1})
    assert ways(found) == ["1 if then", "1 if no else"]


def test_what_only_a_string_calls_is_not_seen_and_renders() -> None:
    template = CALLED + '{{ tpl "{{ include `h` 1 }}" . }}'
    found = traced(chart(template))
    assert ways(found) == []
    (answer,) = Traced(choose("embedded"), chart(template)).render([Case()])
    assert getattr(answer, "notes", "") == "1"


def test_dependencies_are_instrumented_packed_or_not() -> None:
    library = chart("", "lib", {"templates/_h.tpl": CALLED})
    inner = Chart.of(f for f in library.files if f.path != "templates/NOTES.txt")
    packed = ChartFile("charts/lib-1.0.0.tgz", archive(inner))
    outer = chart('{{ include "h" .Values.a }}')
    found = traced(Chart.of([*outer.files, packed]))
    assert ways(found) == ["1 define called", "1 if then"]
    assert {point.is_own for point in found.points} == {False}


def test_a_template_that_cannot_be_parsed_is_told_with_its_place() -> None:
    with pytest.raises(ChartgenError, match=r"templates/NOTES.txt:1:1: this if is never closed"):
        traced(chart("{{ if .Values.a }}"))


def test_a_helm_that_loses_what_was_noted_is_refused() -> None:
    engine = choose(need("helm4"))
    with pytest.raises(ToolError, match="without what was covered"):
        Traced(engine, chart("x"))
