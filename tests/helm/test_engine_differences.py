"""Every known difference between engines is shown, so that a new Helm that mends one is noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chartgen.engine import Answer, Engine, Refusal
from chartgen.engine.differences import KNOWN
from chartgen.errors import RenderError
from chartgen.manifest import Case, Release, Rendering
from tests.helm.corpus import chart

Engines = Callable[[str], Engine]
ALL = ("embedded", "helm3.18", "helm3", "helm4")


def asking(expression: str, **files: str | None) -> bytes:
    """A chart whose one object holds the value of a template expression."""
    echo = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {v: {{ " + expression + " | quote }}}\n"
    )
    return chart("traps", templates__echo_yaml=echo, templates__many_yaml=None, **files)


def metadata(**more: str) -> str:
    lines = {"apiVersion": "v2", "name": "traps", "version": "1.0.0"} | more
    return "".join(f"{key}: {value}\n" for key, value in lines.items())


def answer(engine: Engine, archive: bytes, case: Case | None = None) -> Answer:
    (found,) = engine.open(archive).render([case or Case()])
    return found


def rendered(engine: Engine, archive: bytes, case: Case | None = None) -> Rendering:
    found = answer(engine, archive, case)
    assert isinstance(found, Rendering), found
    return found


def value(engine: Engine, archive: bytes, case: Case | None = None) -> Any:
    return rendered(engine, archive, case).manifests[0].data["data"]["v"]


def values(engines: Engines, archive: bytes, case: Case | None = None) -> list[Any]:
    return [value(engines(name), archive, case) for name in ALL]


def default_kubernetes_version(engines: Engines) -> None:
    found = values(engines, asking(".Capabilities.KubeVersion.Version"))
    assert found == ["v1.36.0", "v1.33.0", "v1.37.0", "v1.37.0"]


def api_versions(engines: Engines) -> None:
    embedded, *others = values(engines, asking("len .Capabilities.APIVersions"))
    assert embedded == "55"
    assert embedded not in others


def helm_version(engines: Engines) -> None:
    found = values(engines, asking(".Capabilities.HelmVersion.Version"))
    assert found == ["v4.2", *(f"v{engines(name).version}" for name in ALL[1:])]


def revision(engines: Engines) -> None:
    case = Case(release=Release(revision=7, is_upgrade=True))
    assert values(engines, asking(".Release.Revision"), case) == ["7", "1", "1", "1"]


def null_defaults(engines: Engines) -> None:
    archive = asking("toJson .Values", values_yaml="a: null\nb: {c: null, d: 1}\n")
    gone, kept = '{"b":{"d":1}}', '{"a":null,"b":{"c":null,"d":1}}'
    assert values(engines, archive) == [gone, kept, kept, gone]
    over = Case({"a": None, "b": {"c": None, "d": None, "e": None}})
    assert values(engines, archive, over) == [
        '{"b":{"c":null,"e":null}}',
        '{"b":{"e":null}}',
        '{"b":{"c":null,"e":null}}',
        '{"b":{"c":null,"e":null}}',
    ]


def misspelled_hook(engines: Engines) -> None:
    case, archive = Case({"mode": "misspelled"}), chart("traps")
    seen = [
        any(m.name == "misspelled" for m in rendered(engines(name), archive, case).manifests) for name in ALL
    ]
    assert seen == [True, False, False, False]


def provider_suffix(engines: Engines) -> None:
    case = Case(kube_version="v1.30.2-gke.1")
    strict = asking("1", Chart_yaml=metadata(kubeVersion='">=1.29.0"'))
    refused = [isinstance(answer(engines(name), strict, case), Refusal) for name in ALL]
    assert refused == [False, True, False, False]
    assert values(engines, asking("1", Chart_yaml=metadata(kubeVersion='">=1.29.0-0"')), case) == ["1"] * 4


def texts(engines: Engines) -> None:
    archive = chart("traps")
    whole, *trimmed = (rendered(engines(name), archive).texts["templates/many.yaml"] for name in ALL)
    assert whole.startswith("# Helm sorts these by kind\n")
    assert all(not text.startswith("# Helm") for text in trimmed)


def schema_words(engines: Engines) -> None:
    found = [answer(engines(name), chart("stock"), Case({"replicaCount": "x"})) for name in ALL]
    assert all(isinstance(a, Refusal) and a.kind == "schema" for a in found)
    ours, *theirs = (a.message for a in found if isinstance(a, Refusal))
    assert ours.startswith("replicaCount: must be an integer")
    assert theirs == ["replicaCount: got string, want integer"] * 3


def yaml_words(engines: Engines) -> None:
    found = [answer(engines(name), chart("traps"), Case({"mode": "yaml"})) for name in ALL]
    assert all(isinstance(a, Refusal) and a.kind == "template" for a in found)
    ours, *theirs = (a.message for a in found if isinstance(a, Refusal))
    assert ours.startswith(
        "templates/echo.yaml does not render to YAML that can be used\n  templates/echo.yaml:12"
    )
    assert all(text.startswith("templates/echo.yaml: this is not YAML: ") for text in theirs)


def broken_chart(engines: Engines) -> None:
    archive = asking("1", Chart_yaml=metadata(version="x.y"))
    with pytest.raises(RenderError, match="Helm cannot load this chart"):
        engines("embedded").open(archive)
    for name in ALL[1:]:
        found = answer(engines(name), archive)
        assert isinstance(found, Refusal)
        assert (found.kind, found.message) == ("chart", 'validation: chart.metadata.version "x.y" is invalid')


def chart_api_version(engines: Engines) -> None:
    archive = asking("1", Chart_yaml=metadata(apiVersion="v3"))
    refused = [isinstance(answer(engines(name), archive), Refusal) for name in ALL]
    assert refused == [False, False, False, True]


def warnings(engines: Engines, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ALL:
        value(engines(name), asking("1"), Case({"name": {"a": "table"}}))
        assert ("Not a table" in capfd.readouterr().err) == (name == "embedded")


SHOWN = {
    "default kubernetes version": default_kubernetes_version,
    "api versions": api_versions,
    "helm version": helm_version,
    "revision": revision,
    "null defaults": null_defaults,
    "misspelled hook": misspelled_hook,
    "provider suffix": provider_suffix,
    "texts": texts,
    "schema words": schema_words,
    "yaml words": yaml_words,
    "broken chart": broken_chart,
    "chart api version": chart_api_version,
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_difference_is_still_there(engine_of: Engines, name: str) -> None:
    SHOWN[name](engine_of)


def test_only_the_embedded_helm_writes_its_warnings(
    engine_of: Engines, capfd: pytest.CaptureFixture[str]
) -> None:
    warnings(engine_of, capfd)


def test_every_known_difference_is_shown() -> None:
    assert [difference.name for difference in KNOWN] == [*SHOWN, "warnings"]
