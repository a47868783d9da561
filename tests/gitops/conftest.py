"""The parts that the suite needs, found once; the chart in two versions; a registry for each worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from ci.cluster import gitops
from ci.tools import pins
from ci.venv import alone
from tests.cluster.conftest import MakeNamespace, namespaces
from tests.cluster.conftest import pytest_configure as pytest_configure
from tests.cluster.kept import pytest_runtest_makereport as pytest_runtest_makereport
from tests.cluster.kubernetes import Namespace
from tests.cluster.release import Release
from tests.cluster.test_life import use
from tests.gitops.registry import FIRST, SECOND, Registry, pack, registry
from tests.need import need

LOGS = Path(__file__).resolve().parents[2] / "build" / "gitops"


@pytest.fixture(scope="session")
def parts() -> gitops.Parts:
    need("gitops")
    need("cluster")
    return gitops.parts(pins.cache())


@pytest.fixture(scope="session")
def logs() -> Path:
    """What the controllers said is kept there, whatever came of it."""
    folder = LOGS / os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Installed(Protocol):
    """What the fixture `installed` of each module gives: the chart, by Argo CD or by Flux."""

    @property
    def namespace(self) -> Namespace: ...


@dataclass(frozen=True)
class Charts:
    """A registry with the chart's first version in it; the second is pushed when it is asked for."""

    registry: Registry
    second: Path

    def publish_second(self) -> str:
        self.registry.push(self.second)
        return SECOND[0]


@pytest.fixture(scope="session")
def charts(parts: gitops.Parts, logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Charts]:
    folder = tmp_path_factory.mktemp("charts")
    first, second = (pack(folder / version[0], *version) for version in (FIRST, SECOND))
    with registry(parts.programs, need("helm4"), folder, logs) as running:
        running.push(first)
        yield Charts(running, second)


@pytest.fixture(scope="module")
def make_namespace(request: pytest.FixtureRequest) -> Iterator[MakeNamespace]:
    with namespaces(request, request.module.__name__.rpartition(".")[2]) as make:
        yield make


@pytest.fixture(scope="module")
def worked_with(installed: Installed) -> Release:
    """What runs there, after a person and the application have edited, deleted and written files."""
    release = Release(need("helm4"), installed.namespace)
    release.wait()
    use(release)
    return release


@pytest.fixture
def release(worked_with: Release) -> Release:
    """The same, when all its pods are ready."""
    worked_with.wait()
    return worked_with


@pytest.fixture(scope="module")
def one_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """Two runs on one machine must not both bring the same controllers to a cluster."""
    name = request.module.__name__.rpartition(".")[2]
    with alone(pins.cache() / f".{name}.lock"):
        yield
