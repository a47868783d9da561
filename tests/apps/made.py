"""The applications of the tests, and ushadow: read, generated, opened and rendered once for a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chartgen import contract, documents
from chartgen.chart import Chart
from chartgen.contract import Contract
from chartgen.disk import read_app
from chartgen.engine import Session
from chartgen.engine.choose import choose
from chartgen.generate import generate
from chartgen.manifest import Case, Release, Rendering
from chartgen.model import App
from chartgen.package import archive

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "apps"
APPS = ("web", "worker", "database", "cron", "many", "opposite", "own", "ushadow")
# Applications that run only once somebody has brought a secret: values that bring one.
BROUGHT: Mapping[str, Mapping[str, Any]] = {
    "cron": {"secrets": {"api": {"existingSecret": "api"}}},
    "opposite": {"secrets": {"pin": {"existingSecret": "pin"}}},
}


@cache
def app(name: str) -> App:
    return read_app(ROOT / "apps" / name if name == "ushadow" else HERE / name)


@cache
def chart(name: str) -> Chart:
    return generate(app(name))


@cache
def declared(name: str) -> Contract:
    return contract.read(chart(name))


@cache
def session(name: str) -> Session:
    return choose().open(archive(chart(name)))


def overlays(name: str) -> dict[str, dict[str, Any]]:
    """The values documents of an application by name; `brought` is the least that it runs with."""
    folder = ROOT / "values" if name == "ushadow" else HERE / name / "values"
    found = {p.stem: documents.load(p.read_text(), p.name).data for p in sorted(folder.glob("*.yaml"))}
    return {"brought": dict(BROUGHT.get(name, {})), **found}


def render(name: str, values: Mapping[str, Any] | None = None, release: str = "") -> Rendering:
    """What an application's chart makes of values; a refusal fails the test with its reason."""
    answer = ask(name, values, release)
    assert isinstance(answer, Rendering), f"{name}: {answer.message}"
    return answer


def ask(name: str, values: Mapping[str, Any] | None = None, release: str = "") -> Any:
    """The answer of the engine: a Rendering or a Refusal. Without values, the least that it runs with."""
    given = BROUGHT.get(name, {}) if values is None else values
    case = Case(given, Release(release or name, f"{name}-namespace"))
    return next(iter(session(name).render([case])))
