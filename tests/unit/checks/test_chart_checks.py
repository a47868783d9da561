"""Chart.yaml, and the chart on disk against its model."""

from __future__ import annotations

import pytest

from chartgen.checks import in_sync, metadata
from chartgen.checks.subject import Made
from tests.unit.checks.stage import chart

HEAD = """
apiVersion: v2
name: shop
version: 1.2.3-rc.1+build.5
appVersion: "1.0"
description: A shop.
icon: https://example.org/icon.svg
kubeVersion: ">=1.29.0-0"
maintainers: [{name: Ada}]
annotations: {artifacthub.io/category: database, artifacthub.io/license: Apache-2.0, other: x}
"""


def found(text: str) -> list[tuple[str, str, str]]:
    made = Made(chart(**{"Chart.yaml": text}))
    return [(f.severity.value, f.place.path, f.what) for f in metadata.check(made)]


def test_a_head_that_says_it_all() -> None:
    assert found(HEAD) == []
    assert found(HEAD.replace(">=1.29.0-0", ">=1.29.0-0 <2.0.0")) == []


@pytest.mark.parametrize(
    "before, after, severity, path, what",
    [
        ("apiVersion: v2", "apiVersion: v1", "error", "apiVersion", "'v1' is not v2"),
        ("1.2.3-rc.1+build.5", "1.2", "error", "version", "1.2 is not a semantic version"),
        ("1.2.3-rc.1+build.5", "v1.2.3", "error", "version", "'v1.2.3' is not a semantic version"),
        ('"1.0"', "1.0", "error", "appVersion", "1 is not a string, so digits may get lost"),
        ('kubeVersion: ">=1.29.0-0"', "", "warning", "kubeVersion", "is missing"),
        (
            ">=1.29.0-0",
            ">=1.29.0",
            "error",
            "kubeVersion",
            "'>=1.29.0' refuses clusters like 1.29.3-gke.1 and 1.29.3-eks-1 under Helm 3",
        ),
        ("icon: https", "icoon: https", "error", "icoon", "is no field of Chart.yaml"),
        ("description: A shop.", "", "warning", "description", "is missing"),
        (
            "https://example.org/icon.svg",
            "icon.svg",
            "error",
            "icon",
            "'icon.svg' is not a URL",
        ),
        ("icon:", "type: app\nicon:", "error", "type", "'app' is neither application nor library"),
        ("maintainers: [{name: Ada}]", "", "warning", "maintainers", "nobody is named"),
        ("{name: Ada}", "{email: a@b.c}", "error", "maintainers[0]", "has no name"),
        ("other: x", "other: 3", "error", "annotations[other]", "3 is not a string"),
        (
            "artifacthub.io/license",
            "artifacthub.io/licence",
            "warning",
            "annotations[artifacthub.io/licence]",
            "is nothing that Artifact Hub knows",
        ),
        (
            "category: database",
            "category: databases",
            "error",
            "annotations[artifacthub.io/category]",
            "'databases' is no category of Artifact Hub",
        ),
    ],
)
def test_each_way_to_get_the_head_wrong(before: str, after: str, severity: str, path: str, what: str) -> None:
    assert (severity, path, what) in found(HEAD.replace(before, after))


def test_a_typo_is_told_with_what_was_meant() -> None:
    findings = metadata.check(
        Made(chart(**{"Chart.yaml": HEAD.replace("category: database", "category: data")}))
    )
    assert [f.hint for f in findings] == ["did you mean 'database'?"]


def test_annotations_of_the_wrong_type_are_passed_over() -> None:
    assert found(HEAD[: HEAD.index("annotations")] + "annotations: []") == []


def test_a_chart_that_is_what_its_model_makes() -> None:
    assert list(in_sync.check(Made(chart(values_yaml="a: 1"), expected=chart(values_yaml="a: 1")))) == []


def test_without_a_model_there_is_nothing_to_compare() -> None:
    assert list(in_sync.check(Made(chart()))) == []


def test_missing_different_and_foreign_files_are_told_apart() -> None:
    there = chart(values_yaml="a: 1\nb: 2\nc: 3\n", templates__mine_yaml="x")
    wanted = chart(values_yaml="a: 1\nb: 3\nc: 3\n", templates__service_yaml="y", LICENSE="z")
    findings = list(in_sync.check(Made(there, expected=wanted)))
    assert [(str(f.place), f.what) for f in findings] == [
        ("LICENSE", "is missing"),
        ("templates/mine.yaml", "is not made by app.yaml"),
        ("templates/service.yaml", "is missing"),
        ("values.yaml:2", "differs from what app.yaml makes"),
    ]
    assert "chartgen generate" in findings[0].hint


def test_a_file_that_was_cut_short_differs_where_it_ends() -> None:
    (finding,) = in_sync.check(Made(chart(values_yaml="a: 1"), expected=chart(values_yaml="a: 1\nb: 2")))
    assert str(finding.place) == "values.yaml:2"
