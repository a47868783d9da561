"""What is the person's stays the person's: nothing that exists is touched, nothing deleted comes back."""

from __future__ import annotations

import os

import pytest

from tests.seed.volume import Volume, mode, write

POLICIES = ("ifNotPresent", "updateUnmodified")
each_policy = pytest.mark.parametrize("policy", POLICIES)


@each_policy
def test_files_that_were_there_before_are_not_ours_whatever_they_are(volume: Volume, policy: str) -> None:
    names = ("file", "empty", "link", "dangling", "folder", "pipe", "deep/file")
    volume.source("chart", dict.fromkeys(names, "seed") | {"absent": "seed"})
    write(volume.path, {"file": "mine", "empty": "", "elsewhere": "mine", "deep/file": "mine"})
    (volume.path / "file").chmod(0o600)
    (volume.path / "link").symlink_to("elsewhere")
    (volume.path / "dangling").symlink_to("nowhere")
    (volume.path / "folder").mkdir()
    os.mkfifo(volume.path / "pipe")
    for run in range(3):
        volume.source("chart", dict.fromkeys(names, f"seed {run}"))
        outcome = volume.seed(SEED_POLICY=policy)
        assert outcome.code == 0
        assert {name for name, done in outcome.rows.items() if done == "not ours"} == set(names)
        (volume.path / "pipe").unlink()
        assert volume.files() == {
            "file": "mine", "empty": "", "link": "-> elsewhere", "dangling": "-> nowhere",
            "deep/file": "mine", "elsewhere": "mine", "absent": "seed",
        }  # fmt: skip
        assert (mode(volume.path / "file"), (volume.path / "folder").is_dir()) == (0o600, True)
        os.mkfifo(volume.path / "pipe")


def test_a_volume_with_files_and_no_records_is_told_apart_from_an_empty_one(volume: Volume) -> None:
    volume.source("chart", {"a": "seed", "b": "seed"})
    write(volume.path, {"a": "seed"})
    outcome = volume.seed()
    assert (
        "The volume holds files and no records of seeding: what is there counts as not ours." in outcome.out
    )
    assert outcome.rows == {"a": "not ours", "b": "seeded"}
    assert "no records of seeding" not in volume.seed().out


def test_lost_and_found_and_our_own_folder_do_not_make_a_volume_used(volume: Volume) -> None:
    volume.source("chart", {"a": "seed"})
    write(volume.path, {"lost+found/x": "x", ".seed/y": "y"})
    outcome = volume.seed()
    assert (outcome.code, "no records of seeding" in outcome.out) == (0, False)


@each_policy
def test_what_the_person_deleted_is_not_resurrected(volume: Volume, policy: str) -> None:
    volume.source("chart", {"a": "1", "x/b": "1", "x/c": "1", "d": "1"})
    write(volume.path, {"theirs": "mine"})
    volume.source("chart", {"theirs": "seed"})
    volume.seed()
    for name in ("a", "x/b", "x/c", "theirs"):
        (volume.path / name).unlink()
    (volume.path / "x").rmdir()
    volume.source("chart", {"a": "2", "x/b": "2"})
    for _ in range(2):
        outcome = volume.seed(SEED_POLICY=policy)
        assert outcome.code == 0
        assert (
            outcome.rows["a"]
            == outcome.rows["x/b"]
            == outcome.rows["theirs"]
            == "deleted by you, left deleted"
        )
        assert volume.files() == {"d": "1"}
    assert volume.seed(SEED_MODE="gate").code == 0


@each_policy
def test_a_deleted_file_that_comes_back_is_the_persons(volume: Volume, policy: str) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    (volume.path / "a").unlink()
    volume.seed()
    write(volume.path, {"a": "1"})
    volume.source("chart", {"a": "2"})
    assert volume.seed(SEED_POLICY=policy).rows == {"a": "not ours"}
    assert volume.files() == {"a": "1"}


def test_a_path_that_left_the_seed_and_returns_is_still_remembered(volume: Volume) -> None:
    source = volume.source("chart", {"a": "1", "b": "1", "keep": "1"})
    volume.seed()
    (volume.path / "a").unlink()
    (source / "a").unlink()
    (source / "b").unlink()
    volume.source("chart", {"new": "1"})
    volume.seed()
    volume.source("chart", {"a": "1", "b": "2"})
    assert volume.seed(SEED_POLICY="updateUnmodified").rows == {
        "a": "deleted by you, left deleted", "b": "updated", "keep": "kept", "new": "kept",
    }  # fmt: skip


def test_a_line_taken_out_of_the_records_has_its_path_seeded_again(volume: Volume) -> None:
    volume.source("chart", {"a": "1", "b": "1"})
    volume.seed()
    (volume.path / "a").unlink()
    volume.seed()
    (manifest,) = volume.manifests()
    manifest.write_text(manifest.read_text().replace("deleted - a\n", ""))
    assert volume.seed().rows == {"a": "seeded", "b": "kept"}


@each_policy
def test_protected_paths_are_neither_seeded_nor_touched(volume: Volume, policy: str) -> None:
    protected = (
        "secrets.yml",
        "SECRETS/key",
        "SECRETS/deep/key",
        "/abs.yml",
        "./dot.yml",
        "with space",
        "a*",
    )
    files = {name.lstrip("./"): "seed" for name in protected} | {"secrets.yml.txt": "seed", "ab": "seed"}
    volume.source("chart", files)
    write(volume.path, {"secrets.yml": "mine"})
    paths = ("secrets.yml", "SECRETS/", "/abs.yml", "./dot.yml", "with space", "a*")
    outcome = volume.seed(SEED_PROTECTED="\n".join(paths), SEED_POLICY=policy)
    assert outcome.code == 0
    assert volume.files() == {"secrets.yml": "mine", "secrets.yml.txt": "seed", "ab": "seed"}
    assert [done for done in outcome.rows.values() if done == "protected"] == ["protected"] * len(protected)


def test_a_link_on_the_volume_opens_no_way_into_what_is_protected(volume: Volume) -> None:
    volume.source("chart", {"open/key": "seed", "open/deep/key": "seed", "records/key": "seed"})
    write(volume.path, {"SECRETS/x": "mine", ".seed/x": "x"})
    (volume.path / "open").symlink_to("SECRETS")
    (volume.path / "records").symlink_to(".seed")
    outcome = volume.seed(SEED_PROTECTED="SECRETS/")
    assert outcome.code == 0
    assert set(outcome.rows.values()) == {"protected"}
    assert [path.name for path in (volume.path / "SECRETS").iterdir()] == ["x"]


def test_the_scripts_own_folder_cannot_be_seeded(volume: Volume) -> None:
    volume.source("chart", {".seed/manifest.x": "seed-records 1\ndeleted - a\nend\n", "a": "seed"})
    outcome = volume.seed()
    assert outcome.rows == {".seed/manifest.x": "protected", "a": "seeded"}


def test_a_folder_that_leads_out_of_the_volume_is_not_written_through(volume: Volume) -> None:
    volume.source("chart", {"out/a": "seed", "out/deep/b": "seed", "out/kept": "seed"})
    volume.source("chart", {"in/a": "seed", "c": "seed"})
    outside = volume.root / "outside"
    write(outside, {"kept": "outside"})
    write(volume.path, {"real/x": "mine"})
    (volume.path / "out").symlink_to(outside)
    (volume.path / "in").symlink_to("real")
    outcome = volume.seed()
    assert outcome.code == 1
    refused = {outcome.why(path) for path in ("out/a", "out/deep/b", "out/kept")}
    assert refused == {"its folder leads out of the volume"}
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (volume.path / "real/a").read_text() == "seed"
    assert (volume.path / "c").read_text() == "seed"


def test_a_folder_to_make_is_not_made_outside_the_volume(volume: Volume) -> None:
    volume.source("chart", {"a": "seed"})
    (volume.root / "outside").mkdir()
    (volume.path / "out").symlink_to(volume.root / "outside")
    outcome = volume.seed(SEED_DIRECTORIES="0700 out/made")
    assert outcome.code == 1
    assert "The folder out/made could not be made: its folder leads out of the volume." in outcome.out
    assert list((volume.root / "outside").iterdir()) == []


def test_a_parent_that_is_a_file_is_reported_and_after_seeding_no_outage(volume: Volume) -> None:
    volume.source("chart", {"a": "seed"})
    volume.seed()
    write(volume.path, {"providers": "a file of mine"})
    volume.source("chart", {"providers/x/b": "seed"})
    outcome = volume.seed()
    assert (outcome.code, outcome.why("providers/x/b")) == (0, "providers is not a folder")
    assert volume.seed(SEED_MODE="gate").code == 1
    assert volume.files() == {"a": "seed", "providers": "a file of mine"}


def test_a_dangling_parent_is_not_made_real(volume: Volume) -> None:
    volume.source("chart", {"providers/b": "seed"})
    (volume.path / "providers").symlink_to("later")
    outcome = volume.seed()
    assert (outcome.code, outcome.why("providers/b")) == (1, "providers is not a folder")
    assert volume.files() == {"providers": "-> later"}


def test_a_file_of_somebody_elses_that_only_looks_like_a_leftover_stays(volume: Volume) -> None:
    volume.source("chart", {"a": "seed"})
    write(volume.path, {".seed-tmp.note": "mine", ".seed-tmp.dir/x": "mine"})
    volume.seed()
    assert volume.files() == {".seed-tmp.note": "mine", ".seed-tmp.dir/x": "mine", "a": "seed"}
