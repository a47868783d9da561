"""What the table of promises needs to know of each test, recorded with it and so carried into JUnit files.

The first sentence of the module's docstring, and what each fixture took that several tests share: pytest
counts it to whichever test happens to come first.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import pytest

from ci.cluster.report import SHARED, TOPIC


def topic(module: object) -> str:
    return " ".join((getattr(module, "__doc__", None) or "").partition("\n\n")[0].split())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and TOPIC not in dict(item.user_properties):
            item.user_properties.append((TOPIC, topic(item.module)))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    started = time.monotonic()
    try:
        return (yield)
    finally:
        if fixturedef.scope != "function":
            item: pytest.Item = request._pyfuncitem
            item.user_properties.append((SHARED + fixturedef.argname, time.monotonic() - started))
