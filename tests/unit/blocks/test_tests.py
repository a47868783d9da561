"""What `helm test` runs for a volume that was seeded, run on one that was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.need import need
from tests.seed.conftest import tool_folder
from tests.seed.volume import Shell, Volume
from tests.unit.blocks.stage import SHOP, objects

SEEDED = (
    SHOP.replace("    image:", "    volumes: {data: {path: /data}}\n    image:")
    + "volumes: {data: {size: 1Gi}}\nseeds: {start: {volume: data, component: web, imagePath: /data}}\n"
)


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    tools = tool_folder("dash", need("dash"), tmp_path / "tools")
    made = Volume(Shell("dash", (need("dash"),), tools), tmp_path)
    made.path.mkdir()
    return made


def ask(volume: Volume) -> subprocess.CompletedProcess[str]:
    (pod,) = [found for found in objects("Pod", app=SEEDED) if found.name == "shop-test-start-seeded"]
    command = pod.data["spec"]["containers"][0]["command"]
    script = command[-1].replace("/seed/volume", str(volume.path))
    return subprocess.run([*command[:-1], script], capture_output=True, text=True, check=False)


def test_a_seeded_volume_passes_and_its_records_are_shown(volume: Volume) -> None:
    volume.source("chart", {"a.yaml": "1"})
    volume.seed()
    done = ask(volume)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.startswith("seeded ") and line.endswith(" a.yaml") for line in done.stdout.splitlines())
    assert [path.name for path in volume.state.iterdir() if path.name.startswith("test-")] == []


def test_a_volume_that_was_never_seeded_fails(volume: Volume) -> None:
    assert ask(volume).returncode != 0
