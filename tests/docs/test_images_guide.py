"""The guide to images: every command in it is run, by a real buildah, with a registry for ghcr.io."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chartgen import documents as yaml
from tests.docs import shell
from tests.docs.documents import ROOT, blocks
from tests.images.conftest import base, buildah, checkout, server, storage
from tests.registry.servers import Server

__all__ = ["base", "server"]
GUIDE = (ROOT / "docs/guides/images.md").read_text(encoding="utf-8")


@pytest.mark.xdist_group("guides")
def test_every_command_does_what_the_guide_says(base: Path, server: Server, tmp_path: Path) -> None:
    """kind is a stand-in that takes what it is given."""
    checkout(tmp_path / "checkout")
    (tmp_path / "values").mkdir()
    for name in ("dev", "production"):
        (tmp_path / f"values/{name}.yaml").write_bytes((ROOT / f"values/{name}.yaml").read_bytes())
    own = {"CHARTGEN_CONFIG": str(ROOT / "chartgen.yaml"), "CHARTGEN_BUILDER": "buildah"}
    env = {**shell.environment(tmp_path / "tools"), **storage(tmp_path / "storage"), **own}
    (tmp_path / "tools/kind").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "tools/kind").chmod(0o755)
    buildah("pull", f"docker-archive:{base}", env=env)
    said = []
    for line in [line for block in blocks(GUIDE) if block.language == "sh" for line in block.commands]:
        there = f" --registry {server.host} --plain-http" if "--push" in line else ""
        done = shell.run(line + there, tmp_path, env)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said += done.stdout.replace(server.host, "ghcr.io").splitlines()
    told = [re.sub(r"sha256:\S+", "sha256:...", line) for line in said if line.startswith("backend")]
    image = "ghcr.io/ushadow-io/ushadow/backend:v1.0.0"
    assert told == [
        f"backend: {image} would be built from checkout/ushadow/backend/Dockerfile",
        f"backend: {image}",
        "backend: docker.io/ushadow/backend:dev",
        f"backend: {image}@sha256:...",
        f"backend: {image}@sha256:...",
    ]
    written = yaml.load((tmp_path / "values/production.yaml").read_text(), "production").data
    assert written["backend"]["image"]["digest"] == said[-2].rpartition("@")[2]


def test_what_it_shows_of_app_yaml_is_what_ushadow_has() -> None:
    (shown,) = [yaml.load(block.text, "guide").data for block in blocks(GUIDE) if block.language == "yaml"]
    app = yaml.load((ROOT / "apps/ushadow/app.yaml").read_text(), "app").data
    assert {key: app["components"]["backend"][key] for key in ("image", "build")} == shown["backend"]
