"""What is absent is seeded: complete, from the strongest source, under whatever name, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.seed.volume import Volume, mode, write

ODD_NAMES = (
    "two words.yaml", "new\nline.yaml", "ends with newline\n", "-rf", "--help", "*", "?[a-z]", "back\\slash",
    "\\n", "carriage\rreturn", "quote's \"and\" `$(touch x)` ${HOME}", "ümläut-日本語", " leading",
    "trailing ", ".hidden", "#comment", "end", "a\tb", "%s%d", "=", "~", "-n", "x.chart-new",
)  # fmt: skip
TREE = {"defaults.yml": "d", "providers/integrations/a.yaml": "a", "casdoor/app.conf": ""}


def snapshot(folder: Path) -> list[tuple[Path, int, int]]:
    """Everything below, with when it changed last."""
    return [(path, path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(folder.rglob("*"))]


def config_map(folder: Path, files: dict[str, str]) -> None:
    """A folder as the kubelet mounts a ConfigMap: every name is a link through ..data into a dated folder."""
    write(folder / "..2026_08_01", files)
    (folder / "..data").symlink_to("..2026_08_01")
    for top in {name.split("/")[0] for name in files}:
        (folder / top).symlink_to(f"..data/{top}")


def test_an_empty_volume_gets_every_file(volume: Volume) -> None:
    volume.source("chart", TREE)
    outcome = volume.seed()
    assert (outcome.code, outcome.err) == (0, "")
    assert volume.files() == TREE
    assert set(outcome.rows.values()) == {"seeded"}
    assert outcome.out.endswith("3 paths: 3 seeded.\nThe volume is completely seeded.\n")
    assert set(volume.records().values()) == {"seeded"}


def test_a_second_run_keeps_all_and_writes_nothing(volume: Volume) -> None:
    volume.source("chart", {"a.yaml": "a", "x/b.yaml": "b"})
    volume.seed()
    before = snapshot(volume.path)
    outcome = volume.seed()
    assert outcome.rows == {"a.yaml": "kept", "x/b.yaml": "kept"}
    assert snapshot(volume.path) == before


def test_the_strongest_source_wins_and_the_weaker_fill_up(volume: Volume) -> None:
    volume.source("existing", {"a.yaml": "existing"})
    volume.source("chart", {"a.yaml": "chart", "b.yaml": "chart"})
    volume.source("image", {"a.yaml": "image", "b.yaml": "image", "c.yaml": "image"})
    assert volume.seed().code == 0
    assert volume.files() == {"a.yaml": "existing", "b.yaml": "chart", "c.yaml": "image"}


def test_a_config_map_mount_is_seeded_as_files_and_without_its_inner_folders(volume: Volume) -> None:
    source = volume.source("chart", {})
    config_map(source, {"a.yaml": "a", "providers/b.yaml": "b"})
    write(source, {"..secret": "no", "...": "no"})
    assert volume.seed().code == 0
    assert volume.files() == {"a.yaml": "a", "providers/b.yaml": "b"}
    assert not (volume.path / "a.yaml").is_symlink()


@pytest.mark.parametrize("folder", ["", "plain/", "fold\ner \\ *\r/"], ids=["root", "folder", "odd folder"])
def test_odd_names_are_seeded_remembered_and_left_deleted(volume: Volume, folder: str) -> None:
    files = {folder + name: f"content of {name}" for name in ODD_NAMES}
    volume.source("chart", files)
    assert volume.seed().code == 0
    assert volume.files() == files
    assert volume.seed().out.count("  kept  ") == len(files)
    for name in ODD_NAMES[::2]:
        (volume.path / folder / name).unlink()
    outcome = volume.seed()
    assert outcome.code == 0
    assert outcome.out.count("  deleted by you, left deleted  ") == len(ODD_NAMES[::2])
    assert set(volume.files()) == {folder + name for name in ODD_NAMES[1::2]}


def test_paths_that_differ_in_punctuation_only_are_told_apart(volume: Volume) -> None:
    names = ("a.b", "a-b", "a_b", "a b", "a/b", "a__b")
    volume.source("chart", dict.fromkeys(names, "1"))
    volume.seed()
    (volume.path / "a-b").unlink()
    (volume.path / "a_b").write_text("edited")
    others = dict.fromkeys(names, "kept")
    assert volume.seed().rows == others | {"a-b": "deleted by you, left deleted", "a_b": "kept, edited"}


def test_modes_let_everyone_read_and_the_owner_write_whatever_the_source_has(volume: Volume) -> None:
    source = volume.source("chart", {"plain": "", "script": "", "locked": "", "new/file": ""})
    for name, bits in {"plain": 0o444, "script": 0o555, "locked": 0o400}.items():
        (source / name).chmod(bits)
    volume.seed()
    modes = {name: mode(volume.path / name) for name in ("plain", "script", "locked", "new/file", "new")}
    assert modes == {"plain": 0o644, "script": 0o755, "locked": 0o644, "new/file": 0o644, "new": 0o700}


def test_absent_and_empty_sources_are_named_and_no_fault(volume: Volume) -> None:
    volume.sources.append(volume.root / "nowhere")
    volume.source("empty", {})
    volume.source("chart", {"a": "a"})
    outcome = volume.seed()
    assert outcome.code == 0
    assert f"source {volume.root}/nowhere: absent or empty\n" in outcome.out
    assert f"source {volume.root}/empty: absent or empty\n" in outcome.out
    assert f"source {volume.root}/chart: 1 files\n" in outcome.out


def test_sources_without_a_single_file_are_not_a_seeded_volume(volume: Volume) -> None:
    volume.source("empty", {})
    outcome = volume.seed()
    assert outcome.code == 1
    assert "No source holds a file." in outcome.out


def test_an_expected_source_that_is_empty_stops_the_first_seeding_only(volume: Volume) -> None:
    existing = volume.source("existing", {})
    volume.source("chart", {"a": "a"})
    volume.settings["SEED_EXPECTED"] = str(existing)
    outcome = volume.seed()
    assert outcome.code == 1
    assert f"The source {existing} must hold files" in outcome.out
    volume.source("existing", {"b": "b"})
    assert volume.seed().code == 0
    (existing / "b").unlink()
    assert volume.seed().code == 0
    assert volume.seed(SEED_MODE="gate").code == 1


def test_a_broken_link_in_the_seed_is_named(volume: Volume) -> None:
    source = volume.source("chart", {"a": "a"})
    (source / "gone").symlink_to("nowhere")
    outcome = volume.seed()
    assert outcome.code == 1
    assert f"{source}/gone is a link that leads nowhere" in outcome.out


def test_a_source_that_links_back_up_is_walked_once(volume: Volume) -> None:
    source = volume.source("chart", {"a": "a", "x/b": "b"})
    (source / "x" / "up").symlink_to("..")
    (source / "x" / "self").symlink_to(".")
    assert volume.seed().code == 0
    assert volume.files() == {"a": "a", "x/b": "b"}


def test_a_file_in_one_source_and_a_folder_in_a_weaker_one_is_told(volume: Volume) -> None:
    volume.source("chart", {"providers": "a file"})
    volume.source("image", {"providers/a.yaml": "a"})
    outcome = volume.seed()
    assert outcome.code == 1
    assert outcome.why("providers/a.yaml") == "providers is not a folder"
    assert volume.files() == {"providers": "a file"}


def test_ten_thousand_files_give_a_table_that_can_be_read(volume: Volume) -> None:
    count = 10_000 if volume.shell.name != "bash" else 2_000  # the same lines in bash take thrice as long
    files = {f"folder-{number % 60:02}/file {number:05}.yaml": str(number) for number in range(count)}
    volume.source("chart", files)
    first = volume.seed()
    assert first.code == 0
    assert volume.files() == files
    assert f"{count} paths: {count} seeded." in first.out
    (volume.path / "folder-07/file 00007.yaml").write_text("edited")
    second = volume.seed()
    assert second.rows == {"folder-07/file 00007.yaml": "kept, edited"}
    assert f"{count} paths: {count - 1} kept; 1 kept, edited." in second.out
    assert len(first.out.splitlines()) < 60
    assert "Of each kind, 50 rows are shown." in first.out


def test_folders_are_made_with_their_mode_and_never_changed_after(volume: Volume) -> None:
    volume.source("chart", {"providers/a.yaml": "a"})
    volume.settings["SEED_DIRECTORIES"] = "0700 kubeconfigs\n0755 providers\n750 deep/er/folder\n0700 SECRETS"
    volume.settings["SEED_PROTECTED"] = "SECRETS/\nkubeconfigs/"
    old = os.umask(0)
    outcome = volume.seed()
    os.umask(old)
    assert outcome.code == 0
    wanted = {"kubeconfigs": 0o700, "SECRETS": 0o700, "providers": 0o755}
    wanted |= {"deep/er/folder": 0o750, "deep/er": 0o700}
    assert {name: mode(volume.path / name) for name in wanted} == wanted
    for name in wanted:
        (volume.path / name).chmod(0o2770)
    (volume.path / "SECRETS").rmdir()
    again = volume.seed()
    assert again.code == 0
    assert again.out.count("folder made") == 1
    modes = {name: mode(volume.path / name) for name in wanted}
    assert modes == dict.fromkeys(wanted, 0o2770) | {"SECRETS": 0o700}


def test_a_folder_whose_name_is_a_file_is_named(volume: Volume) -> None:
    volume.source("chart", {"a": "a"})
    write(volume.path, {"kubeconfigs": "mine"})
    outcome = volume.seed(SEED_DIRECTORIES="0700 kubeconfigs")
    assert outcome.code == 1
    assert "The folder kubeconfigs could not be made: kubeconfigs is not a folder." in outcome.out
    assert (volume.path / "kubeconfigs").read_text() == "mine"


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"SEED_MODE": "check"}, "SEED_MODE is 'check'; it must be init or gate."),
        ({"SEED_POLICY": "always"}, "SEED_POLICY is 'always'"),
        ({"SEED_STATE": "a/b"}, "SEED_STATE is 'a/b'; it must be one folder name."),
        ({"SEED_STATE": ".."}, "SEED_STATE is '..'"),
        ({"SEED_TARGET": ""}, "SEED_TARGET is not set"),
        ({"SEED_TARGET": "/"}, "SEED_TARGET is /"),
        ({"SEED_SOURCES": "relative"}, "SEED_SOURCES: 'relative' must begin with /."),
        ({"SEED_DIRECTORIES": "rwx a"}, "SEED_DIRECTORIES: 'rwx a' is not MODE PATH"),
        ({"SEED_DIRECTORIES": "0700"}, "SEED_DIRECTORIES: '0700' is not MODE PATH"),
        ({"SEED_DIRECTORIES": "2770 a"}, "SEED_DIRECTORIES: '2770 a' is not MODE PATH"),
        ({"SEED_DIRECTORIES": "0700 a/../../b"}, "leads out of the volume"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_touched(
    volume: Volume, settings: dict[str, str], said: str
) -> None:
    volume.source("chart", {"a": "a"})
    outcome = volume.seed(**settings)
    assert (outcome.code, list(volume.path.iterdir())) == (2, [])
    assert said in outcome.err


def test_a_source_on_the_volume_itself_is_refused(volume: Volume) -> None:
    volume.sources.append(volume.path)
    outcome = volume.seed()
    assert outcome.code == 2
    assert "is on the volume itself" in outcome.err


def test_a_volume_that_is_not_mounted_is_named(volume: Volume) -> None:
    outcome = volume.seed(SEED_TARGET=f"{volume.root}/elsewhere")
    assert outcome.code == 1
    assert "is not a folder. Is the volume mounted there?" in outcome.err
