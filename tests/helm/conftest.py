"""Engines and open charts, made once for a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from chartgen.engine import Engine, Session
from chartgen.engine.choose import choose
from tests.helm.corpus import CHARTS
from tests.need import need

BINARIES = ("helm3.18", "helm3", "helm4")
COUNTED = "counted: random documents"  # the property of a test that counted them


@cache
def _engine(name: str) -> Engine:
    return choose("embedded" if name == "embedded" else need(name))


@cache
def _session(engine: str, chart: str) -> Session:
    subject = next(subject for subject in CHARTS if subject.name == chart)
    return _engine(engine).open(subject.archive())


@pytest.fixture
def engine_of() -> Callable[[str], Engine]:
    """An engine by the name of what it needs: `embedded`, `helm3.18`, `helm3`, `helm4`."""

    def of(name: str) -> Engine:
        need("helm_python" if name == "embedded" else name)
        return _engine(name)

    return of


@pytest.fixture
def session_of(engine_of: Callable[[str], Engine]) -> Callable[[str, str], Session]:
    """An engine's session on a chart of the corpus."""

    def of(engine: str, chart: str) -> Session:
        engine_of(engine)
        return _session(engine, chart)

    return of


@pytest.fixture(params=("embedded", *BINARIES))
def engine(request: pytest.FixtureRequest, engine_of: Callable[[str], Engine]) -> Engine:
    """Each engine in turn."""
    return engine_of(request.param)
