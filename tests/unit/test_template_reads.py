"""Which of the chart's data is read: through variables, with, range, dicts, helpers and functions."""

from __future__ import annotations

import pytest

from chartgen.template import Read, parse, reads


def read(text: str, helpers: str = "") -> list[str]:
    """What the file and the helpers read, as a person would write it: `a.b`, `a.**` whole, `a.?` computed,
    `-k` for an omitted key; other roots than Values with a slash in front."""
    templates = [parse(helpers, "templates/_helpers.tpl"), parse(text, "templates/x.yaml")]
    return sorted({shown(r) for r in reads(templates)})


def shown(one: Read) -> str:
    root = [] if one.root == "Values" else [f"/{one.root}"]
    marks = ["?"] * one.dynamic + ["**"] * one.whole
    return ".".join([*root, *one.path, *marks]) + "".join(f"-{k}" for k in one.omitted)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{{ .Values.a.b }}", ["a.b"]),
        ("{{ $.Values.a.b }}", ["a.b"]),
        ("{{ (.Values.a).b }}", ["a.b"]),
        ("{{ .Values }}", [""]),
        ("{{ . }}", []),
        ("text only", []),
        ("{{ .Chart.Name }}", ["/Chart.Name"]),
        ("{{ .Vales.a }}", ["/Vales.a"]),
        ("{{ if .Values.a }}{{ else if .Values.b }}{{ end }}", ["a", "b"]),
        ("{{ if and .Values.a (not .Values.b) }}{{ end }}", ["a", "b"]),
        ("{{ if eq .Values.a `x` }}{{ end }}", ["a"]),
        ("{{ .Values.a | trunc 63 | quote }}", ["a"]),
    ],
)
def test_plain_reads(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{{ $c := .Values.backend }}", []),
        ("{{ $c := .Values.backend }}{{ $c.image.tag }}", ["backend.image.tag"]),
        ("{{ $c := .Values }}{{ $d := $c.a }}{{ $d.b }}", ["a.b"]),
        (
            "{{ $c := .Values.a }}{{ if .Values.x }}{{ $c = .Values.b }}{{ end }}{{ $c.k }}",
            ["a.k", "b.k", "x"],
        ),
        ("{{ $c := .Values.a }}{{ if true }}{{ $c := .Values.b }}{{ end }}{{ $c.k }}", ["a.k"]),
        ("{{ $c := .Values.a }}{{ range .Values.l }}{{ $c.k }}{{ $c = . }}{{ end }}", ["a.k", "l", "l.*.k"]),
        (
            "{{ $a := 0 }}{{ $b := 0 }}{{ range .Values.l }}{{ $b.k }}{{ $b = $a }}{{ $a = . }}{{ end }}",
            ["l", "l.*.k"],
        ),
        ("{{ ($c := .Values.a).b }}{{ $c.d }}", ["a.b", "a.d"]),
        ("{{ if $c := .Values.a }}{{ $c.b }}{{ else }}{{ $c.d }}{{ end }}", ["a", "a.b", "a.d"]),
    ],
)
def test_variables_are_followed(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "{{ with .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}{{ .Values.d }}",
            ["a", "a.b", "c", "d"],
        ),
        ("{{ with .Values.a }}{{ .b }}{{ else with .Values.c }}{{ .d }}{{ end }}", ["a", "a.b", "c", "c.d"]),
        ("{{ with $x := .Values.a }}{{ $x.b }}{{ $.Values.c }}{{ end }}", ["a", "a.b", "c"]),
        ("{{ with .Values.a }}{{ . }}{{ end }}", ["a"]),
        ("{{ range .Values.a }}{{ .b }}{{ . }}{{ end }}", ["a", "a.*", "a.*.b"]),
        ("{{ range $k, $v := .Values.a }}{{ $k }}{{ $v.b }}{{ end }}", ["a", "a.*.b"]),
        ("{{ range $v := .Values.a }}{{ $v.b }}{{ end }}", ["a", "a.*.b"]),
        ("{{ range .Values.a }}{{ range .b }}{{ .c }}{{ end }}{{ end }}", ["a", "a.*.b", "a.*.b.*.c"]),
        ("{{ range .Values.a }}{{ else }}{{ .Values.b }}{{ end }}", ["a", "b"]),
        ("{{ range until 3 }}{{ . }}{{ .x }}{{ end }}", []),
        ("{{ range list .Values.a .Values.b }}{{ .c }}{{ end }}", ["a.c", "b.c"]),
        ("{{ range $k := keys .Values.a }}{{ (index $.Values.a $k).b }}{{ end }}", ["a", "a.*.b"]),
        ("{{ range values .Values.a }}{{ .b }}{{ end }}", ["a.*.b"]),
        ("{{ range $k, $v := dict `x` .Values.a `y` .Values.b }}{{ $v.c }}{{ end }}", ["a.c", "b.c"]),
    ],
)
def test_with_and_range_move_dot(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ('{{ index .Values "a" "b" }}', ["a.b"]),
        ('{{ (index .Values "a").b }}', ["a.b"]),
        ("{{ index .Values.a 0 }}", ["a.*"]),
        ("{{ (index .Values .Values.name).b }}", ["?", "name"]),
        (
            "{{ range $k, $v := .Values.a }}{{ index $.Values.a $k }}{{ index $.Values.b $k }}{{ end }}",
            ["a", "a.*", "b.?"],
        ),
        ("{{ range list `a` `b` }}{{ index $.Values . `c` }}{{ end }}", ["a.c", "b.c"]),
        ("{{ range $k, $v := dict `a` 1 `b` 2 }}{{ index $.Values $k }}{{ end }}", ["a", "b"]),
        ('{{ get .Values.a "b" }}', ["a.b"]),
        ('{{ .Values.a | dig "b" "c" .Values.d }}', ["a.b.c", "d"]),
        ('{{ dig "b" .Values.a }}', ["a.**"]),
        ('{{ if hasKey .Values.a "b" }}{{ end }}', ["a.b"]),
        ("{{ if hasKey .Values.a .Values.k }}{{ end }}", ["a.?", "k"]),
        ('{{ range pluck "k" .Values.a .Values.b }}{{ .c }}{{ end }}', ["a.k.c", "b.k.c"]),
        ("{{ (first .Values.a).b }}{{ (last .Values.c).d }}", ["a.*.b", "c.*.d"]),
        ("{{ range chunk 2 .Values.a }}{{ range . }}{{ .b }}{{ end }}{{ end }}", ["a", "a.*.b"]),
        ('{{ index (dict "a" .Values.x) "a" }}', ["x"]),
        ('{{ index (dict "a" .Values.x "b" .Values.y) .Values.z }}', ["x", "y", "z"]),
        ("{{ (index (list .Values.x) 0).a }}", ["x.a"]),
        ("{{ index .Values nil }}", []),
        (
            "{{ range $k, $v := index .Values .Values.n }}{{ index $.Values.b $k }}{{ end }}",
            ["?", "b.?", "n"],
        ),
        ("{{ omit (include `x` 1 | fromYaml) `a` | toYaml }}", []),
    ],
)
def test_keys_are_followed_and_computed_ones_are_said(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{{ default `x` .Values.a }}", ["a"]),
        ("{{ (.Values.a | default .Values.b).c }}", ["a", "a.c", "b", "b.c"]),
        ("{{ (default dict .Values.a).b }}", ["a", "a.b"]),
        ("{{ (coalesce .Values.a .Values.b).c }}", ["a", "a.c", "b", "b.c"]),
        ("{{ (or .Values.a .Values.b).c }}", ["a", "a.c", "b", "b.c"]),
        ("{{ (ternary .Values.a .Values.b .Values.x).c }}", ["a.c", "b.c", "x"]),
        ('{{ required "say a" .Values.a }}', ["a"]),
        ("{{ toYaml .Values.a | nindent 2 }}", ["a.**"]),
        ("{{ with .Values.a }}{{ toYaml . }}{{ end }}", ["a", "a.**"]),
        ("{{ toYaml . }}", ["**"]),
        ("{{ toJson (dict `a` .Values.x `b` (list .Values.y)) }}", ["x.**", "y.**"]),
        ("{{ .Values.a | toYaml | fromYaml | toJson }}", ["a.**"]),
        ('{{ has .Values.x .Values.l }}{{ join "," .Values.m }}', ["l.**", "m.**", "x"]),
        ("{{ (merge (deepCopy .Values.a) .Values.b).c }}", ["a.c", "b.c"]),
        ("{{ toYaml (mergeOverwrite (deepCopy .Values.a) .Values.b) }}", ["a.**", "b.**"]),
        ('{{ toYaml (pick .Values.a "x" "y") }}', ["a.x.**", "a.y.**"]),
        ("{{ toYaml (pick .Values.a .Values.k) }}", ["a.?.**", "k"]),
        ('{{ toYaml (omit .Values.a "x") }}', ["a.**-x"]),
        ('{{ (omit .Values.a "x").x }}{{ (omit .Values.a "x").y }}', ["a.y"]),
        ('{{ (omit (dict "x" .Values.a "y" .Values.b) "x").x }}', []),
        ('{{ (omit (dict "x" .Values.a "y" .Values.b) "x").y }}', ["b"]),
        ("{{ range append .Values.a .Values.b }}{{ .c }}{{ end }}", ["a", "a.*.c", "b.c"]),
        ("{{ range concat .Values.a .Values.b }}{{ .c }}{{ end }}", ["a", "a.*.c", "b", "b.*.c"]),
        ("{{ range uniq (without .Values.a .Values.b) }}{{ .c }}{{ end }}", ["a", "a.*.c", "b"]),
        ("{{ tpl .Values.a . }}", ["a"]),
        ("{{ tpl (toYaml .Values.a) $ }}", ["a.**"]),
        ("{{ tpl `{{ .Values.b }}` . }}", ["b"]),
        ("{{ tpl `{{ .b }}` .Values.a }}", ["a.b"]),
        ("{{ tpl `{{ if }}` . }}", []),
        ("{{ tpl `plain` . }}{{ tpl .Values.a }}{{ include }}", ["a"]),
        ('{{ .Files.Get "conf/a.txt" }}', ["/Files.Get.conf/a.txt"]),
        ("{{ .Files.Get .Values.a }}", ["/Files.Get.?", "a"]),
        ('{{ (.Files.Glob "conf/*").AsConfig }}', ["/Files.Glob.conf/*"]),
        ('{{ .Capabilities.APIVersions.Has "v1" }}', ["/Capabilities.APIVersions.Has.v1"]),
        ('{{ lookup "v1" "Secret" .Release.Namespace .Values.a }}', ["/Release.Namespace", "a"]),
        ("{{ now.UTC }}{{ list now }}", []),
        ('{{ printf "%s-%d" .Values.a 1 }}', ["a"]),
        ("{{ printf .Values.a }}{{ printf `%08.2f` .Values.b }}", ["a", "b"]),
    ],
)
def test_functions(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ('{{ $x := dict }}{{ $_ := set $x "k" .Values.a }}{{ $x.k.b }}', ["a.b"]),
        ('{{ $x := dict }}{{ range list 1 }}{{ $_ := set $x "k" $.Values.a }}{{ end }}{{ $x.k.b }}', ["a.b"]),
        ("{{ $x := dict }}{{ $_ := set $x .Values.n .Values.a }}{{ $x.k.b }}", ["a.b", "n"]),
        ("{{ $x := dict }}{{ $_ := merge $x .Values.a }}{{ $x.b }}", ["a.b"]),
        ('{{ $_ := set . "c" .Values.a }}{{ .c.b }}{{ $.c.b }}', ["/c.b", "a.b"]),
        ('{{ $_ := set $ "c" .Values.a }}{{ .c.b }}', ["/c.b", "a.b"]),
        ('{{ with dict }}{{ $_ := set . "c" $.Values.a }}{{ .c.b }}{{ end }}', ["a.b"]),
        ('{{ $_ := set .Values.x "k" .Values.a }}', ["a.?.**"]),
        ('{{ $_ := set (index .Values "x") "k" .Values.a }}', ["a.?.**"]),
        ('{{ $_ := set (.Values.x) "k" .Values.a }}', ["a.?.**"]),
        ('{{ $x := set (dict) "k" .Values.a }}{{ $x.k.b }}', ["a.b"]),
        ('{{ $_ := set (dict) "k" .Values.a }}', []),
    ],
)
def test_a_map_that_is_changed_changes_for_those_who_hold_it(text: str, expected: list[str]) -> None:
    assert read(text) == expected


HELPERS = """
{{ define "top" }}{{ .Values.top }}{{ end }}
{{ define "image" }}{{ .component.image }}{{ $.component.tag }}{{ .root.Values.registry }}{{ end }}
{{ define "part" }}{{ .image }}{{ toYaml . }}{{ end }}
{{ define "nested" }}{{ include "top" .root }}{{ end }}
"""


@pytest.mark.parametrize(
    "text, expected",
    [
        ('{{ include "top" . }}', ["top"]),
        ('{{ include "top" $ | nindent 2 }}', ["top"]),
        ('{{ template "top" . }}', ["top"]),
        (
            '{{ include "image" (dict "component" .Values.a "root" $) }}',
            ["a.image", "a.tag", "registry"],
        ),
        (
            '{{ range $c := .Values.parts }}{{ include "image" (dict "component" $c) }}{{ end }}',
            ["parts", "parts.*.image", "parts.*.tag"],
        ),
        ('{{ include "part" .Values.a }}', ["a.**", "a.image"]),
        ('{{ with .Values.a }}{{ include "part" . }}{{ end }}', ["a", "a.**", "a.image"]),
        ('{{ include "nested" (dict "root" .) }}', ["top"]),
        ('{{ $x := include "top" . | fromYaml }}{{ $x.y }}', ["top"]),
        ('{{ if include "top" . }}{{ end }}', ["top"]),
        ('{{ block "b" .Values.a }}{{ .c }}{{ end }}', ["a.c"]),
        ('{{ include (printf "%s" "top") . }}', ["top"]),
        ('{{ include (print "t" "op") . }}', ["top"]),
        ('{{ include "part" }}', []),
    ],
)
def test_helpers_are_read_with_what_they_are_called_with(text: str, expected: list[str]) -> None:
    assert read(text, HELPERS) == expected


def test_a_helper_is_read_once_for_each_kind_of_call() -> None:
    text = '{{ include "part" .Values.a }}{{ include "part" .Values.b }}'
    assert read(text, HELPERS) == ["a.**", "a.image", "b.**", "b.image"]


def test_a_helper_nobody_calls_reads_nothing() -> None:
    assert read("", '{{ define "dead" }}{{ toYaml . }}{{ end }}') == []


def test_every_definition_of_a_name_counts() -> None:
    one = parse('{{ define "h" }}{{ .Values.a }}{{ end }}', "templates/_a.tpl")
    two = parse('{{ define "h" }}{{ .Values.b }}{{ end }}{{ include "h" . }}', "templates/_b.tpl")
    assert [shown(r) for r in reads([one, two])] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        '{{ include "missing" .Values.a }}',
        "{{ include .Values.name .Values.a }}",
        '{{ include (print .Values.name "-none") .Values.a }}',
        '{{ template "missing" .Values.a }}',
        '{{ include "missing" (dict "x" (list .Values.a) "y" 1) }}',
    ],
)
def test_what_goes_to_an_unknown_helper_may_be_read_anywhere(text: str) -> None:
    assert [r for r in read(text) if r != "name"] == ["a.?.**"]


def test_a_file_may_be_included_by_its_path() -> None:
    text = '{{ include (print $.Template.BasePath "/_helpers.tpl") .Values.a }}'
    assert read(text, "{{ .b }}") == ["/Template.BasePath", "/b", "a.b"]
    assert read('{{ include "c/templates/_helpers.tpl" .Values.a }}', "{{ .b }}") == ["/b", "a.b"]


@pytest.mark.parametrize(
    "helper",
    [
        "{{ include `r` . }}",
        "{{ include `r` .child }}{{ .name }}",
        "{{ range .children }}{{ include `r` . }}{{ .name }}{{ end }}",
        "{{ include `r` (dict `name` . `other` .) }}{{ .name }}",
        "{{ include `r` (list . .) }}",
        "{{ tpl `{{ .x }}` . }}{{ include `r` (dict `x` .x) }}",
    ],
)
def test_recursion_ends(helper: str) -> None:
    found = read("{{ include `r` .Values.a }}", f"{{{{ define `r` }}}}{helper}{{{{ end }}}}")
    assert all(f.startswith("a") for f in found)


def test_a_recursive_helper_reads_all_that_it_is_given() -> None:
    helper = "{{ define `r` }}{{ .name }}{{ range .children }}{{ include `r` . }}{{ end }}{{ end }}"
    found = read("{{ include `r` .Values.a }}", helper)
    assert "a.name" in found
    assert "a.children.*.name" in found
    assert "a.children.*.children.*.children.*.?.**" in found


def test_a_path_that_never_ends_becomes_computed() -> None:
    deep = ".".join("x" * 40)
    (found,) = read(f"{{{{ .Values.{deep} }}}}")
    assert found == ".".join("x" * 31) + ".?"


def test_dicts_in_dicts_in_dicts_are_given_up_loudly() -> None:
    nested = ".Values.a"
    for _ in range(8):
        nested = f'(dict "k" {nested})'
    assert read(f"{{{{ $x := {nested} }}}}") == ["a.?.**"]


def test_reads_come_with_their_place_in_the_order_of_the_text() -> None:
    helpers = parse('\n{{ define "h" }}\n  {{ .b.c }}{{ end }}', "templates/_h.tpl")
    file = parse('k: {{ .Values.z | default\n  .Values.y }}\n{{ include "h" .Values.a }}', "templates/f.yaml")
    assert reads([file, helpers]) == (
        Read("templates/f.yaml", 1, 7, "Values", ("z",)),
        Read("templates/f.yaml", 2, 3, "Values", ("y",)),
        Read("templates/_h.tpl", 3, 6, "Values", ("a", "b", "c")),
    )


def test_what_a_constant_template_reads_has_the_place_of_its_text() -> None:
    (found,) = reads([parse("{{ tpl `\n\n{{ .Values.a }}` . }}", "t")])
    assert found == Read("t", 1, 8, "Values", ("a",))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{{ tpl .Values.a . }}", ["a", "used"]),
        ("{{ tpl .Values.plain . }}", ["plain"]),
        ("{{ tpl .Values.missing.deep . }}", ["missing.deep"]),
        ("{{ tpl (toYaml .Values.deep) . }}", ["deep.**", "used.too"]),
        ("{{ range .Values.list }}{{ tpl . $ }}{{ end }}", ["list", "list.*", "used.also"]),
        ("{{ tpl (.Values.list | toYaml | nindent 2) . }}", ["list.**"]),
        ("{{ tpl .Release.Name . }}", ["/Release.Name"]),
    ],
)
def test_default_values_that_tpl_executes_are_read_as_templates(text: str, expected: list[str]) -> None:
    values = {
        "a": "{{ .Values.used }}",
        "plain": "text",
        "deep": {"er": ["{{ .Values.used.too }}", 1], "x": "{{ broken"},
        "list": ["{{ .Values.used.also }}", None],
        "missing": "not a map",
    }
    assert sorted({shown(r) for r in reads([parse(text, "t")], values)}) == expected


def test_yaml_that_is_printed_and_parsed_again_is_still_followed() -> None:
    assert read("{{ (.Values.a | toYaml | fromYaml).b }}") == ["a.**", "a.b"]
    assert read("{{ (fromYaml .Values.a).b }}") == ["a"]
