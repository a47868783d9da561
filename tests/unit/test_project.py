"""`chartgen.yaml`: what is wrong with it is told at once, each with its line."""

from __future__ import annotations

import pytest

from chartgen.errors import ModelError, UsageError
from chartgen.kubernetes import VERSIONS
from chartgen.project import load

FINE = b"""apiVersion: chartgen/v1
charts:
  shop: {app: apps/shop, chart: charts/shop}
  wiki: {app: apps/wiki, chart: charts/wiki, overlays: [values/dev.yaml]}
"""


def test_what_is_not_said_has_a_default() -> None:
    found = load(FINE)
    assert (found.helm, found.destination, found.snapshots, found.strict) == (
        "", "dist", "tests/snapshot/expected", False,
    )  # fmt: skip
    assert found.kubeVersions == VERSIONS
    assert [entry.name for entry in found.chosen(())] == ["shop", "wiki"]
    assert found.charts["wiki"].overlays == ("values/dev.yaml",)


def test_charts_are_chosen_by_name_once_each() -> None:
    assert [entry.name for entry in load(FINE).chosen(("wiki", "wiki"))] == ["wiki"]


def test_every_name_that_no_chart_has_is_told_with_the_near_one() -> None:
    with pytest.raises(UsageError) as caught:
        load(FINE).chosen(("shpo", "wiki", "zzz"))
    assert str(caught.value).splitlines() == [
        "unknown charts",
        "  shpo: this project has no such chart",
        "      did you mean 'shop'?",
        "  zzz: this project has no such chart",
        "      known here: shop, wiki",
    ]


@pytest.mark.parametrize(
    "text,problems",
    [
        (
            "apiVersion: chartgen/v1\ncharts: {}\n",
            ["chartgen.yaml:2 charts: no chart is named"],
        ),
        (
            (
                "apiVersion: chartgen/v1\nkubeVersions: ['1.30', '1.3']\n"
                "charts:\n  a: {app: x, chart: w}\n  b: {app: z, chart: w/}\n"
            ),
            [
                "chartgen.yaml:2 kubeVersions[1]: '1.3' is not a Kubernetes version known here",
                "chartgen.yaml:5 charts.b.chart: the chart 'a' is written there too",
            ],
        ),
        (
            "apiVersion: chartgen/v1\ncharts:\n  a:\n    app: x\n    chart: x\n    overlays: [v, w, v]\n",
            [
                "chartgen.yaml:5 charts.a.chart: the chart would be written among the files of its app.yaml",
                "chartgen.yaml:6 charts.a.overlays[2]: v stands twice",
            ],
        ),
        (
            "apiVersion: chartgen/v2\nchart: {}\nhelm: 3\n",
            [
                "chartgen.yaml:1 apiVersion: 'chartgen/v2' is not one of chartgen/v1",
                "chartgen.yaml:1: 'charts' is missing",
                "chartgen.yaml:2 chart: unknown key 'chart'",
                "chartgen.yaml:3 helm: expected a string, found 3",
            ],
        ),
    ],
)
def test_every_problem_is_told_with_its_line(text: str, problems: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        load(text.encode())
    assert [f"{p.where}: {p.what}" for p in caught.value.problems] == problems
    assert all(problem.hint for problem in caught.value.problems)
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    assert caught.value.message == f"chartgen.yaml: {count}"


def test_raw_manifests_have_a_folder_of_their_own() -> None:
    assert load(FINE).charts["shop"].manifests_folder == "k8s/shop"
    text = b"""apiVersion: chartgen/v1
charts:
  shop: {app: apps/shop, chart: charts/shop, manifests: charts/wiki/}
  wiki: {app: apps/wiki, chart: charts/wiki, manifests: k8s/docs}
  docs: {app: apps/docs, chart: charts/docs}
"""
    with pytest.raises(ModelError) as caught:
        load(text)
    assert [problem.what for problem in caught.value.problems] == [
        "the chart 'wiki' is there too",
        "the manifests of 'docs' are there too",
        "the manifests of 'wiki' are there too",
    ]
