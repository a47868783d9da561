"""Every test of the script runs under every shell it must work in, each with its own kind of tools."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.need import need
from tests.seed.volume import TOOLS, Shell, Volume

SHELLS = {"dash": ("dash", ()), "busybox": ("busybox", ("sh",)), "bash": ("bash", ("--posix",))}


def tool_folder(name: str, program: str, folder: Path) -> Path:
    """Only the tools that the script names: BusyBox's for its own shell, the system's for the others."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(program if name == "busybox" else shutil.which(tool) or f"/no/{tool}")
    return folder


@pytest.fixture(params=list(SHELLS), scope="session")
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    name, options = SHELLS[request.param]
    program = need(name)
    tools = tool_folder(request.param, program, tmp_path_factory.mktemp(name) / "tools")
    return Shell(request.param, (program, *options), tools)


@pytest.fixture
def volume(shell: Shell, tmp_path: Path) -> Volume:
    """An empty volume without sources."""
    made = Volume(shell, tmp_path)
    made.path.mkdir()
    return made
