"""Ways that are closed, and why; and as many that look closed and are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.coverage import Subject
from chartgen.coverage.known import Known

TEXT = {"type": "string", "minLength": 1}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "mode", "count", "box", "off", "any", "nullable", "ref"],
    "properties": {
        "name": TEXT,
        "mode": {"enum": ["a", "b"]},
        "count": {"type": "integer", "minimum": 1},
        "box": {"type": "object", "required": ["in"], "properties": {"in": TEXT, "maybe": TEXT}},
        "off": {"const": False},
        "any": {"type": "string"},
        "nullable": {"type": ["string", "null"], "minLength": 1},
        "ref": {"$ref": "#/definitions/label"},
        "optional": TEXT,
    },
    "definitions": {"label": {"type": "string", "pattern": "^[a-z]+$"}},
}


@pytest.mark.parametrize(
    "path, truth",
    [
        ("name", True),
        ("mode", True),
        ("count", True),
        ("box", True),
        ("box.in", True),
        ("box.maybe", None),
        ("off", False),
        ("any", None),
        ("nullable", None),
        ("ref", True),
        ("optional", None),
        ("unknown", None),
    ],
)
def test_what_the_schema_leaves_of_a_value(path: str, truth: bool | None) -> None:
    assert Known(SCHEMA).truth(tuple(path.split("."))) is truth


def test_a_table_that_may_be_something_else_leaves_its_keys_open() -> None:
    maybe = {**SCHEMA, "properties": {"box": {**SCHEMA["properties"]["box"], "type": ["object", "null"]}}}
    assert Known(maybe).truth(("box", "in")) is None


def test_references_in_a_circle_end() -> None:
    circle = {"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "#/definitions/a"}}}
    assert Known(circle).truth(("x",)) is None


def closed(text: str, helpers: str = "") -> list[str]:
    """The closed ways of a file of templates: `kind way`."""
    files = {
        "Chart.yaml": "apiVersion: v2\nname: t\nversion: 1.0.0\n",
        "values.schema.json": json.dumps(SCHEMA),
        "templates/_h.tpl": helpers,
        "templates/a.yaml": text,
    }
    subject = Subject(Chart.of(ChartFile(path, data.encode()) for path, data in files.items()))
    return [f"{b.kind} {b.way}" for b in subject.coverage(()).branches if b.reason]


@pytest.mark.parametrize(
    "text, ways",
    [
        ("{{ if .Values.name }}{{ end }}", ["if no else"]),
        ("{{ if not .Values.name }}{{ end }}", ["if then"]),
        ("{{ if .Values.any }}{{ else if .Values.name }}{{ else }}{{ end }}", ["if else"]),
        ("{{ with $.Values.box }}{{ with .in }}{{ end }}{{ end }}", ["with no else"]),
        (
            "{{ range .Values.off }}{{ .x | default 1 }}{{ end }}",
            ["range each", "default default", "default given"],
        ),
        ("{{ or .Values.any .Values.name .Values.any }}", ["or operand 3"]),
        ("{{ and .Values.name .Values.any }}", ["and operand 1"]),
        ("{{ and .Values.off .Values.any }}", ["and operand 2"]),
        ("{{ default 1 .Values.name }}", ["default default"]),
        ("{{ default 1 .Values.off }}", ["default given"]),
        ("{{ coalesce .Values.any .Values.name 1 }}", ["coalesce operand 3"]),
        ("{{ ternary 1 2 .Values.off }}", ["ternary true"]),
        ('{{ if eq .Values.mode "c" }}{{ end }}', ["if then"]),
        ('{{ if and .Values.any (eq .Values.mode "c") }}{{ end }}', ["if then"]),
        ('{{ if eq .Values.mode "a" }}{{ end }}', []),
        ("{{ if .Values.any }}{{ end }}", []),
        ("{{ with .Values.any }}{{ if .Values.name }}{{ end }}{{ end }}", []),
        ("{{ with .Values.any }}{{ else }}{{ if .Values.name }}{{ end }}{{ end }}", ["if no else"]),
        ("{{ .Values.name | default 1 }}", ["default default"]),
        ("{{ $x := .Values.any }}{{ if $x }}{{ end }}", []),
    ],
)
def test_a_way_is_closed_when_the_schema_decides_its_condition(text: str, ways: list[str]) -> None:
    assert closed(text) == ways


HELPER = '{{ define "h" }}{{ if .Values.name }}{{ end }}{{ end }}'


def test_a_helper_that_nothing_calls_is_told_with_all_that_is_in_it() -> None:
    assert closed("", HELPER) == ["define called", "if then", "if no else"]
    chain = HELPER + '{{ define "g" }}{{ include "h" . }}{{ end }}'
    assert closed("", chain) == ["define called", "if then", "if no else", "define called"]
    assert closed('{{ include "g" . }}', chain) == []


def test_a_computed_name_may_be_any_helper() -> None:
    assert closed('{{ include (print "h") . }}', HELPER) == []


@pytest.mark.parametrize(
    "text, ways",
    [
        ('{{ $x := (lookup "v1" "Secret" "a" "b").data | default dict }}', ["default given"]),
        ('{{ $x := lookup "v1" "Secret" "a" "b" }}{{ if $x }}{{ end }}', ["if then"]),
        ('{{ $x := dict }}{{ index $x "a" | default 1 }}', ["default given"]),
        ('{{ $x := dict }}{{ $_ := set $x "a" 1 }}{{ index $x "a" | default 1 }}', []),
        ("{{ range list .Values.any }}{{ end }}", ["range none"]),
        ("{{ range concat (list 1) .Values.list }}{{ end }}", []),
        ('{{ $x := "" }}{{ range $x := .Values.list }}{{ if $x }}{{ end }}{{ end }}', []),
    ],
)
def test_a_way_is_closed_when_the_file_itself_decides_its_condition(text: str, ways: list[str]) -> None:
    assert closed(text) == ways


def test_a_template_may_say_itself_what_is_never_taken_and_is_shown_with_that() -> None:
    text = "{{- /* chartgen:never none: a Rule wants one */ -}}\n{{ range .Values.list }}{{ end }}"
    assert closed(text) == ["range none"]
