"""The guide to deploying through ushadow: every command in it is run, with an ushadow of each generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.conftest import NAME, Fake, chartgen, deploy, servers, start
from tests.docs import shell
from tests.docs.documents import ROOT, blocks

__all__ = ["chartgen", "deploy", "servers", "start"]
GUIDE = (ROOT / "docs/guides/deploying.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["older", "newer"])
def test_every_command_does_what_the_guide_says(
    kind: str, start: Callable[[str], Fake], tmp_path: Path
) -> None:
    ushadow = start(kind)
    ushadow.put(password="secret-word")
    for name in ("key", "password"):
        (tmp_path / name).write_text("secret-word\n")
    config = {"CHARTGEN_CONFIG": str(ROOT / "chartgen.yaml"), "CHARTGEN_SERVER": ushadow.url}
    (tmp_path / "values").symlink_to(ROOT / "values")
    env = {**shell.environment(tmp_path / "tools"), **config}
    said = ""
    for block in blocks(GUIDE):
        if block.language != "sh":
            continue
        if "--username" in block.text:
            ushadow.put(token="token-of-a-login")
        done = shell.run("\n".join(block.commands), tmp_path, env)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"
        said += done.stdout
    runs = "in cluster production, namespace ushadow"
    assert [line for line in said.splitlines() if not line.startswith(("{", "}", " "))] == [
        f"{NAME}: would be created and deployed: k8s://c-production/ushadow",
        f"{NAME}: created, and runs {runs}",
        f"{NAME}: runs {runs}",
        f"{NAME}: runs {runs}",
        f"{NAME}: changed, and runs {runs}",
        f"ushadow-backend-two: created, and runs {runs}",
        f"{NAME}: runs {runs}",
    ]
    assert (
        ushadow.world["instances"]["ushadow-backend-two"]["config"]["values"]["ADMIN_PASSWORD"]
        == "secret-word"
    )
