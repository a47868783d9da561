"""One registry of each kind for a run, and a proxy before one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.registry.faults import Proxy, proxy
from tests.registry.servers import KINDS, Server, registry


@pytest.fixture(scope="session", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A registry without TLS and without passwords, of each kind."""
    with registry(request.param, tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Proxy]]:
    """The reference registry, and a proxy before it that can do harm; a second one is the other host."""
    with ExitStack() as stack:
        found = stack.enter_context(registry("distribution 3", tmp_path_factory.mktemp("faulty")))
        harmful = stack.enter_context(proxy(found.port))
        elsewhere = stack.enter_context(proxy(found.port))
        harmful.elsewhere = f"http://127.0.0.1:{elsewhere.port}"
        yield found, harmful


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without credentials of the person who runs the tests."""
    for name in ("HELM_REGISTRY_CONFIG", "HELM_CONFIG_HOME", "DOCKER_CONFIG", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"
