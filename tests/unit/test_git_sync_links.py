"""The script that git-sync runs after each revision: links to the files, each where it is expected."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.need import need

SCRIPT = Path(__file__).resolve().parents[2] / "chartgen/scripts/git-sync-links.sh"


Done = subprocess.CompletedProcess[str]


class Volume:
    """A volume on which git-sync keeps its revisions; `publish` does what git-sync does and then asks."""

    def __init__(self, top: Path, shell: str) -> None:
        self.top, self.shell = top, shell

    def publish(self, revision: str, files: dict[str, str], folder: str = "") -> Done:
        tree = self.top / ".git-sync/.worktrees" / revision
        for name, text in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        new = self.top / ".git-sync/new"
        new.symlink_to(f".worktrees/{revision}")
        new.rename(self.top / ".git-sync/current")
        environment = {"PATH": os.environ["PATH"], "LINKS_TOP": str(self.top), "LINKS_FOLDER": folder}
        command = [self.shell, str(SCRIPT)]
        return subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True, check=False)

    def read(self) -> dict[str, str]:
        """What a program finds that lists the folder."""
        found = (path for path in sorted(self.top.iterdir()) if not path.name.startswith("."))
        return {path.name: path.read_text() for path in found if path.is_file()}


@pytest.fixture(params=["dash", "bash"])
def volume(tmp_path: Path, request: pytest.FixtureRequest) -> Volume:
    return Volume(tmp_path, need(request.param))


def test_the_files_of_a_folder_are_where_they_are_expected(volume: Volume) -> None:
    files = {"compose/a.yaml": "a1", "compose/two words.yaml": "b1", "other/c.yaml": "c1"}
    done = volume.publish("1", files, "compose")
    assert (done.returncode, done.stderr) == (0, "")
    assert volume.read() == {"a.yaml": "a1", "two words.yaml": "b1"}


def test_without_a_folder_all_but_what_begins_with_a_dot_is_there(volume: Volume) -> None:
    volume.publish("1", {"a.yaml": "a1", ".git/config": "x", ".env": "x", "deep/b.yaml": "b1"})
    assert sorted(path.name for path in volume.top.iterdir()) == [".git-sync", "a.yaml", "deep"]
    assert (volume.top / "deep/b.yaml").read_text() == "b1"


def test_the_next_revision_changes_brings_and_takes_away(volume: Volume) -> None:
    volume.publish("1", {"a.yaml": "a1", "gone.yaml": "x", "file": "x"})
    inode = (volume.top / "a.yaml").lstat().st_ino
    assert volume.publish("2", {"a.yaml": "a2", "new.yaml": "n", "file/now-a-folder": "x"}).returncode == 0
    assert volume.read() == {"a.yaml": "a2", "new.yaml": "n"}
    assert (volume.top / "a.yaml").lstat().st_ino == inode, "what is right is not written again"
    assert (volume.top / "file/now-a-folder").read_text() == "x"


def test_all_files_change_at_once(volume: Volume) -> None:
    """They go through one link, so swapping that one is enough."""
    volume.publish("1", {"a.yaml": "1", "b.yaml": "1"})
    tree = volume.top / ".git-sync/.worktrees/2"
    tree.mkdir()
    (tree / "a.yaml").write_text("2")
    (tree / "b.yaml").write_text("2")
    (volume.top / ".git-sync/new").symlink_to(".worktrees/2")
    (volume.top / ".git-sync/new").rename(volume.top / ".git-sync/current")
    assert volume.read() == {"a.yaml": "2", "b.yaml": "2"}


def test_an_empty_folder_is_no_fault_and_a_missing_one_is_told_and_changes_nothing(volume: Volume) -> None:
    volume.publish("1", {"compose/a.yaml": "a1"}, "compose")
    done = volume.publish("2", {"other/x": "x"}, "compose")
    assert done.returncode == 1
    assert done.stderr == ("git-sync-links: revision of now has no folder compose: see gitSync.*.folder\n")
    assert (volume.top / "a.yaml").is_symlink()
    (volume.top / ".git-sync/.worktrees/3/compose").mkdir(parents=True)
    assert volume.publish("3", {}, "compose").returncode == 0
    assert volume.read() == {}


def test_what_somebody_else_put_there_is_left_alone(volume: Volume) -> None:
    (volume.top / "mine").write_text("mine")
    volume.publish("1", {"a.yaml": "a1"})
    assert volume.read() == {"a.yaml": "a1", "mine": "mine"}


def test_running_it_twice_changes_nothing(volume: Volume) -> None:
    volume.publish("1", {"a.yaml": "a1"})
    before = {path.name: path.lstat().st_ino for path in volume.top.iterdir()}
    volume.publish("1", {"a.yaml": "a1"})
    after = {path.name: path.lstat().st_ino for path in volume.top.iterdir()}
    assert after == before


def test_shellcheck_has_nothing_to_say() -> None:
    standin = SCRIPT.parents[2] / "ci/cluster/standin/git-sync/git-sync"
    command = [need("shellcheck"), "--shell=sh", str(SCRIPT), str(standin)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""
