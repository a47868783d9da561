"""An initContainer and the gate at the same time: at every step of the one, a whole run of the other."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from tests.need import need
from tests.seed.cuts import calls, restore, run_to, stepping
from tests.seed.volume import Volume

FIRST = {"a.yaml": "1", "b.yaml": "1", "x/c.yaml": "1"}


def other_run(volume: Volume) -> str:
    """A line of shell that runs the whole script with the real tools; its code ends up in root/other."""
    command = " ".join(volume.command())
    return f"PATH={volume.shell.tools} {command} >{volume.root}/said 2>&1; echo $? >{volume.root}/other"


def test_a_gate_at_any_step_of_a_first_seeding(volume: Volume) -> None:
    need("dash")
    volume.source("chart", FIRST)
    volume.settings |= {"SEED_KEY": "key", "SEED_DIRECTORIES": "0755 x"}
    stepped = stepping(volume)
    template = Path(shutil.copytree(volume.path, volume.root / "template"))
    other = f"export SEED_KEY=key SEED_MODE=gate; {other_run(volume)}"
    for when in calls(stepped, template):
        restore(volume, template)
        outcome = run_to(stepped, when, other)
        assert (outcome.code, (volume.root / "other").read_text()) == (0, "0\n"), when + outcome.text
        assert volume.files() == FIRST, when
        assert set(outcome.rows.values()) <= {"seeded", "kept", "not ours"}, when
        assert volume.seed().rows == dict.fromkeys(FIRST, "kept"), when
        assert volume.records() == dict.fromkeys(FIRST, "seeded"), when
        assert (len(volume.manifests()), volume.leftovers()) == (1, []), when


def test_a_whole_run_at_any_step_of_an_update(volume: Volume) -> None:
    need("dash")
    volume.source("chart", FIRST | {"gone.yaml": "1"})
    volume.seed()
    (volume.path / "b.yaml").write_text("mine")
    (volume.path / "gone.yaml").unlink()
    volume.source("chart", {"a.yaml": "2", "b.yaml": "2", "gone.yaml": "2", "x/new": "2"})
    volume.settings["SEED_POLICY"] = "updateUnmodified"
    stepped = stepping(volume)
    template = Path(shutil.copytree(volume.path, volume.root / "template"))
    files = {"a.yaml": "2", "b.yaml": "mine", "b.yaml.chart-new": "2", "x/c.yaml": "1", "x/new": "2"}
    for count, when in enumerate(calls(stepped, template)):
        restore(volume, template)
        other = f"export SEED_MODE={('init', 'gate')[count % 2]}; {other_run(volume)}"
        outcome = run_to(stepped, when, other)
        assert (outcome.code, (volume.root / "other").read_text()) == (0, "0\n"), when + outcome.text
        assert volume.files() == files, when
        assert volume.seed().code == 0, when
        assert volume.records() == dict.fromkeys(files, "seeded") | {"gone.yaml": "deleted"}, when
        assert (len(volume.manifests()), volume.leftovers()) == (1, []), when


def test_two_first_runs_with_different_keys_agree_on_one(volume: Volume) -> None:
    need("dash")
    volume.source("chart", {"a": "1"})
    stepped = stepping(volume)
    template = Path(shutil.copytree(volume.path, volume.root / "template"))
    other = f"export SEED_KEY=other; {other_run(volume)}"
    for when in islice(calls(stepped, template, SEED_KEY="key"), 20):  # the key comes first
        restore(volume, template)
        first = run_to(stepped, when, other, SEED_KEY="key")
        codes = {first.code, int((volume.root / "other").read_text())}
        assert codes == {0, 1}, when
        assert sorted(volume.seed(SEED_KEY=key).code for key in ("key", "other")) == [0, 1], when


def test_records_that_another_run_adds_while_ours_are_read_are_read_too(volume: Volume) -> None:
    """A pipe among the records holds the script right there; then the other run replaces what was listed."""
    volume.source("chart", {"a": "1", "b": "1"})
    volume.state.mkdir()
    os.mkfifo(volume.state / "manifest.old")
    command, environment = volume.command(), volume.environment({})
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        with (volume.state / "manifest.old").open("w") as old:
            (volume.state / "manifest.new").write_text("seed-records 1\ndeleted - a\nend\n")
            (volume.state / "manifest.old").unlink()
            old.write("seed-records 1\nend\n")
        said = process.communicate()[0]
    assert "deleted by you, left deleted  a\n" in said
    assert volume.files() == {"b": "1"}


def test_four_runs_started_together_seed_once(volume: Volume) -> None:
    files = {f"{folder}/{number}": f"{folder} {number}" for folder in "abc" for number in range(40)}
    volume.source("chart", files)
    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(lambda mode: volume.seed(SEED_MODE=mode), ["init", "gate"] * 2))
        assert [outcome.code for outcome in outcomes] == [0] * 4
        assert volume.files() == files
        assert volume.seed().code == 0
        assert volume.records() == dict.fromkeys(files, "seeded")
        assert (len(volume.manifests()), volume.leftovers()) == (1, [])
        subprocess.run(["rm", "-rf", str(volume.path)], check=True)
        volume.path.mkdir()
