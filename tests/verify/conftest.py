"""What tests of the search may ask for."""

from __future__ import annotations

import pytest

from tests.need import need


@pytest.fixture
def embedded() -> None:
    """The embedded Helm: asked for by each test, since a skip while a module is imported is an error."""
    need("helm_python")
