"""A run that is killed at any step loses no edit and leaves nothing half; the next one finishes its work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.disk.kills import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
# At least so many kills: fewer would mean that the steps are no longer seen.
KILLS = {"edits": 35, "package": 16, "snapshots": 15, "command": 35, "pairs": 20}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whatever_was_cut_short_is_finished_and_nothing_is_lost(scenario: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.disk.kills", scenario, str(tmp_path / "work")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout.split()[-1]) >= KILLS[scenario]
