"""The schema and the reference of app.yaml and chartgen.yaml say what the loader does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chartgen import documents
from chartgen.cli.schema import texts
from chartgen.errors import ModelError
from chartgen.model import App
from chartgen.model.describe import dump, schema
from chartgen.model.load import load
from chartgen.project import Project
from chartgen.project import load as load_project

ROOT = Path(__file__).resolve().parents[2]
APPS = sorted([*ROOT.glob("apps/*/app.yaml"), *ROOT.glob("tests/apps/*/app.yaml")])
APP = jsonschema.Draft7Validator(schema(App, "app.yaml"))
PROJECT = jsonschema.Draft7Validator(schema(Project, "chartgen.yaml"))

SMALL = """
apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: A shop
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
    dns: {ndots: null}
    probes: {liveness: null, readiness: {path: /healthz}}
    env: {A: text, B: 1, C: true, D: {component: web}}
"""

# One change each to SMALL, that a schema can see: (path, value).
FAULTS: dict[str, tuple[tuple[str, ...], Any]] = {
    "an unknown key": (("compnents",), {}),
    "a version that is none": (("version",), "1.0"),
    "a format from tomorrow": (("apiVersion",), "chartgen/v9"),
    "a number where a text belongs": (("appVersion",), 1.4),
    "a component's name in capitals": (("components", "Web"), {"image": {"repository": "a"}}),
    "a component without an image": (("components", "api"), {}),
    "a port above all": (("components", "web", "ports", "http", "port"), 65536),
    "a port below all": (("components", "web", "ports", "http", "port"), 0),
    "a negative number": (("components", "web", "scaling"), {"replicas": -1}),
    "a word that is no kind": (("components", "web", "kind"), "Deploiment"),
    "a list where a mapping belongs": (("components", "web", "ports"), [8080]),
    "a mapping where a list belongs": (("components", "web", "args"), {"a": "b"}),
    "a relative path": (("components", "web", "probes", "readiness", "path"), "healthz"),
    "a repository with a template": (("components", "web", "image", "repository"), "{{ .Values.x }}"),
    "a variable that no shell has": (("components", "web", "env", "1A"), "x"),
    "a list in the environment": (("components", "web", "env", "A"), ["x"]),
    "an empty name": (("name",), ""),
    "a long name": (("name",), "x" * 41),
    "nothing where something belongs": (("description",), None),
}


def _changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    data = documents.load(SMALL, "app.yaml").data
    level = data
    for key in path[:-1]:
        level = level[key]
    level[path[-1]] = value
    return dict(data)


@pytest.mark.parametrize("of", [APP, PROJECT], ids=["app", "project"])
def test_the_schemas_are_sound(of: jsonschema.Draft7Validator) -> None:
    jsonschema.Draft7Validator.check_schema(of.schema)


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_the_schema_accepts_every_application_here(path: Path) -> None:
    assert list(APP.iter_errors(documents.load(path.read_bytes(), path.name).data)) == []


def test_the_schema_accepts_the_projects_own_file() -> None:
    data = documents.load((ROOT / "chartgen.yaml").read_bytes(), "chartgen.yaml").data
    assert list(PROJECT.iter_errors(data)) == []


def test_schema_and_loader_accept_the_small_application() -> None:
    assert load(SMALL).name == "shop"
    assert list(APP.iter_errors(documents.load(SMALL, "app.yaml").data)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_schema_and_loader_refuse(fault: str) -> None:
    data = _changed(*FAULTS[fault])
    assert list(APP.iter_errors(data))
    with pytest.raises(ModelError):
        load(documents.dump(data))


@pytest.mark.parametrize(
    "key,value",
    [("kubeVersion", ["1.30"]), ("charts", {"A": {"app": "a", "chart": "b"}}), ("strict", "yes")],
)
def test_the_schema_of_a_project_refuses(key: str, value: Any) -> None:
    data = {"apiVersion": "chartgen/v1", "charts": {"a": {"app": "a", "chart": "b"}}, key: value}
    assert list(PROJECT.iter_errors(data))
    with pytest.raises(ModelError):
        load_project(documents.dump(data).encode())


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_an_application_is_dumped_and_loaded_the_same(path: Path) -> None:
    app = load(path.read_bytes())
    assert load(documents.dump(dump(app))) == app


@pytest.mark.parametrize("name", sorted(texts()))
def test_the_documents_in_docs_are_what_the_model_says(name: str) -> None:
    """Mended by `chartgen schema --docs docs`."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == texts()[name]


def test_the_reference_says_all_there_is_to_say_of_a_key() -> None:
    text = texts()["app-reference.md"]
    assert "| `port` | integer | required | Port of the container. From 1 to 65535. |" in text
    assert "| `exposed` | boolean | `true` | Whether the Service has it. |" in text
    assert "| `schedule` | string |  | When a CronJob runs. For example `0 3 * * *`. |" in text
    assert "| `accessModes` | list of " in text
    assert "[Component](#component)" in text
    assert "\n## Component\n\nOne program of the application.\n" in text
    for name, definition in json.loads(texts()["app.schema.json"])["definitions"].items():
        assert f"\n## {name}\n" in text
        assert all(f"\n| `{key}` | " in text for key in definition["properties"])
