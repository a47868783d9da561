"""The package data are what the scripts make of kubernetes-validate, and say what it says."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import Any

import pytest

from chartgen.kubernetes import VERSIONS, store
from chartgen.schema import Validator, compiled
from tests.need import need
from tests.unit.kubernetes.objects import BROKEN, OBJECTS


def data(name: str) -> str:
    return (get_data("chartgen", f"data/{name}") or b"").decode()


def differing(name: str, made: str) -> list[str]:
    """The first words of the lines that differ."""
    return [line[:60] for line in sorted(set(made.splitlines()) ^ set(data(name).splitlines()))]


def test_the_schemas_are_those_of_kubernetes_validate() -> None:
    need("kubernetes_validate")
    from ci import kubernetes_schemas

    advice = "run `python -m ci.kubernetes_schemas`"
    assert differing("kubernetes.tsv", kubernetes_schemas.text()) == [], advice
    assert kubernetes_schemas.text() == data("kubernetes.tsv"), advice


def test_the_definitions_are_those_of_kubernetes_validate() -> None:
    need("kubernetes_validate")
    from ci import kubernetes_definitions

    advice = "run `python -m ci.kubernetes_definitions`"
    assert differing("definitions.json", kubernetes_definitions.text()) == [], advice
    assert kubernetes_definitions.text() == data("definitions.json"), advice


def test_every_version_of_kubernetes_validate_is_checked() -> None:
    need("kubernetes_validate")
    from ci import kubernetes_source

    assert kubernetes_source.versions() == VERSIONS


@cache
def packaged(version: str) -> dict[str, dict[str, Any]]:
    from ci.kubeconform_schemas import schemas

    return schemas(version)


def published(version: str, obj: dict[str, Any]) -> Validator:
    """The validator of the package's own strict schema for the kind of `obj`."""
    from ci.kubeconform_schemas import file_name

    group, _, api = obj["apiVersion"].rpartition("/")
    name = file_name({"group": group, "version": api, "kind": obj["kind"]})
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return compiled({**draft, **packaged(version)[name]}, trusted=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_is_judged_as_by_the_schemas_they_were_made_from(version: str) -> None:
    need("kubernetes_validate")
    for obj in (*OBJECTS, *(case.obj for case in BROKEN if not case.ours)):
        if version in store.served(obj["apiVersion"], obj["kind"]):
            kept = compiled(store.schema(obj["apiVersion"], obj["kind"], version) or {}, trusted=True)
            assert kept.accepts(obj) is published(version, obj).accepts(obj), json.dumps(obj)[:200]


def test_the_same_bytes_come_out_twice() -> None:
    need("kubernetes_validate")
    from ci import kubernetes_definitions, kubernetes_schemas

    assert kubernetes_schemas.text() == kubernetes_schemas.text()
    assert kubernetes_definitions.text() == kubernetes_definitions.text()


def test_the_data_name_whose_they_are() -> None:
    for name in ("kubernetes.NOTICE", "definitions.NOTICE"):
        assert "Copyright The Kubernetes Authors" in data(name)
        assert "Apache License, Version 2.0" in data(name)


def test_the_data_stay_small() -> None:
    assert len(data("kubernetes.tsv")) < 1_000_000
    assert len(data("definitions.json")) < 100_000
