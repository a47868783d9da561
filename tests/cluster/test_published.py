"""A chart that `chartgen push` published is installed by its address, without a file of it at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cli.command import run as chartgen
from tests.cluster.kubernetes import run
from tests.cluster.release import OURS, TIMEOUT, Release
from tests.registry.servers import registry


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ushadow in a registry on the loopback."""
    folder = tmp_path_factory.mktemp("published")
    root = OURS.parents[1]
    with registry("distribution 3", folder / "registry") as server:
        assert chartgen("package", "ushadow", "-d", str(folder), cwd=root).code == 0
        (package,) = folder.glob("*.tgz")
        assert chartgen("push", server.url, str(package), "--plain-http", cwd=root).code == 0
        yield f"{server.url}/ushadow"


def test_helm_installs_by_address_what_was_pushed(published: str, release: Release, tmp_path: Path) -> None:
    version = yaml.safe_load((OURS / "Chart.yaml").read_text())["version"]
    of = (published, "--version", version, "--plain-http")
    shown = yaml.safe_load(run(release.helm, "show", "chart", *of).checked().output)
    assert (shown["name"], shown["version"]) == ("ushadow", version)
    release.run("install", *of, "--wait", "--timeout", TIMEOUT).checked()
    assert release.ask("/api/settings")["version"] == "v1.0.0"
    again = release.run("upgrade", *of, "--wait", "--timeout", TIMEOUT).checked()
    assert "REVISION: 2" in again.output
