"""Records that cannot be read, are torn, or come from a newer chart: never a reason to forget in silence."""

from __future__ import annotations

import pytest

from tests.seed.volume import Volume, permission_bound, run, write


def test_records_that_this_user_may_not_read_stop_everything(volume: Volume) -> None:
    volume.source("chart", {"a": "1"})
    volume.seed()
    (volume.path / "a").unlink()
    command = [*permission_bound(), *volume.command()]
    for locked in (volume.state, volume.manifests()[0]):
        locked.chmod(0)
        outcome = run(command, volume.environment({}))
        locked.chmod(0o700)
        assert (outcome.code, volume.files()) == (1, {})
        assert f"{locked} cannot be read by this user. Nothing was changed." in outcome.err


@pytest.mark.parametrize(
    "damage, said",
    [
        ("seed-records 2\nend\n", "was written by a newer chart. Nothing was changed"),
        (None, "is a link. It must be a folder of the volume itself."),
        ("file", "is not a folder. Set another name (SEED_STATE)."),
    ],
)
def test_records_that_cannot_be_understood_stop_everything(
    volume: Volume, damage: str | None, said: str
) -> None:
    volume.source("chart", {"a": "1"})
    if damage is None:
        (volume.root / "elsewhere").mkdir()
        volume.state.symlink_to(volume.root / "elsewhere")
    elif damage == "file":
        volume.state.write_text("")
    else:
        write(volume.state, {"manifest.future": damage})
    outcome = volume.seed()
    assert outcome.code == 1
    assert said in outcome.err
    assert not (volume.path / "a").exists()


def test_torn_records_are_named_and_what_they_do_not_tell_is_not_ours(volume: Volume) -> None:
    volume.source("chart", {"a": "1", "b": "1"})
    volume.seed()
    (manifest,) = volume.manifests()
    manifest.write_text(manifest.read_text()[:-10])
    outcome = volume.seed()
    assert "is damaged: what it does not tell counts as not ours." in outcome.out
    assert outcome.rows == {"a": "kept", "b": "not ours"}
    assert "is damaged" not in volume.seed().out
    assert [path.name for path in volume.state.glob("damaged.*")] == [f"damaged.{manifest.name}"]
