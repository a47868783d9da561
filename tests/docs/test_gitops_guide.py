"""The GitOps guide away from a cluster; on one, tests/gitops applies what it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartgen.contract import read
from chartgen.disk import read_app
from chartgen.generate import generate
from chartgen.schema import compiled
from chartgen.values import coalesce, merge
from tests.docs.documents import ROOT, blocks
from tests.gitops import argocd, flux
from tests.gitops.guide import GUIDE, Guide, marked

SUITE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/gitops").glob("*.py")))
HERE = Guide("oci://127.0.0.1:5000/charts", {"ushadow": "t-app", "argocd": "t-argocd"})
MANIFESTS = [name for name, block in marked().items() if block.language == "yaml"]
COMMANDS = [name for name, block in marked().items() if block.language == "sh"]


def values(name: str) -> dict[str, Any]:
    """The chart's values within a recipe."""
    specs = [each["spec"] for each in HERE.manifests(name) if "spec" in each]
    given = [
        spec.get("values") or spec.get("source", {}).get("helm", {}).get("valuesObject") for spec in specs
    ]
    return next((each for each in given if each), {})


def test_every_manifest_and_command_of_the_guide_is_used_on_a_cluster() -> None:
    every = [block for block in blocks(GUIDE.read_text(encoding="utf-8")) if block.language in ("yaml", "sh")]
    assert [block.line for block in every if block.note[0] != "tested"] == []
    assert len(every) == len(marked())
    assert [name for name in marked() if f'"{name}"' not in SUITE] == []


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_recipe_is_for_the_readers_registry_and_namespaces_alone(name: str) -> None:
    text = HERE.text(name)
    assert "ghcr.io" not in text
    assert set(re.findall(r"namespace: (\S+)", text)) <= {"t-app", "t-argocd"}
    assert "127.0.0.1:5000/charts" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_for_the_readers_namespaces_alone(name: str) -> None:
    assert set(re.findall(r"--namespace (\S+)", HERE.text(name))) <= {"t-app", "t-argocd"}


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_values_in_a_recipe_are_accepted_by_the_chart(name: str) -> None:
    chart = generate(read_app(ROOT / "apps/ushadow"))
    contract = read(chart)
    whole = coalesce(chart.default_values, merge([values(name)]))
    assert compiled(contract.schema).errors(whole) == ()
    assert [rule.sentence for rule in contract.rules if not rule.accepts(whole)] == []


def test_two_recipes_show_values() -> None:
    assert [name for name in MANIFESTS if values(name)] == ["argocd application", "flux release"]


@pytest.mark.parametrize("name", MANIFESTS)
def test_what_the_loopback_needs_is_all_that_a_test_adds(name: str) -> None:
    plain = HERE.manifests(name)
    added = HERE.manifests(name, **flux.INSECURE, **argocd.INSECURE)
    assert [
        each for each, more in zip(plain, added, strict=True) if each != more and each["kind"] not in KINDS
    ] == []
    assert plain == list(yaml.safe_load_all(HERE.text(name)))


KINDS = ("OCIRepository", "HelmRepository", "Secret")


def test_the_range_of_the_recipes_holds_the_version_of_today() -> None:
    app = yaml.safe_load(Path(ROOT / "apps/ushadow/app.yaml").read_text(encoding="utf-8"))
    text = GUIDE.read_text(encoding="utf-8")
    low, high = re.search(r'semver: ">=(\S+) <(\S+)"', text).groups()  # type: ignore[union-attr]
    version = tuple(map(int, app["version"].split(".")))
    assert tuple(map(int, low.split("."))) <= version < tuple(map(int, high.split(".")))
    assert f"targetRevision: {app['version']}\n" in text
