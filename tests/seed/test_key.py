"""The volume remembers which key it was used with, and no other key gets past it unsaid."""

from __future__ import annotations

import pytest

from tests.seed.volume import Volume, mode

KEY = "correct horse battery staple %s\\n 'quoted' " + "x" * 32
OTHER = "another key, as good as the first"
each_mode = pytest.mark.parametrize("run_mode", ["init", "gate"])


@pytest.fixture
def keyed(volume: Volume) -> Volume:
    volume.source("chart", {"a": "1"})
    volume.settings |= {"SEED_KEY_NAME": "AUTH_SECRET_KEY of Secret ushadow-secrets", "SEED_VOLUME": "config"}
    assert volume.seed(SEED_KEY=KEY).code == 0
    return volume


@each_mode
def test_the_same_key_passes(keyed: Volume, run_mode: str) -> None:
    assert keyed.seed(SEED_KEY=KEY, SEED_MODE=run_mode).code == 0


@each_mode
def test_another_key_stops_before_anything_is_seeded(keyed: Volume, run_mode: str) -> None:
    keyed.source("chart", {"new": "1"})
    outcome = keyed.seed(SEED_KEY=OTHER, SEED_MODE=run_mode)
    assert outcome.code == 1
    assert (
        "AUTH_SECRET_KEY of Secret ushadow-secrets is not the key that this volume was used with."
        in outcome.err
    )
    assert "Bring the old key back" in outcome.err
    assert "set seed.config.acceptNewKey=true" in outcome.err
    assert keyed.files() == {"a": "1"}
    assert keyed.seed(SEED_KEY=KEY).code == 0


@each_mode
def test_a_new_key_that_is_meant_takes_the_place_of_the_old(keyed: Volume, run_mode: str) -> None:
    outcome = keyed.seed(SEED_KEY=OTHER, SEED_ACCEPT_NEW_KEY="true", SEED_MODE=run_mode)
    assert outcome.code == 0
    assert "new key recorded" in outcome.out
    assert keyed.seed(SEED_KEY=OTHER).code == 0
    assert keyed.seed(SEED_KEY=KEY).code == 1


def test_no_key_means_no_check_and_no_change(keyed: Volume) -> None:
    before = (keyed.state / "key").read_text()
    assert keyed.seed().code == keyed.seed(SEED_KEY="").code == 0
    assert (keyed.state / "key").read_text() == before


def test_accepting_is_not_needed_and_does_nothing_while_the_key_is_the_same(keyed: Volume) -> None:
    before = (keyed.state / "key").read_text()
    assert keyed.seed(SEED_KEY=KEY, SEED_ACCEPT_NEW_KEY="true").code == 0
    assert (keyed.state / "key").read_text() == before


def test_the_key_and_its_fingerprint_appear_nowhere_but_salted_in_one_private_file(keyed: Volume) -> None:
    outcome = keyed.seed(SEED_KEY=OTHER)
    version, salt, fingerprint = (keyed.state / "key").read_text().split()
    assert (version, len(fingerprint), mode(keyed.state / "key")) == ("1", 64, 0o600)
    for secret in (KEY, OTHER, fingerprint, salt):
        assert secret not in outcome.text
        assert all(secret not in text for text in keyed.files().values())
        assert all(secret not in file.read_text() for file in keyed.manifests())


def test_two_volumes_with_one_key_do_not_show_it(keyed: Volume) -> None:
    first = (keyed.state / "key").read_text()
    (keyed.state / "key").unlink()
    keyed.seed(SEED_KEY=KEY)
    assert not set(first.split()[1:]) & set((keyed.state / "key").read_text().split()[1:])


def test_no_process_sees_the_key_in_its_arguments_or_environment(keyed: Volume) -> None:
    (keyed.state / "key").unlink()
    keyed.source("chart", {"new": "1"})
    log = keyed.root / "seen"
    spying = keyed
    for tool in keyed.tools():
        spying = spying.shim(tool, f'echo "$@" >>{log}; cat /proc/self/environ /proc/$$/environ >>{log}')
    assert spying.seed(SEED_KEY=KEY).code == 0
    seen = log.read_text()
    assert "new" in seen
    assert "SEED_TARGET" in seen
    assert "battery" not in seen


@pytest.mark.parametrize("damage", ["", "1 salt", "1 salt short\n"])
def test_a_damaged_fingerprint_is_named_and_holds_up_the_gate_only(keyed: Volume, damage: str) -> None:
    (keyed.state / "key").write_text(damage)
    assert keyed.seed(SEED_KEY=OTHER).code == 0
    outcome = keyed.seed(SEED_KEY=KEY, SEED_MODE="gate")
    assert outcome.code == 1
    assert "The key was not checked:" in outcome.out
    assert "Remove it, and the key in use is recorded anew." in outcome.out
