"""Whatever the text: its tokens are the text, and the parser answers or says TemplateError."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chartgen.template import TemplateError, parse
from chartgen.template.lexer import tokens
from chartgen.template.tree import Template, Text

SCRAPS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{{-",
            "-}}",
            "{{- ",
            " -}}",
            "{{-\t",
            "\t-}}",
            "{{if}",
            "{{end}}",
            "{{else}}",
            "{",
            "}",
        ),
        *(
            "{{/*",
            "*/}}",
            "/*",
            "*/",
            "if ",
            "else",
            "end",
            "with ",
            "range ",
            "define ",
            "block ",
            "template ",
        ),
        *(
            "break",
            ".a",
            ".",
            "$",
            "$x",
            ":=",
            "=",
            ",",
            "(",
            ")",
            "|",
            '"s"',
            '"',
            "``",
            "`",
            "'c'",
            "'",
            "\\",
        ),
        *("1", "1.5", "-1", "08", "0x", "1e9", "nil", "true", "eq ", " ", "\n", "\r", "é", "²"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(SCRAPS, max_size=30).map("".join), st.lists(SCRAPS).map(" ".join))


@given(TEXTS)
@example("{{- /* c */ -}} {{ .a -}} \n {{- `raw` }}")
def test_the_tokens_are_the_text(text: str) -> None:
    found = list(tokens(text))
    assert "".join(text[t.lead : t.end] for t in found) == text
    assert all(t.lead <= t.start <= t.end for t in found)
    assert all(t.kind != "error" for t in found[:-1])


def attempt(text: str) -> Template | TemplateError:
    try:
        return parse(text, "t", None)
    except TemplateError as error:
        return error


@given(TEXTS)
def test_a_text_is_parsed_without_loss_or_refused_at_a_place_in_it(text: str) -> None:
    result = attempt(text)
    if isinstance(result, TemplateError):
        lines = text.split("\n")
        assert 1 <= result.line <= len(lines)
        assert 1 <= result.column <= len(lines[result.line - 1]) + 1
    else:
        assert "".join(text[n.start : n.end] for n in result.nodes) == text
        assert all(n.text in text[n.start : n.end] for n in result.nodes if isinstance(n, Text))


TEN_MB = 10_000_000
JUNK = (
    "{{", "{{(", "{{ (", "{{if x}}", "{{/*", "x{", "\n ", "{{ .a }} {{- ", "{{`", '{{ "a\\', "{{ 1",
    "{{ 1e+", "{{ a.", "{{ $x |", "{{- /* */ -",
)  # fmt: skip


# A quadratic rule would need hours for one of these: the test would not fail, but never end.
@pytest.mark.parametrize("scrap", JUNK)
def test_ten_megabytes_of_junk_are_soon_refused(scrap: str) -> None:
    text = scrap * (TEN_MB // len(scrap))
    tail = scrap + scrap[-1] * TEN_MB
    for junk in (text, tail):
        result = attempt(junk)
        assert isinstance(result, TemplateError) == ("{{" in junk)
        assert len(str(result)) < 200 or "{{" not in junk
