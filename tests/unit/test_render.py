"""What may enter a template, and that text moved to its place means what it meant."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen import documents
from chartgen.chart import Chart, ChartFile
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Rendering
from chartgen.package import archive
from chartgen.render import Fragment, chart_file, data, guard, prose, quoted, shift

# But for `<no value>`, which Helm takes out of everything that it renders.
HOSTILE = [
    "{{ .Values.secrets }}",
    "}} {{",
    '{{- fail "x" -}}',
    "a 'single' and a \"double\"",
    "back\\slash \\n",
    "two\nlines\n",
    "tab\there",
    "# no comment",
    "yes",
    "1e3",
    "0777",
    "null",
    "",
    " spaces ",
    "ünïcode 🦄 \u2028",
    '{{ include "a" . | nindent 4 }}',
    "indent 4 and nindent 8",
    "[[ jinja ]] [% if %]",
]


def rendered(template: str, values: dict[str, Any] | None = None) -> Any:
    head = ChartFile("Chart.yaml", b"apiVersion: v2\nname: one\nversion: 1.0.0\n")
    text = f"apiVersion: v1\nkind: One\n{template}\n"
    chart = Chart.of([head, ChartFile("templates/one.yaml", text.encode())])
    (answer,) = choose().open(archive(chart)).render([Case(values or {})])
    assert isinstance(answer, Rendering), answer.message
    return answer.manifests[0].data


@pytest.mark.parametrize(
    "value", ["a", "a-b", "A_b.c", "/a/b", "host:80", 5, -1, "", "a/@%+,=&~?-", Fragment("{{ x }}")]
)
def test_names_numbers_and_fragments_are_let_through(value: Any) -> None:
    assert guard(value) is value


@pytest.mark.parametrize(
    "value",
    [
        "{{ x }}",
        "a b",
        'a"',
        "a\n",
        "a'b",
        "$(x)",
        "`x`",
        "a;b",
        "[x]",
        "#a",
        "@a",
        "%a",
        "&a",
        "é",
        None,
        True,
        1.5,
        [],
    ],
)
def test_anything_else_is_our_mistake(value: Any) -> None:
    with pytest.raises(TypeError, match="would be printed into a template as it is"):
        guard(value)


@pytest.mark.parametrize(
    "value", [*HOSTILE, 12345678, 1.5, True, None, [1, "{{ a }}"], {"a": "{{ b }}", "c": ["d"]}]
)
def test_data_arrives_as_it_is_wherever_it_stands(value: Any) -> None:
    if isinstance(value, dict | list):
        text = shift("value:\n" + shift(data(value), 2), 4)
    else:
        text = shift(f"value: {data(value)}", 4)
    assert rendered(f"outer:\n{text}")["outer"]["value"] == value


@pytest.mark.parametrize("value", HOSTILE)
def test_a_string_literal_of_go_is_the_string(value: str) -> None:
    assert rendered(f"value: {{{{ {quoted(value)} | toJson }}}}")["value"] == value


@pytest.mark.parametrize("value", HOSTILE)
def test_prose_is_one_line_that_is_never_run(value: str) -> None:
    line = " ".join(value.split())
    assert rendered(f'value: {{{{- "" }}}} |\n  x {prose(value)}')["value"].strip() == f"x {line}".strip()


@pytest.mark.parametrize("value", ["a */ b", "*/}} {{ .Values.x }}"])
def test_prose_cannot_end_a_comment(value: str) -> None:
    assert "*/" not in prose(value)


def test_moving_text_moves_the_numbers_of_its_indentation() -> None:
    text = 'a:\n  {{- toYaml .x | nindent 2 }}\n\nb: {{ include "x" . | indent 4 -}}\nc: {{ .}}'
    moved = (
        '    a:\n      {{- toYaml .x | nindent 6 }}\n\n    b: {{ include "x" . | indent 8 -}}\n    c: {{ .}}'
    )
    assert shift(text, 4) == moved


def test_moving_text_leaves_words_that_only_look_like_it() -> None:
    text = 'a: nindent 2\nb: "| nindent 4 }}"\nc: {{ "nindent 6" }}'
    assert shift(text, 2) == '  a: nindent 2\n  b: "| nindent 4 }}"\n  c: {{ "nindent 6" }}'


def test_moving_twice_is_moving_once_by_both() -> None:
    text = "a:\n  {{- toYaml . | nindent 2 }}"
    assert shift(shift(text, 2), 4) == shift(text, 6)


def test_a_file_says_which_template_it_came_from() -> None:
    file = chart_file("templates/x.yaml", "extra_objects.yaml.j2")
    assert file.text.startswith("{{- /* Made by chartgen from its template extra_objects.yaml.j2. */ -}}\n")
    assert file.text.endswith("\n")
    assert not file.text.endswith("\n\n")


def test_data_is_dumped_as_documents_dumps_it() -> None:
    assert data({"a": [1, "x: y"]}, 2) == documents.dump({"a": [1, "x: y"]}).rstrip("\n").replace(
        "\n", "\n  "
    )
