"""Which faults are put into templates and schemas: each kind at every place, one at a time."""

from __future__ import annotations

import json

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.template import parse
from ci.mutation import schema, templates
from ci.mutation.mutant import Mutant
from ci.mutation.run import Verdict, mutants, share, summary
from tests.apps.made import chart


def changed(text: str, operator: str) -> list[str]:
    """The text with each fault of one kind."""
    found = [m for m in templates.mutants("t", text) if m.operator == operator]
    return [f"{text[: m.start]}{m.after}{text[m.start + len(m.before) :]}" for m in found]


@pytest.mark.parametrize(
    "text, operator, faults",
    [
        ("{{ .a | quote }}{{ quote .b }}", "dropped quote",
         ["{{ .a }}{{ quote .b }}", "{{ .a | quote }}{{ .b }}"]),
        ("{{ eq (toString .a) `x` }}", "missing toString", ["{{ eq (.a) `x` }}"]),
        ("{{ .a | default 1 | int }}", "dropped default", ["{{ .a | int }}"]),
        ("{{ .a | nindent 4 }}", "wrong indent", ["{{ .a | nindent 2 }}", "{{ .a | nindent 6 }}"]),
        ("{{ if and .a .b }}{{ end }}", "inverted condition", ["{{ if not (and .a .b) }}{{ end }}"]),
        ("{{ if and .a .b }}{{ end }}", "swapped and for or", ["{{ if or .a .b }}{{ end }}"]),
        ("{{ if .a }}x{{ else }}y{{ end }}", "emptied branch",
         ["{{ if .a }}{{ else }}y{{ end }}",
          "{{ if .a }}x{{ else }}{{ end }}"]),
        ("{{ with .Values.a.b }}{{ $.Values.c }}{{ end }}", "renamed setting",
         ["{{ with .Values.a.bRenamed }}{{ $.Values.c }}{{ end }}",
          "{{ with .Values.a.b }}{{ $.Values.cRenamed }}{{ end }}"]),
        ("a:\n  port: 80\n  port: http\n", "other port",
         ["a:\n  port: 81\n  port: http\n", "a:\n  port: 80\n  port: httpx\n"]),
        ("a: 1\n{{ if .a }}\nb: {{ .b }}\n{{ end }}\n", "removed line",
         ["{{ if .a }}\nb: {{ .b }}\n{{ end }}\n", "a: 1\n{{ if .a }}\n{{ end }}\n"]),
    ],
)  # fmt: skip
def test_a_fault_is_made_at_every_place_where_it_can_be(text: str, operator: str, faults: list[str]) -> None:
    assert changed(text, operator) == faults


def test_lines_that_cannot_go_alone_stay() -> None:
    text = "{{ $x := 1 }}\n{{/* a\nb */}}\n{{ define `d` }}\n{{ end }}\n{{ dict\n `a` 1 }}\n\n{{ $x }}"
    assert changed(text, "removed line") == [text.removesuffix("{{ $x }}")]


def test_every_mutant_of_a_chart_can_be_parsed_and_is_another_chart() -> None:
    whole = chart("web")
    found = list(mutants(whole))
    assert len(found) == len(set(found)) > 1000
    for mutant in found:
        text = mutant.of(whole).by_path[mutant.file].text
        assert text != whole.by_path[mutant.file].text
        if mutant.file != schema.FILE:
            parse(text, mutant.file)


def test_a_schema_loses_one_keyword_or_rule_at_a_time() -> None:
    text = json.dumps({
        "type": "object", "required": ["a"],
        "properties": {"type": {"pattern": "x"}, "a": {"anyOf": [{"enum": ["required"]}, {"minimum": 1}]}},
        "x-chartgen": {"rules": [{"sentence": "no"}]},
    })  # fmt: skip
    assert [m.operator for m in schema.mutants(text)] == [
        "removed required at required",
        "removed type at type",
        "removed pattern at properties/type/pattern",
        "removed anyOf at properties/a/anyOf",
        "removed enum at properties/a/anyOf/0/enum",
        "removed minimum at properties/a/anyOf/1/minimum",
        "removed Rule at x-chartgen/rules/0",
    ]
    first = next(schema.mutants(text))
    assert "required" not in json.loads(first.after)


def test_a_mutant_of_another_chart_is_refused() -> None:
    other = Chart("a", "1", (ChartFile("templates/a.yaml", b"b: 1\n"),))
    with pytest.raises(ValueError, match="does not stand at 0"):
        Mutant("templates/a.yaml", 0, "removed line", 1, "a: 1\n", "").of(other)


def test_what_renders_alike_everywhere_is_no_miss_and_is_listed() -> None:
    mutant = Mutant("a.yaml", 0, "removed line", 1, "a: 1\n", "")
    verdicts = [Verdict(mutant, "no"), Verdict(mutant, "", "dev"), Verdict(mutant, "")]
    assert share(verdicts) == 50.0
    assert summary(verdicts).splitlines()[-3:] == [
        "all                          1 of     2 found,    50%; 1 render alike",
        "survived a.yaml:1: removed line: 'a: 1' -> ''  (seen in: dev)",
        "survived a.yaml:1: removed line: 'a: 1' -> ''  (renders alike in every case)",
    ]
