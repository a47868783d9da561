"""Where templates decide, what they call, and the exact place of both."""

from __future__ import annotations

import pytest

from chartgen.template import branches, calls, parse
from chartgen.template.calls import Definition, FunctionCall, Inclusion


def ways(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Kind of each point, and for each of its ways what it is and its source."""
    found = branches(parse(text, "t"))
    return [(p.kind, [(w.what, text[w.start : w.end]) for w in p.ways]) for p in found]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{{ .a }}", []),
        ("{{ if .a }}1{{ else }}2{{ end }}", [("if", [("then", "1"), ("else", "2")])]),
        ("{{ if .a }}1{{ end }}", [("if", [("then", "1"), ("no else", "")])]),
        (
            "{{ if .a }}1{{ else if .b }}2{{ end }}",
            [("if", [("then", "1"), ("else if", "2"), ("no else", "")])],
        ),
        (
            "{{ with .a }}1{{ else with .b }}2{{ else }}3{{ end }}",
            [("with", [("then", "1"), ("else with", "2"), ("else", "3")])],
        ),
        ("{{ range .a }}1{{ end }}", [("range", [("each", "1"), ("none", "")])]),
        ("{{ range .a }}1{{ else }}2{{ end }}", [("range", [("each", "1"), ("none", "2")])]),
        ("{{ and .a (.b) }}", [("and", [("operand 1", ".a"), ("operand 2", "(.b)")])]),
        ("{{ .a | or .b | quote }}", [("or", [("operand 1", ".b"), ("operand 2", ".a")])]),
        ("{{ default 1 .a }}", [("default", [("default", "1"), ("given", ".a")])]),
        ("{{ .a | default 1 }}", [("default", [("default", "1"), ("given", ".a")])]),
        ("{{ .a | trim | default 1 }}", [("default", [("default", "1"), ("given", ".a | trim")])]),
        ("{{ ternary 1 2 .a }}", [("ternary", [("true", "1"), ("false", "2")])]),
        ("{{ .a | ternary 1 2 }}", [("ternary", [("true", "1"), ("false", "2")])]),
        ("{{ coalesce .a .b }}", [("coalesce", [("operand 1", ".a"), ("operand 2", ".b")])]),
        ("{{ and .a }}{{ default 1 }}{{ list and }}", []),
        (
            "{{ if and .a (or .b .c) }}{{ end }}",
            [
                ("if", [("then", ""), ("no else", "")]),
                ("and", [("operand 1", ".a"), ("operand 2", "(or .b .c)")]),
                ("or", [("operand 1", ".b"), ("operand 2", ".c")]),
            ],
        ),
    ],
)
def test_every_way_is_named_with_its_source(text: str, expected: list[object]) -> None:
    assert ways(text) == expected


def test_a_missing_else_stands_where_one_could_be_put() -> None:
    text = "{{ if .a }}\n  x\n{{- end }}"
    (point,) = branches(parse(text, "t"))
    then, missing = point.ways
    assert (then.line, then.column, then.head) == (1, 1, 0)
    assert text[missing.start :] == "{{- end }}"
    assert (missing.line, missing.column, missing.head) == (3, 1, missing.start)


def test_points_know_the_named_template_they_are_in() -> None:
    block = '{{ block "b" (or .x .y) }}{{ range .c }}{{ end }}{{ end }}'
    text = (
        f'{{{{ define "d" }}}}{{{{ if .a }}}}{block}{{{{ end }}}}{{{{ end }}}}{{{{ with .d }}}}{{{{ end }}}}'
    )
    found = branches(parse(text, "t"))
    assert [(p.kind, p.inside) for p in found] == [("if", "d"), ("or", "d"), ("range", "b"), ("with", "")]


def test_calls_definitions_and_functions_with_places() -> None:
    helpers = parse('{{ define "a" }}\n{{ include "b" . | quote }}{{ end }}', "_h.tpl")
    text = '{{ template "a" . }}{{ block "b" . }}{{ end }}\n{{ include (print "x") . }}{{ (now).UTC }}'
    found = calls([helpers, parse(text, "x.yaml")])
    assert found.defined == (Definition("_h.tpl", 1, 1, "a"), Definition("x.yaml", 1, 21, "b"))
    assert found.included == (
        Inclusion("_h.tpl", 2, 4, "b", "include", "a"),
        Inclusion("x.yaml", 1, 13, "a", "template", ""),
        Inclusion("x.yaml", 1, 21, "b", "block", ""),
        Inclusion("x.yaml", 2, 4, None, "include", ""),
    )
    assert [(f.name, f.line, f.inside) for f in found.functions] == [
        ("include", 2, "a"),
        ("quote", 2, "a"),
        ("include", 2, ""),
        ("print", 2, ""),
        ("now", 2, ""),
    ]


def test_lookups_are_found_in_parentheses_and_conditions() -> None:
    text = '{{ if (lookup "v1" "Secret" "n" "s").data }}{{ end }}'
    assert calls([parse(text, "t")]).lookups == (FunctionCall("t", 1, 8, "lookup", ""),)
    assert calls([parse("{{ now.UTC }}{{ include }}", "t")]).lookups == ()
