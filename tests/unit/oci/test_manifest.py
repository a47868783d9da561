"""Manifests: byte by byte what Go and Helm write. tests/registry compares them with Helm's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError
from chartgen.helm_metadata import go_json, metadata
from chartgen.oci.manifest import artifact, contents
from chartgen.package import archive

HEAD = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"


def chart(head: str, **files: str) -> Chart:
    texts = {"Chart.yaml": head, **files}
    return Chart.of(ChartFile(path, text.encode()) for path, text in texts.items())


def notes(head: str, epoch: int = 0) -> dict[str, str]:
    one = chart(head)
    found: dict[str, str] = json.loads(artifact(one, archive(one, epoch)).manifest)["annotations"]
    return found


def test_go_escapes_what_html_would_read() -> None:
    written = b'"\\u003c\\u0026\\u003e\\u2028\\u2029\xc3\xa4\\n\\u0001"'
    assert go_json("<&>\u2028\u2029ä\n\x01") == written


@pytest.mark.parametrize(
    "line,expected",
    [
        ("appVersion: 1.10", {"appVersion": "1.1"}),
        ("appVersion: true", {"appVersion": "true"}),
        ('description: "a\\tb\\u0007c"', {"description": "a bc"}),
        ("deprecated: false", {}),
        ("keywords: []", {}),
        ("unknown: x", {}),
        ("home:", {}),
        ("annotations: {b: 1, a: x}", {"annotations": {"a": "x", "b": "1"}}),
        ("maintainers: [{name: a, email: ''}]", {"maintainers": [{"name": "a"}]}),
        (
            "dependencies: [{name: d, import-values: [{parent: p, child: c}]}]",
            {
                "dependencies": [
                    {"name": "d", "repository": "", "import-values": [{"child": "c", "parent": "p"}]}
                ]
            },
        ),
    ],
)
def test_metadata_is_what_helm_keeps_of_it(line: str, expected: dict[str, Any]) -> None:
    found = metadata(chart(f"{HEAD}{line}\n"))
    assert found == {"name": "shop", "version": "1.0.0", "apiVersion": "v2", **expected}


def test_fields_are_in_helm_s_order() -> None:
    found = metadata(chart(f"type: application\nkubeVersion: '>=1.29'\nicon: i\nhome: h\n{HEAD}"))
    assert list(found) == ["name", "home", "version", "icon", "apiVersion", "kubeVersion", "type"]


def test_an_old_chart_has_its_dependencies_in_another_file() -> None:
    files = {"requirements.yaml": "dependencies: [{name: d, version: 1.0.0, repository: r}]\n"}
    found = metadata(chart("name: old\nversion: 1.0.0\n", **files))
    assert found["apiVersion"] == "v1"
    assert found["dependencies"] == [{"name": "d", "version": "1.0.0", "repository": "r"}]


def test_the_date_is_the_archive_s() -> None:
    created = "org.opencontainers.image.created"
    assert notes(HEAD)[created] == "1970-01-01T00:00:00Z"
    assert notes(HEAD, 1_700_000_000)[created] == "2023-11-14T22:13:20Z"
    own = f"{HEAD}annotations: {{{created}: never, org.opencontainers.image.title: no}}\n"
    assert (notes(own)[created], notes(own)["org.opencontainers.image.title"]) == ("never", "shop")


def test_authors_and_the_first_source_are_noted() -> None:
    found = notes(f"{HEAD}sources: [s1, s2]\nmaintainers: [{{name: a, email: e}}, {{name: b}}]\n")
    assert found["org.opencontainers.image.authors"] == "a (e), b"
    assert found["org.opencontainers.image.source"] == "s1"


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"config":{},"layers":[]}', b'{"manifests":[]}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_manifest_of_a_chart_is_told(text: bytes) -> None:
    with pytest.raises(ChartgenError, match="is no manifest of a chart"):
        contents(text, "oci://h/a:1.0.0")
