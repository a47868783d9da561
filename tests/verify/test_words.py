"""What templates look for in settings is tried, and the names that the chart's own objects have."""

from __future__ import annotations

from chartgen.chart import Chart, ChartFile
from chartgen.settings import Setting
from chartgen.verify.words import taken, words


def of(text: str) -> dict[str, tuple[object, ...]]:
    return words(Chart.of([ChartFile("Chart.yaml", b"name: a\nversion: 1.0.0\n"), file(text)]))


def file(text: str) -> ChartFile:
    return ChartFile("templates/a.yaml", text.encode())


def test_a_constant_beside_a_field_is_a_word_for_the_setting_of_its_path() -> None:
    assert of('{{ if eq .Values.image.tag "latest" }}{{ end }}') == {"image.tag": ("latest", ["latest"])}
    assert of('{{ if eq $.Values.image.tag "latest" }}{{ end }}') == {"image.tag": ("latest", ["latest"])}
    assert of('{{ hasKey .root.Values.web.env "HOME" }}') == {"web.env": ({"HOME": "a"},)}


def test_where_the_path_is_not_known_it_is_one_for_all_settings_of_the_last_name() -> None:
    assert of('{{ with .Values.image }}{{ eq (.tag | toString) "x" }}{{ end }}') == {"tag": ("x", ["x"])}


def test_of_what_is_no_template_there_are_no_words() -> None:
    assert of("{{ if }") == {}
    assert of("{{ .Values.tag }}") == {}


def test_a_setting_that_names_an_object_gets_the_names_of_those_of_its_kind() -> None:
    names = [("ConfigMap", "a"), ("PersistentVolumeClaim", "b"), ("Secret", "c")]
    settings = [Setting((key,), "", {}, "") for key in ("existingClaim", "existingConfigMap", "name")]
    assert taken(names, settings) == {"existingClaim": ("b",), "existingConfigMap": ("a",)}
