"""A namespace for each upgrade, as in tests/cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.conftest import MakeNamespace, namespaces
from tests.cluster.conftest import pytest_configure as pytest_configure
from tests.cluster.kept import pytest_runtest_makereport as pytest_runtest_makereport


@pytest.fixture
def make_namespace(request: pytest.FixtureRequest) -> Iterator[MakeNamespace]:
    with namespaces(request, request.node.name) as make:
        yield make
