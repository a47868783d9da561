"""A project for each test, and the command called within this process, which is ten times as fast."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.cli import main
from tests.cli.command import OURS, Ran, write_project

Call = Callable[..., Ran]


@pytest.fixture
def chartgen(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ran]:
    """Calls the command in the current folder: `chartgen("lint", "shop")`."""
    for key in os.environ:
        if key.startswith(OURS):
            monkeypatch.delenv(key)
    if Path.cwd() == Path(__file__).resolve().parents[2]:
        monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["chartgen", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, out, err)

    return call


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without charts yet, which is the current folder."""
    monkeypatch.chdir(write_project(tmp_path / "project"))
    return tmp_path / "project"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its charts, to be copied."""
    from chartgen.disk import plan, read_app, write
    from chartgen.generate import generate

    folder = write_project(tmp_path_factory.mktemp("generated") / "project")
    for name in ("shop", "wiki"):
        write(plan(generate(read_app(folder / "apps" / name)), folder / "charts" / name))
    return folder


@pytest.fixture
def charts(generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with its charts, which is the current folder."""
    folder = Path(shutil.copytree(generated, tmp_path / "charts"))
    monkeypatch.chdir(folder)
    return folder
