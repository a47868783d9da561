"""An ushadow on a real port, and the command that asks it."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Ran
from tests.cli.conftest import Call, chartgen, charts, generated
from tests.gitops.host import answers, free_ports, running

__all__ = ["chartgen", "charts", "generated"]
Deploy = Callable[..., Ran]
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("script", "older", "newer")
CLUSTERS = [
    {
        "cluster_id": f"c-{name}", "name": name, "context": name, "server": f"https://{name}.example.com:6443",
        "status": "connected", "namespace": "ushadow",
    }
    for name in ("staging", "production")
]  # fmt: skip
# How a deployment goes on, in the words of each kind: what is asked again shows the next.
GOES_WELL = {
    "script": ["deploying", "running"],
    "older": ["deploying", "running"],
    "newer": ["none", "ContainerCreating", "Starting", "Running"],
}
FAILS = {"script": ["deploying", "error"], "older": ["deploying", "error"], "newer": ["ErrImagePull"]}
WELL = {
    "status": "healthy",
    "services": {"mongodb": {"status": "healthy", "healthy": True, "critical": True}},
    "overall_healthy": True,
    "critical_services_healthy": True,
}
NAME, TEMPLATE = "ushadow-backend-k8s", "ushadow-compose:ushadow-backend"


@dataclass
class Fake:
    """The server, its world in a file, and the command."""

    kind: str
    port: int
    file: Path
    command: Deploy

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def world(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def put(self, **changes: Any) -> None:
        self.file.write_text(json.dumps({**self.world, **changes}), encoding="utf-8")

    @property
    def instance(self) -> dict[str, Any]:
        found: dict[str, Any] = self.world["instances"][NAME]
        return found

    def deploy(self, *arguments: str, stdin: str = "", **env: str) -> Ran:
        return self.command(self.url, *arguments, stdin=stdin, **env)

    def asked(self, method: str) -> list[str]:
        """The paths that were asked with a method, since the last time."""
        found = [line.partition(" ")[2] for line in self.world["asked"] if line.startswith(f"{method} ")]
        self.put(asked=[])
        return found


@pytest.fixture
def deploy(chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """`chartgen deploy` of this project's ushadow, within this process."""

    def call(server: str, *arguments: str, stdin: str = "", **env: str) -> Ran:
        with monkeypatch.context() as here:
            here.chdir(ROOT)
            here.setattr(sys, "stdin", io.StringIO(stdin))
            for name, value in env.items():
                here.setenv(name, value)
            return chartgen("deploy", "--server", server, *arguments)

    return call


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[int, Path]]]:
    """Starts the server of a kind when it is first wanted: its port, and the file of its world."""
    folder = tmp_path_factory.mktemp("ushadow")
    with ExitStack() as stack:

        @cache
        def begin(kind: str) -> tuple[int, Path]:
            (port,) = free_ports(1)
            file = write_world(folder / f"{kind}.json", kind)
            command = (sys.executable, "-m", "tests.deploy.server", str(port), str(file))
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
            up = running(f"ushadow-{kind}", command, lambda: answers(port, "/health"), folder, env)
            stack.enter_context(up)
            return port, file

        yield begin


def write_world(file: Path, kind: str) -> Path:
    world = {
        "kind": kind, "health": WELL, "clusters": CLUSTERS, "instances": {}, "deployed": [],
        "states": GOES_WELL[kind], "pods": [], "why": "image not found", "refuses": "", "token": "",
        "password": "", "asked": [],
    }  # fmt: skip
    file.write_text(json.dumps(world), encoding="utf-8")
    return file


@pytest.fixture
def start(deploy: Deploy, servers: Callable[[str], tuple[int, Path]]) -> Callable[[str], Fake]:
    """An ushadow of a kind, with nothing in it yet."""

    def begin(kind: str) -> Fake:
        port, file = servers(kind)
        return Fake(kind, port, write_world(file, kind), deploy)

    return begin


@pytest.fixture(params=KINDS)
def ushadow(request: pytest.FixtureRequest, start: Callable[[str], Fake]) -> Fake:
    """Each kind of ushadow."""
    return start(request.param)
