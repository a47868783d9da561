"""Rendered objects are judged against every supported Kubernetes at once, and faults are said plainly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartgen.errors import UsageError
from chartgen.kubernetes import VERSIONS, store, validation
from chartgen.kubernetes.validation import Violation, validate
from chartgen.schema import Library, compiled
from tests.unit.kubernetes.objects import BROKEN, OBJECTS, Broken, changed

ROUTE = next(obj for obj in OBJECTS if obj["kind"] == "HTTPRoute")
ALL = "Kubernetes 1.29 to 1.37"


def thing(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **fields}


@pytest.mark.parametrize("obj", OBJECTS, ids=lambda obj: str(obj["kind"]))
def test_an_object_that_is_right_everywhere_has_no_violation(obj: dict[str, Any]) -> None:
    assert validate(obj) == ()
    assert [validate(obj, [version]) for version in VERSIONS] == [()] * len(VERSIONS)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.obj['kind']}-{case.where}")
def test_what_is_wrong_is_said_with_its_place_and_versions(case: Broken) -> None:
    assert validate(case.obj) == (Violation(case.where, case.said, case.versions),)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.obj['kind']}-{case.where}")
def test_a_version_that_takes_it_says_nothing(case: Broken) -> None:
    for version in VERSIONS:
        assert bool(validate(case.obj, [version])) is (version in case.versions)


def test_several_faults_are_all_said_sorted_by_path() -> None:
    obj = changed(thing("v1", "Service"), {"spec": {"ports": [{}], "typ": "x"}, "status": 1})
    assert [(v.path, v.message) for v in validate(obj)] == [
        ("spec.ports[0]", "field 'port' is missing"),
        ("spec.typ", "unknown field 'typ'; did you mean 'type'?"),
        ("status", "must be a map, not 1"),
    ]


def test_versions_come_back_in_order_however_they_are_asked() -> None:
    (violation,) = validate(thing("v1", "Service", sepc={}), ["1.37", "1.29", "1.31"])
    assert violation.versions == ("1.29", "1.31", "1.37")


def test_a_kind_of_nobody_we_know_is_neither_right_nor_wrong() -> None:
    assert validate(thing("example.com/v1", "ServiceMonitor")) == (
        Violation(
            "kind",
            "example.com/v1 ServiceMonitor is not a kind of Kubernetes itself, so it was not judged",
            VERSIONS,
            unknown_kind=True,
        ),
    )
    for api_version in (
        "snapshot.storage.k8s.io/v1",
        "gateway.networking.k8s.io/v1beta1",
        "external-secrets.io/v1",
    ):
        (violation,) = validate(thing(api_version, "Thing"))
        assert violation.unknown_kind


@pytest.mark.parametrize(
    "api_version,kind,said",
    [
        ("policy/v1beta1", "PodDisruptionBudget", f"is not served by {ALL}; use policy/v1"),
        ("extensions/v1beta1", "Ingress", f"is not served by {ALL}; use networking.k8s.io/v1"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", f"is not served by {ALL}; use autoscaling/v2"),
        ("policy/v1beta1", "PodSecurityPolicy", f"is not served by {ALL}"),
    ],
)
def test_a_kind_that_kubernetes_no_longer_serves_is_an_error(api_version: str, kind: str, said: str) -> None:
    assert validate(thing(api_version, kind)) == (
        Violation("apiVersion", f"{api_version} {kind} {said}", VERSIONS),
    )


def test_a_kind_that_some_versions_serve_is_an_error_under_the_others() -> None:
    obj = thing("networking.k8s.io/v1", "ServiceCIDR", spec={"cidrs": ["10.0.0.0/8"]})
    said = "networking.k8s.io/v1 ServiceCIDR is served by Kubernetes 1.33 to 1.37 only"
    assert validate(obj) == (Violation("apiVersion", said, ("1.29", "1.30", "1.31", "1.32")),)
    assert validate(obj, ["1.33", "1.37"]) == ()


def test_a_misspelled_kind_is_told_with_its_near_miss() -> None:
    said = "apps/v1 has no kind 'Deploymnet'; did you mean 'Deployment'?"
    assert validate(thing("apps/v1", "Deploymnet")) == (Violation("kind", said, VERSIONS),)


@pytest.mark.parametrize("name", [None, "", 1])
def test_an_object_needs_a_version_and_a_kind(name: object) -> None:
    assert validate({"apiVersion": name, "kind": "Pod"}) == (
        Violation("apiVersion", "every object needs 'apiVersion', a string", VERSIONS),
    )
    assert [v.path for v in validate({})] == ["apiVersion", "kind"]


@pytest.mark.parametrize("versions", [["1.28"], ["1.29", "v1.30"], []])
def test_a_version_that_cannot_be_checked_is_refused(versions: list[str]) -> None:
    with pytest.raises(UsageError, match="version"):
        validate(thing("v1", "Pod"), versions)


def test_the_items_of_a_list_are_judged_each() -> None:
    items = [thing("v1", "ConfigMap"), thing("v1", "ConfigMap", spec={}), thing("example.com/v1", "X"), {}]
    found = validate({"apiVersion": "v1", "kind": "List", "items": items})
    assert [(v.path, v.unknown_kind) for v in found] == [
        ("items[1].spec", False),
        ("items[2].kind", True),
        ("items[3].apiVersion", False),
        ("items[3].kind", False),
    ]
    (violation,) = validate({"apiVersion": "v1", "kind": "List", "items": {}})
    assert violation.path == "items"


@pytest.mark.parametrize(
    "change,where,said",
    [
        ({"spec.hostname": "a"}, "spec.hostname", "did you mean 'hostnames'?"),
        (
            {"spec.rules.0.backendRefs.0": {"name": "a"}},
            "spec.rules[0].backendRefs[0]",
            "field 'port' is missing",
        ),
        ({"metadata.labels": {"a": 1}}, "metadata.labels.a", "put it in quotes"),
        ({"spec": None}, "", "field 'spec' is missing"),
    ],
)
def test_an_http_route_is_judged_though_it_is_no_kind_of_kubernetes(
    change: dict[str, Any], where: str, said: str
) -> None:
    (violation,) = validate(changed(ROUTE, change))
    assert (violation.path, violation.versions, violation.unknown_kind) == (where, VERSIONS, False)
    assert said in violation.message


def test_what_all_versions_have_in_common_accepts_nothing_that_one_refuses() -> None:
    """Taking any one field away, or giving it another type, must not slip through the common schema."""
    for obj in OBJECTS:
        if obj["kind"] == "HTTPRoute":
            continue
        named = obj["apiVersion"], obj["kind"]
        each = [compiled(store.schema(*named, version) or {}, trusted=True) for version in VERSIONS]
        common = [(broken, validation._fits_every(broken, *named)) for broken in _spoiled(obj)]
        assert {fits for _, fits in common} == {True, False}
        for broken, fits in common:
            assert not fits or all(one.accepts(broken) for one in each), json.dumps(broken)


def _spoiled(obj: dict[str, Any]) -> list[dict[str, Any]]:
    others: tuple[Any, ...] = (None, 1, "x", [], {}, {"x": 1})
    made: list[dict[str, Any]] = []
    todo: list[tuple[str, Any]] = [("", obj)]
    while todo:
        path, at = todo.pop()
        inner = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
        for key, value in inner:
            here = f"{path}.{key}".lstrip(".")
            todo.append((here, value))
            if "." not in str(key) and here not in ("apiVersion", "kind"):
                made += [changed(obj, {here: other}) for other in others]
    return made


def test_what_all_versions_have_in_common_exists_for_what_charts_make() -> None:
    for obj in OBJECTS:
        if obj["kind"] != "HTTPRoute":
            assert store.schema(obj["apiVersion"], obj["kind"], store.EVERY) is not None


def test_versions_that_say_the_same_share_one_schema() -> None:
    shared = {id(store.schema("v1", "ConfigMap", version)) for version in VERSIONS}
    pods = {id(store.schema("v1", "Pod", version)) for version in VERSIONS}
    assert len(shared) == 1
    assert 1 < len(pods) < len(VERSIONS) + 1


def test_a_kind_without_a_common_schema_is_judged_all_the_same() -> None:
    """A kind that came or went has none."""
    assert store.schema("networking.k8s.io/v1", "ServiceCIDR", store.EVERY) is None
    assert store.served("v1", "Nothing") == ()


def test_the_slower_library_judges_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[Library, list[tuple[Violation, ...]]] = {}
    libraries: tuple[Library, ...] = ("jsonschema-rs", "jsonschema")
    for library in libraries:
        monkeypatch.setattr("chartgen.schema._found", lambda library=library: library)
        validation._validator.cache_clear()
        found[library] = [validate(case.obj) for case in BROKEN]
    validation._validator.cache_clear()
    assert found["jsonschema"] == found["jsonschema-rs"]
