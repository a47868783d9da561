"""A run killed at every step, under every shell: no half file, nothing forgotten, no edit lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.need import need
from tests.seed.cuts import KILL, moments, restore, run_to, stepping
from tests.seed.volume import Volume

UPDATE = {"SEED_POLICY": "updateUnmodified", "SEED_KEY": "key", "SEED_DIRECTORIES": "0700 made"}
FIRST = {"a.yaml": "content of a", "b.yaml": "content of b", "x/c.yaml": "content of c"}
EDITED = "the person's own words"
SECOND = {"a.yaml": "second content of a", "b.yaml": "second content of b", "x/new.yaml": "a new file"}


@pytest.fixture
def stepped(volume: Volume) -> Volume:
    need("dash")
    volume.source("chart", FIRST)
    volume.settings |= UPDATE
    return stepping(volume)


def keep(volume: Volume) -> Path:
    """What is on the volume now, to start from again."""
    return Path(shutil.copytree(volume.path, volume.root / "template"))


def assert_settled(volume: Volume, when: str, files: dict[str, str], records: dict[str, str]) -> None:
    """One more run finds nothing to do, remembers everything, and has cleaned up."""
    assert volume.seed().code == 0, when
    assert volume.files() == files, when
    assert volume.records() == records, when
    assert volume.leftovers() == [], when
    assert len(volume.manifests()) == 1, when


def test_a_first_seeding_killed_at_any_step_is_completed_by_the_next_run(
    volume: Volume, stepped: Volume
) -> None:
    template = keep(volume)
    for count, when in enumerate(moments(stepped, template)):
        restore(volume, template)
        killed = run_to(stepped, when, KILL)
        assert "The volume is completely seeded" not in killed.out, when
        found = {path: text for path, text in volume.files().items() if ".seed-tmp." not in path}
        assert found == {path: FIRST[path] for path in found}, when
        edited = dict.fromkeys(list(found)[: count % 2], EDITED)
        for path, text in edited.items():
            (volume.path / path).write_text(text)
        # A file edited right after the kill cannot be told from one that was there before: kept either way.
        records = dict.fromkeys(FIRST, "seeded")
        settled = volume.seed()
        assert settled.code == 0, when
        for path in edited:
            assert settled.rows[path] in {"kept, edited", "not ours"}, when
            records[path] = {"kept, edited": "seeded", "not ours": "theirs"}[settled.rows[path]]
        assert_settled(volume, when, FIRST | edited, records)


def test_an_update_killed_at_any_step_loses_no_edit_and_no_decision(volume: Volume, stepped: Volume) -> None:
    volume.source("chart", {"deleted.yaml": "1", "old.yaml": "1"})
    volume.seed()
    (volume.path / "b.yaml").write_text(EDITED)
    (volume.path / "deleted.yaml").unlink()
    (volume.root / "chart" / "old.yaml").unlink()
    volume.source("chart", SECOND)
    template = keep(volume)
    both = {"a.yaml": {FIRST["a.yaml"], SECOND["a.yaml"]}, "b.yaml": {EDITED}, "old.yaml": {"1"}}
    after = {
        "b.yaml": EDITED,
        "b.yaml.chart-new": SECOND["b.yaml"],
        "old.yaml": "1",
        "x/c.yaml": FIRST["x/c.yaml"],
    }
    after |= {"a.yaml": SECOND["a.yaml"], "x/new.yaml": SECOND["x/new.yaml"]}
    records = dict.fromkeys(after, "seeded") | {"deleted.yaml": "deleted"}
    for when in moments(stepped, template):
        restore(volume, template)
        run_to(stepped, when, KILL)
        found = {path: text for path, text in volume.files().items() if ".seed-tmp." not in path}
        assert all(found[path] in texts for path, texts in both.items()), when
        assert {path: text for path, text in found.items() if path not in both} == {
            path: after[path] for path in found if path not in both
        }, when
        assert volume.seed().code == 0, when
        assert_settled(volume, when, after, records)


def test_a_new_key_accepted_and_killed_at_any_step_leaves_one_key_in_force(
    volume: Volume, stepped: Volume
) -> None:
    volume.seed()
    template = keep(volume)
    change = {"SEED_KEY": "another", "SEED_ACCEPT_NEW_KEY": "true"}
    for when in moments(stepped, template, **change):
        restore(volume, template)
        run_to(stepped, when, KILL, **change)
        assert sorted(volume.seed(SEED_KEY=key).code for key in ("key", "another")) == [0, 1], when
        assert volume.seed(**change).code == 0, when
        assert (volume.leftovers(), volume.seed(SEED_KEY="another").code) == ([], 0), when
