"""A changed seed: told under both policies, taken under updateUnmodified, and only where nothing is lost."""

from __future__ import annotations

import pytest

from tests.seed.volume import Volume, write

UPDATE = {"SEED_POLICY": "updateUnmodified"}


@pytest.fixture
def seeded(volume: Volume) -> Volume:
    """Seeded with four files; since then one was edited, one deleted, and the seed of three has changed."""
    volume.source("chart", {"edited": "1", "deleted": "1", "untouched": "1", "x/same": "1"})
    volume.seed()
    (volume.path / "edited").write_text("mine")
    (volume.path / "deleted").unlink()
    volume.source("chart", {"edited": "2", "deleted": "2", "untouched": "2"})
    return volume


def test_if_not_present_changes_no_file_and_tells_the_difference(seeded: Volume) -> None:
    outcome = seeded.seed()
    assert outcome.code == 0
    assert outcome.rows == {
        "edited": "kept, edited", "deleted": "deleted by you, left deleted", "untouched": "differs from seed",
        "x/same": "kept",
    }  # fmt: skip
    assert "policy updateUnmodified takes it at the next start" in outcome.out
    assert seeded.files() == {"edited": "mine", "untouched": "1", "x/same": "1"}


def test_update_unmodified_replaces_the_untouched_and_offers_beside_the_edited(seeded: Volume) -> None:
    outcome = seeded.seed(**UPDATE)
    assert outcome.code == 0
    assert outcome.rows == {
        "edited": "new version beside it", "deleted": "deleted by you, left deleted", "untouched": "updated",
        "x/same": "kept",
    }  # fmt: skip
    assert seeded.files() == {"edited": "mine", "edited.chart-new": "2", "untouched": "2", "x/same": "1"}
    assert seeded.seed(**UPDATE).rows["edited"] == "new version beside it"
    assert seeded.leftovers() == []


def test_the_gate_changes_no_file_under_either_policy(seeded: Volume) -> None:
    before = seeded.files()
    outcome = seeded.seed(SEED_MODE="gate", **UPDATE)
    assert (outcome.code, outcome.rows["untouched"], outcome.rows["edited"]) == (
        0,
        "differs from seed",
        "kept, edited",
    )
    assert seeded.files() == before


def test_an_offer_that_was_removed_is_not_made_again_until_the_seed_changes(seeded: Volume) -> None:
    seeded.seed(**UPDATE)
    (seeded.path / "edited.chart-new").unlink()
    assert seeded.seed(**UPDATE).rows["edited"] == "kept, edited"
    seeded.source("chart", {"edited": "3"})
    assert seeded.seed(**UPDATE).rows["edited"] == "new version beside it"
    assert seeded.files()["edited.chart-new"] == "3"


def test_an_offer_still_there_follows_the_seed_and_an_edited_one_does_not(seeded: Volume) -> None:
    seeded.seed(**UPDATE)
    seeded.source("chart", {"edited": "3"})
    assert seeded.seed(**UPDATE).rows["edited"] == "new version beside it"
    assert seeded.files()["edited.chart-new"] == "3"
    (seeded.path / "edited.chart-new").write_text("my notes")
    seeded.source("chart", {"edited": "4"})
    outcome = seeded.seed(**UPDATE)
    assert outcome.why("edited") == "edited.chart-new is yours"
    assert seeded.files()["edited.chart-new"] == "my notes"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_already_has_the_name_of_an_offer_stays(seeded: Volume, kind: str) -> None:
    offer = seeded.path / "edited.chart-new"
    if kind == "file":
        offer.write_text("mine")
    elif kind == "folder":
        offer.mkdir()
    else:
        offer.symlink_to("nowhere")
    outcome = seeded.seed(**UPDATE)
    assert (outcome.code, outcome.why("edited")) == (0, "edited.chart-new is yours")
    kept = {"file": {offer.name: "mine"}, "folder": {}, "link": {offer.name: "-> nowhere"}}[kind]
    assert seeded.files() == {"edited": "mine", "untouched": "2", "x/same": "1"} | kept


def test_taking_the_offer_makes_the_file_one_that_is_kept_up_to_date(seeded: Volume) -> None:
    seeded.seed(**UPDATE)
    (seeded.path / "edited.chart-new").rename(seeded.path / "edited")
    assert seeded.seed(**UPDATE).rows["edited"] == "kept"
    seeded.source("chart", {"edited": "3"})
    assert seeded.seed(**UPDATE).rows["edited"] == "updated"


def test_an_edit_that_equals_the_new_seed_is_simply_kept(volume: Volume) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    write(volume.path, {"a": "2"})
    volume.source("chart", {"a": "2"})
    assert volume.seed().rows == {"a": "kept"}
    volume.source("chart", {"a": "3"})
    assert volume.seed(**UPDATE).rows == {"a": "updated"}


@pytest.mark.parametrize("replacement", ["link", "folder"])
def test_a_file_replaced_by_something_else_counts_as_edited(volume: Volume, replacement: str) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    (volume.path / "a").unlink()
    write(volume.path, {"mine": "1"})
    if replacement == "link":
        (volume.path / "a").symlink_to("mine")
    else:
        (volume.path / "a").mkdir()
    volume.source("chart", {"a": "2"})
    assert volume.seed().rows == {"a": "kept, edited"}
    assert volume.seed(**UPDATE).rows == {"a": "new version beside it"}
    assert (volume.path / "mine").read_text() == "1"
    assert (volume.path / "a").is_symlink() == (replacement == "link")


def test_an_edit_in_the_last_moment_before_a_replacement_is_kept(volume: Volume) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    volume.source("chart", {"a": "2"})
    sabotage = volume.shim(
        "chmod", f"echo mine >{volume.path}/a"
    )  # chmod runs between the decision and the rename
    outcome = sabotage.seed(**UPDATE)
    assert outcome.rows == {"a": "kept, edited"}
    assert volume.files() == {"a": "mine\n"}
    assert volume.seed(**UPDATE).rows == {"a": "new version beside it"}


def test_without_sha256sum_nothing_is_replaced_and_the_run_says_why(volume: Volume) -> None:
    volume.source("chart", {"a": "1", "b": "1", "c": "1"})
    poor = volume.without("sha256sum")
    first = poor.seed(SEED_KEY="key", **UPDATE)
    assert first.code == 0
    assert "This image has no sha256sum: edits cannot be told, so nothing is replaced." in first.out
    assert "The key was not checked" in first.out
    (volume.path / "b").write_text("mine")
    (volume.path / "c").unlink()
    volume.source("chart", {"a": "2", "b": "2", "c": "2"})
    assert poor.seed(**UPDATE).rows == {"a": "kept", "b": "kept", "c": "deleted by you, left deleted"}
    assert (
        volume.seed(**UPDATE).rows["b"] == "new version beside it"
    )  # with sha256sum again: nothing to compare with
    assert volume.files()["a"] == "1"


def test_an_update_that_was_cut_short_and_then_edited_is_an_edit_like_any_other(volume: Volume) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    before = volume.manifests()[0].read_text()
    write(volume.state, {"manifest.cut": f"seed-records 1\npending {'0' * 64} a\nend\n"})
    write(volume.path, {"a": "mine"})
    assert volume.seed().rows == {"a": "kept, edited"}
    (merged,) = volume.manifests()
    assert merged.read_text() == before
