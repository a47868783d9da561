from __future__ import annotations

from chartgen.checks.subject import Made
from chartgen.checks.values_used import check
from chartgen.settings import Setting
from tests.unit.checks.stage import chart

HELPERS = '{{- define "labels" }}{{ toYaml .Values.commonLabels }}{{ end }}'


def settings(*paths: str) -> tuple[Setting, ...]:
    return tuple(Setting(tuple(path.split(".")), "", {}, "") for path in paths)


def found(template: str, *paths: str) -> list[tuple[str, str, str]]:
    made = Made(chart(templates__a_yaml=template), settings(*paths))
    return [(str(f.place), f.what, f.hint) for f in check(made)]


def test_what_is_read_is_declared_and_what_is_declared_is_read() -> None:
    assert found("{{ .Values.image.tag }}{{ .Values.a }}", "image.tag", "a") == []


def test_a_typo_is_told_with_its_line_and_what_was_meant() -> None:
    assert found("x\n{{ .Values.image.tga }}{{ .Values.image.tag }}", "image.tag", "image.digest")[0] == (
        "templates/a.yaml:2",
        "reads .Values.image.tga, which no setting declares",
        "did you mean 'tag'?",
    )
    assert found("{{ .Values.imge.tag }}{{ .Values.image.tag }}", "image.tag")[0][1:] == (
        "reads .Values.imge, which no setting declares",
        "did you mean 'image'?",
    )


def test_a_setting_that_nobody_reads() -> None:
    assert found("{{ .Values.a }}", "a", "b.c") == [
        (
            "values.yaml b.c",
            "no template reads b.c",
            "read it, or remove the setting: a person who sets it gets nothing",
        )
    ]


def test_reading_a_level_as_a_whole_reads_all_that_is_in_it() -> None:
    assert found("{{ toYaml .Values.a }}", "a.b.c", "a.d") == []
    assert found("{{ if .Values.a }}{{ end }}", "a.b") == [
        ("values.yaml a.b", "no template reads a.b", found("", "a.b")[0][2])
    ]
    assert [what for _, what, _ in found('{{ toYaml (omit .Values.a "d") }}', "a.b", "a.d")] == [
        "no template reads a.d"
    ]


def test_reading_inside_a_setting_is_reading_it() -> None:
    assert found("{{ range .Values.hosts }}{{ .name }}{{ end }}{{ .Values.map.x }}", "hosts", "map") == []


def test_a_loop_over_a_level_reads_what_it_takes_from_each() -> None:
    loop = "{{ range .Values.persistence }}{{ .size }}{{ end }}"
    assert found(loop, "persistence.config.size", "persistence.data.size") == []
    assert [what for _, what, _ in found(loop, "persistence.config.size", "persistence.config.x")] == [
        "no template reads persistence.config.x"
    ]


def test_a_key_that_is_computed_may_be_any() -> None:
    assert found("{{ index .Values.a .Release.Name }}", "a.b", "a.c") == []


def test_helpers_are_followed() -> None:
    made = Made(
        chart(templates___helpers_tpl=HELPERS, templates__a_yaml='{{ include "labels" . }}'),
        settings("commonLabels"),
    )
    assert list(check(made)) == []


def test_an_old_name_is_declared_until_it_goes() -> None:
    old = Setting(("b",), "", {}, "", renamed_from=("a", "x"))
    template = "{{ .Values.b | default .Values.a.x }}"
    assert list(check(Made(chart(templates__a_yaml=template), (old,)))) == []


def test_what_a_parent_chart_sets_need_not_be_read() -> None:
    assert found("", "enabled", "global") == []
    assert [what for _, what, _ in found("", "global.x")] == ["no template reads global.x"]


def test_a_template_that_is_none_is_told_and_nothing_is_guessed() -> None:
    ((place, what, _),) = found("{{ if }}", "a")
    assert place == "templates/a.yaml:1"
    assert "if" in what
