"""Volumes that are read-only, full, without links, or written to just now: named, and nothing lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.need import need
from tests.seed.volume import Outcome, Volume, permission_bound, run, tree, write

FILES = {"a.yaml": "a" * 3000, "b.yaml": "b" * 6000, "x/c.yaml": "c" * 3000, "x/y/d.yaml": "d" * 5000}


def mounted(volume: Volume, mounting: str, **settings: str) -> Outcome:
    """Runs the script where a shell line has prepared the volume in mounts of its own.

    What is on the volume then is left in `root/after`, for the mounts are gone when this returns.
    """
    after = volume.root / "after"
    shutil.rmtree(after, ignore_errors=True)
    script = f"""
        set -e
        cd {volume.root}
        {mounting}
        code=0
        (cd /; PATH={volume.shell.tools} exec "$@") || code=$?
        cp -a {volume.path} {after}
        exit $code
    """
    command = [need("unshare-root"), "--mount", "sh", "-c", script, "sh", *volume.command()]
    return run(command, volume.environment(settings) | {"PATH": os.environ["PATH"]})


def read_only(volume: Volume, **settings: str) -> Outcome:
    return mounted(volume, "mount --bind volume volume && mount -o remount,bind,ro volume", **settings)


def on_tmpfs(volume: Volume, options: str, **settings: str) -> Outcome:
    """With the volume's files on a small filesystem of their own, which only the run itself fills up."""
    fill = f"mount -t tmpfs -o {options} none /mnt && cp -a volume/. /mnt && mount --move /mnt volume"
    return mounted(volume, fill, **settings)


def content(folder: Path) -> dict[str, str]:
    return {path: text for path, text in tree(folder).items() if not path.startswith(".seed/")}


def test_a_read_only_volume_that_was_never_seeded_stops_the_pod_and_says_why(volume: Volume) -> None:
    volume.source("chart", FILES)
    outcome = read_only(volume)
    assert outcome.code == 1
    assert {outcome.why(path) for path in FILES} == {"Read-only file system"}


def test_a_read_only_volume_that_was_seeded_is_named_and_holds_up_the_gate_only(volume: Volume) -> None:
    volume.source("chart", FILES)
    volume.seed()
    assert read_only(volume, SEED_KEY="").code == 0
    assert read_only(volume, SEED_MODE="gate").code == 0  # nothing is missing
    volume.source("chart", {"new": "1"})
    outcome = read_only(volume, SEED_DIRECTORIES="0700 made", SEED_KEY="key")
    assert (outcome.code, outcome.why("new")) == (0, "Read-only file system")
    assert "The folder made could not be made: Read-only file system." in outcome.out
    assert "The key's fingerprint could not be recorded: Read-only file system." in outcome.out
    assert "The volume was completely seeded before, so the application may start." in outcome.out
    assert read_only(volume, SEED_MODE="gate").code == 1


def test_what_was_found_on_a_read_only_volume_is_found_again_later(volume: Volume) -> None:
    volume.source("chart", FILES)
    volume.seed()
    (volume.path / "a.yaml").unlink()
    outcome = read_only(volume)
    assert outcome.code == 0
    assert outcome.rows["a.yaml"] == "deleted by you, left deleted"
    assert "What was found could not be recorded: Read-only file system." in outcome.out
    assert volume.seed().rows["a.yaml"] == "deleted by you, left deleted"


def test_a_full_volume_never_holds_half_a_file_however_early_it_is_full(volume: Volume) -> None:
    """Each round has more pages or more inodes, until all fits."""
    volume.source("chart", FILES)
    codes = []
    limits = [f"size={4 * pages}k" for pages in range(1, 26, 2)] + [
        f"nr_inodes={count}" for count in range(2, 24, 2)
    ]
    for limit in limits:
        outcome = on_tmpfs(volume, limit)
        codes.append(outcome.code)
        after = content(volume.root / "after")
        assert after == {path: text for path, text in FILES.items() if path in after}
        assert ("No space left on device" in outcome.out or "may be full" in outcome.out) == (
            outcome.code == 1
        )
    assert min(codes.count(0), codes.count(1)) > 5


def test_what_a_full_volume_did_not_take_comes_when_there_is_room(volume: Volume) -> None:
    volume.source("chart", FILES)
    assert on_tmpfs(volume, "size=28k").code == 1
    shutil.rmtree(volume.path)
    shutil.copytree(volume.root / "after", volume.path)
    outcome = volume.seed()
    assert outcome.code == 0
    assert set(outcome.rows.values()) <= {"seeded", "kept"}
    assert (volume.files(), volume.leftovers()) == (FILES, [])
    assert set(volume.records().values()) == {"seeded"}


def test_a_full_volume_that_was_seeded_is_named_and_the_application_starts(volume: Volume) -> None:
    volume.source("chart", FILES)
    volume.seed()
    volume.source("chart", {"new": "n" * 200_000, "a.yaml": "changed" * 30_000})
    full = "size=120k"
    outcome = on_tmpfs(volume, full, SEED_POLICY="updateUnmodified")
    assert (outcome.code, outcome.why("new"), outcome.why("a.yaml")) == (0, *["No space left on device"] * 2)
    assert on_tmpfs(volume, full, SEED_MODE="gate").code == 1
    assert content(volume.root / "after") == FILES


NO_LINKS = 'echo "ln: Operation not permitted" >&2; exit 1'


def test_a_volume_without_hard_links_is_seeded_and_kept_the_same(volume: Volume) -> None:
    volume.source("chart", FILES | {"-odd\nname": "1", "x/theirs": "seed"})
    write(volume.path, {"x/theirs": "mine"})
    (volume.path / "x" / "dangling").symlink_to("nowhere")
    volume.source("chart", {"x/dangling": "seed"})
    plain = volume.shim("ln", NO_LINKS)
    outcome = plain.seed(SEED_KEY="key")
    assert outcome.code == 0
    expected = FILES | {"-odd\nname": "1", "x/theirs": "mine", "x/dangling": "-> nowhere"}
    assert (volume.files(), volume.leftovers()) == (expected, [])
    (volume.path / "a.yaml").unlink()
    volume.source("chart", {"b.yaml": "changed"})
    outcome = plain.seed(SEED_POLICY="updateUnmodified", SEED_KEY="key")
    assert outcome.rows["a.yaml"] == "deleted by you, left deleted"
    assert outcome.rows["b.yaml"] == "updated"
    assert volume.seed(SEED_KEY="other").code == 1


def test_without_links_and_without_sha256sum_it_still_seeds_once_only(volume: Volume) -> None:
    volume.source("chart", FILES)
    poor = volume.shim("ln", NO_LINKS).without("sha256sum")
    assert poor.seed().code == 0
    assert (volume.files(), set(volume.records().values())) == (FILES, {"seeded"})


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize(
    "made", ["echo mine >{0}", "mkdir {0}", "ln -s nowhere {0}"], ids=["file", "folder", "link"]
)
def test_a_name_that_the_application_takes_in_the_last_moment_is_its_own(
    volume: Volume, made: str, links: bool
) -> None:
    volume.source("chart", {"a": "seed", "b": "seed", "c": "seed"})
    taking = made.format(volume.path / "b")
    if links:
        racing = volume.shim("ln", f"{taking} 2>/dev/null")
    else:
        racing = volume.shim("ln", f"{taking}; {NO_LINKS}")
    outcome = racing.seed()
    assert outcome.code == 0
    assert outcome.rows == {"a": "seeded", "b": "not ours", "c": "seeded"}
    assert volume.records()["b"] == "theirs"
    kept = {"e": {"b": "mine\n"}, "m": {}, "l": {"b": "-> nowhere"}}[made[0]]
    assert volume.files() == {"a": "seed", "c": "seed"} | kept
    assert volume.leftovers() == []
    assert list((volume.path / "b").iterdir() if made[0] == "m" else []) == []


def test_a_name_taken_while_mv_runs_is_kept_where_mv_can_refuse(volume: Volume) -> None:
    """GNU's mv asks the kernel to refuse; BusyBox's looks first, so this moment is the one it cannot see."""
    if volume.shell.name == "busybox":
        pytest.skip("BusyBox has no rename that refuses: written down at the top of the script")
    volume.source("chart", {"a": "seed"})
    racing = volume.shim("ln", NO_LINKS).shim("mv", f"case $1 in -n) echo mine >{volume.path}/a ;; esac")
    assert racing.seed().rows == {"a": "not ours"}
    assert volume.files() == {"a": "mine\n"}


def test_a_seed_that_cannot_be_copied_is_named_and_the_others_are_seeded(volume: Volume) -> None:
    source = volume.source("chart", FILES)
    failing = volume.shim(
        "cp", 'case "$*" in *b.yaml*) echo "cp: b.yaml: Input/output error" >&2; exit 1 ;; esac'
    )
    outcome = failing.seed()
    assert (outcome.code, outcome.why("b.yaml")) == (1, "Input/output error")
    assert volume.files() == {path: text for path, text in FILES.items() if path != "b.yaml"}
    (source / "b.yaml").unlink()
    assert volume.seed().code == 0


def test_a_source_that_this_user_may_not_read_is_named(volume: Volume) -> None:
    source = volume.source("chart", {"a": "1", "b": "1", "locked/c": "1"})
    for name in ("b", "locked"):
        (source / name).chmod(0)
    outcome = run([*permission_bound(), *volume.command()], volume.environment({}))
    assert (outcome.code, outcome.why("b")) == (1, "its seed cannot be read")
    assert f"The seed's folder {source}/locked cannot be read." in outcome.out
    assert volume.files() == {"a": "1"}
