from __future__ import annotations

from chartgen.checks.capabilities import check
from chartgen.checks.subject import Made
from tests.unit.checks.stage import chart

READS = 'a: 1\n{{ if .Capabilities.APIVersions.Has "x/v1" }}b: 2{{ end }}\n'
LOOKUP = '{{ $x := (lookup "v1" "Secret" .Release.Namespace "a").data | default dict }}'


def found(template: str, *, own: bool = False) -> list[tuple[str, str, str]]:
    made = Made(
        chart(templates__a_yaml=template), own=frozenset({"templates/a.yaml"}) if own else frozenset()
    )
    return [(f.severity.value, str(f.place), f.what) for f in check(made)]


def test_a_template_that_asks_nobody() -> None:
    assert found('{{ .Values.a }} {{ .Chart.Name }} {{/* lookup .Capabilities */}} {{ "lookup" }}') == []


def test_capabilities_and_lookup_are_told_with_their_line() -> None:
    assert found(READS) == [
        (
            "error",
            "templates/a.yaml:2",
            (
                "reads .Capabilities.APIVersions.Has.x/v1: what it prints for other clusters is "
                "checked by nobody"
            ),
        )
    ]
    assert found("\n\n" + LOOKUP) == [
        (
            "error",
            "templates/a.yaml:3",
            "calls lookup, which finds nothing under helm template and Argo CD",
        )
    ]


def test_a_comment_that_says_why_allows_it_in_its_file() -> None:
    assert found("{{- /* chartgen:allow lookup: asked for by generate.method */}}" + LOOKUP) == []
    assert found("{{- /* chartgen:allow Capabilities: for NOTES alone */}}" + READS) == []
    assert len(found("{{- /* chartgen:allow lookup: */}}" + LOOKUP)) == 1
    assert len(found("{{- /* chartgen:allow Capabilities: x */}}" + LOOKUP)) == 1


def test_in_the_applications_own_templates_it_is_a_warning() -> None:
    assert [severity for severity, _, _ in found(READS + LOOKUP, own=True)] == ["warning", "warning"]
