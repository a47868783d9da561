"""Our parser and Helm's accept and refuse the same templates."""

from __future__ import annotations

import io
import tarfile

import pytest

from chartgen.template import TemplateError, parse
from chartgen.template.functions import FUNCTIONS
from tests.need import need

VALID = (
    "",
    "text } }} only",
    "{{ .a }}",
    "{{.a}}",
    "{{- .a -}}",
    "{{-3}}",
    "{{- 3 -}}",
    "{{-\n.a\n-}}",
    "a{{/* c */}}b",
    "{{- /* c\n}} */ -}}",
    "{{ .a | }}",
    "{{ .a.b.c | quote }}",
    "{{ .a|quote }}",
    "{{ (.a).b }}",
    "{{ (index .Values `a`).b }}",
    "{{ now.UTC }}",
    "{{ . }}{{ $ }}{{ $.a }}",
    "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}",
    "{{ $x := 1 }}{{$x =2}}",
    "{{$x:=1}}",
    "{{ ($x := 1) }}{{ $x }}",
    "{{ if .a }}{{ else if .b }}{{ else }}{{ end }}",
    "{{ if .a }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}",
    "{{ with $x := .a }}{{ $x }}{{ else with .b }}{{ else }}{{ $x }}{{ end }}",
    "{{ range .a }}{{ break }}{{ continue }}{{ else }}{{ end }}",
    "{{ range $i, $v := .a }}{{ $i }}{{ $v }}{{ end }}",
    "{{ range $i,$v := .a }}{{ end }}",
    "{{ $v := .a }}{{ range $i, $v }}{{ end }}",
    "{{ $i := 0 }}{{ range $i = .a }}{{ end }}",
    '{{ define "d" }}{{ . }}{{ end }}{{ template "d" . }}{{ template "d" }}',
    "{{ define `d` }} {{/* blank */}} {{ end }}{{ define `d` }}full{{ end }}",
    '{{ block "b" .a }}{{ . }}{{ end }}',
    "{{ nil | default 1 }}",
    "{{ eq .a nil true false }}",
    "{{ print 0x1F 0o17 0b11 017 1_000 -1 +1 1.5 .5 1. 1e3 0x1p4 1i 1+2i }}",
    "{{ print 18446744073709551615 -9223372036854775808 }}",
    r"""{{ print "a\n\t\\\"\x41\101\u00e9\U0001F600" `a\` 'a' '\'' '\n' 'é' }}""",
    "{{ print `two\nlines` }}",
    "{{ .é.日本 }}{{ $ñ := 1 }}{{ $ñ }}",
    "{{ print\t.a\r\n.b }}",
    "{{ template `c/templates/x.yaml`. }}",
    "{{if.a}}{{end}}",
)

INVALID = (
    "{{ .a",
    "{{ .a }",
    "{{",
    "{{}}",
    "{{- -}}",
    "{{-}}",
    "{{ .a-}}",
    "{{ 3-}}",
    "{{ /* c */ }}",
    "{{/* c */ }}",
    "{{- /* c */-}}",
    "{{- /* c */  -}}",
    "{{/* c }}",
    "{{ | .a }}",
    "{{ .a || .b }}",
    "{{ .a | . }}",
    "{{ .a | 3 }}",
    "{{ .a | nil }}",
    "{{ (.a }}",
    "{{ .a) }}",
    "{{ () }}",
    "{{ ..a }}",
    "{{ `a`.b }}",
    "{{ nil.b }}",
    "{{ 1.b }}",
    "{{ print `a``b` }}",
    "{{ print 'ab' }}",
    "{{ print '' }}",
    '{{ print "a\\q" }}',
    '{{ print "\\400" }}',
    '{{ print "\\ud800" }}',
    '{{ print "\n" }}',
    "{{ print `a }}",
    "{{ 089 }}",
    "{{ 0x }}",
    "{{ 1__0 }}",
    "{{ 1e999 }}",
    "{{ 18446744073709551616 }}",
    "{{ -9223372036854775809 }}",
    "{{ 1+2 }}",
    "{{ - }}",
    "{{ .a² }}",
    "{{ ½ }}",
    "{{ $x }}",
    "{{ $x+1 }}",
    "{{ $x := 1 }}{{$x=2}}",
    "{{ $x, $y := .a }}",
    "{{ range $i, }}{{ end }}",
    "{{ range $i, $j, $k := .a }}{{ end }}",
    "{{ $x : 1 }}",
    "{{ .a, .b }}",
    "{{ if }}{{ end }}",
    "{{ if .a }}",
    "{{ end }}",
    "{{ else }}",
    "{{ if .a }}{{ else }}{{ else }}{{ end }}",
    "{{ if .a }}{{ else with .b }}{{ end }}",
    "{{ with .a }}{{ else if .b }}{{ end }}",
    "{{ range .a }}{{ else range .b }}{{ end }}",
    "{{ if .a }}{{ end .b }}",
    "{{ if .a }}{{ define `d` }}{{ end }}{{ end }}",
    "{{ define d }}{{ end }}",
    "{{ define `d` . }}{{ end }}",
    "{{ define `d` }}1{{ end }}{{ define `d` }}2{{ end }}",
    "{{ block `b` }}{{ end }}",
    "{{ $x := 1 }}{{ block `b` . }}{{ $x }}{{ end }}",
    "{{ range .a }}{{ block `b` . }}{{ break }}{{ end }}{{ end }}",
    "{{ template d . }}",
    "{{ template }}",
    "{{ break }}",
    "{{ range .a }}{{ break 1 }}{{ end }}",
    "{{ .a | end }}",
    "{{ nosuch .a }}",
    "{{ env `HOME` }}",
)


def helm_parses(text: str) -> bool:
    """Whether Helm gets past parsing; what happens when it executes the template does not matter."""
    import helm_python

    files = {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", "templates/x.yaml": text}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(f"c/{path}")
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    try:
        with helm_python.Chart.load_archive(archive.getvalue()) as chart:
            chart.render()
    except helm_python.HelmError as error:
        return "parse error" not in str(error)
    return True


def we_parse(text: str) -> bool:
    try:
        parse(text, "x.yaml")
    except TemplateError:
        return False
    return True


@pytest.mark.parametrize("text", VALID)
def test_what_helm_accepts_we_accept(text: str) -> None:
    assert we_parse(text)
    need("helm_python")
    assert helm_parses(text)


@pytest.mark.parametrize("text", INVALID)
def test_what_helm_refuses_we_refuse(text: str) -> None:
    assert not we_parse(text)
    need("helm_python")
    assert not helm_parses(text)


def test_helm_knows_every_function_that_we_allow() -> None:
    need("helm_python")
    dormant = "{{{{ if 0 }}}}{{{{ {} }}}}{{{{ end }}}}"
    assert [name for name in sorted(FUNCTIONS) if not helm_parses(dormant.format(name))] == []
