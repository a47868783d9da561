"""What a template does to a dict of its own is no change that another template could see."""

from __future__ import annotations

import pytest

from chartgen.template import parse
from chartgen.verify.changing import changes


@pytest.mark.parametrize(
    "text",
    [
        '{{ $_ := set .Values "a" 1 }}',
        '{{ range .Values.list }}{{ $_ := unset . "a" }}{{ end }}',
        '{{ $own := dict }}{{ $own = .Values.a }}{{ $_ := set $own "a" 1 }}',
        '{{ range $own := .Values.list }}{{ $_ := set $own "a" 1 }}{{ end }}',
        '{{ $_ := set (dict "a" .Values.a).a "b" 1 }}',
        "{{ .Values.b | merge .Values.a | toYaml }}",
        "{{ .Values.a | merge }}",
        "{{ $a := dict }}{{ $a = $a }}{{ merge $a (dict) }}",
    ],
)
def test_a_dict_that_others_may_see_is_changed(text: str) -> None:
    assert changes(parse(text, "templates/a.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Values.a | toYaml }}",
        '{{ include "a" (dict "extra" (mergeOverwrite (dict) (.Values.a | default dict))) }}',
        '{{ mergeOverwrite (merge dict .Values.a) (dict "b" 1) | toYaml }}',
        "{{ $own := dict }}{{ range $key, $_ := .Values.a }}{{ $_ := set $own $key 1 }}{{ end }}",
        '{{ $own := .Values.a | deepCopy }}{{ $_ := set $own "a" 1 }}',
        '{{ define "helper" }}{{ $_ := set .Values "a" 1 }}{{ end }}',
    ],
)
def test_a_dict_of_its_own_is_not(text: str) -> None:
    assert not changes(parse(text, "templates/a.yaml"))
