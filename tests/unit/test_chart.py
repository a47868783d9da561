"""A chart is read as Helm reads it, whoever wrote it."""

from __future__ import annotations

import pytest

from chartgen import contract
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ModelError, RenderError

HEAD = "apiVersion: v2\nname: foreign\nversion: 1.0.0\nannotations: {y: text, 8080: text}\n"


def foreign(values: str | None = None, head: str = HEAD) -> Chart:
    files = [ChartFile("Chart.yaml", head.encode())]
    return Chart.of(files if values is None else [*files, ChartFile("values.yaml", values.encode())])


def test_the_keys_of_a_foreign_chart_are_what_helm_makes_of_them() -> None:
    chart = foreign("y: 1\n8080: http\nports: {443: https, no: x, 1.50: w}\n")
    assert chart.default_values == {
        "true": 1,
        "8080": "http",
        "ports": {"443": "https", "false": "x", "1.5": "w"},
    }
    assert chart.metadata["annotations"] == {"true": "text", "8080": "text"}
    paths = [setting.dotted for setting in contract.read(chart).settings]
    assert paths == ["true", "8080", "ports.443", "ports.false", "ports.1.5"]


@pytest.mark.parametrize("values", [None, "", "# only words\n", "---\n", "null\n"])
def test_without_values_there_are_none(values: str | None) -> None:
    assert foreign(values).default_values == {}


def test_values_of_a_foreign_chart_may_be_large() -> None:
    text = "".join(f"key{n}: {'x' * 1000}\n" for n in range(1100))
    assert len(text) > 1 << 20
    assert len(foreign(text).default_values) == 1100


@pytest.mark.parametrize("values", ["- a\n", "text\n", "3\n"])
def test_values_that_are_no_mapping_are_refused(values: str) -> None:
    with pytest.raises(RenderError, match=r"^values\.yaml of the chart is no mapping"):
        _ = foreign(values).default_values


def test_values_that_are_no_yaml_are_refused_with_their_line() -> None:
    with pytest.raises(ModelError, match=r"values\.yaml:3"):
        _ = foreign("a: 1\nb: [\n").default_values


def test_name_and_version_come_from_chart_yaml() -> None:
    chart = foreign(head="name: other\nversion: 2.0.0-rc.1\n")
    assert (chart.name, chart.version) == ("other", "2.0.0-rc.1")
