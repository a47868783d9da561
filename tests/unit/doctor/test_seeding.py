"""Logs that the real script wrote, on volumes that are as bad as they are told to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.installed import seeding, volumes
from chartgen.doctor.scripts import INCOMPLETE, SeedLog
from chartgen.doctor.snapshot import Snapshot, Unread, Usage
from tests.need import need
from tests.seed.conftest import tool_folder
from tests.seed.test_faults import on_tmpfs, read_only
from tests.seed.volume import Outcome, Shell, Volume
from tests.unit.doctor.stage import UPGRADE, WHERE, only, pod, record, snapshot, told

LOG = ("shop-web-1", "seed-config")


def spec(mode: str = "init") -> str:
    return f"""containers:
  - name: seed-config
    command: [sh, /seed/bin/seed.sh]
    env: [{{name: SEED_MODE, value: {mode}}}, {{name: SEED_VOLUME, value: config}}]
    volumeMounts: [{{name: config, mountPath: /seed/volume}}]
volumes:
  - {{name: config, persistentVolumeClaim: {{claimName: shop-config}}}}
  - {{name: mine, configMap: {{name: mine, optional: true}}}}
"""


def seen(outcome: Outcome, mode: str = "init", **more: Any) -> Snapshot:
    """A pod whose container said what the script said."""
    lines = tuple(outcome.text.splitlines())
    return snapshot(pod("phase: Running", spec=spec(mode)), logs={LOG: lines}, **more)


def of(outcome: Outcome, mode: str = "init", **more: Any) -> Diagnosis:
    return only(seeding.examine(seen(outcome, mode, **more)))


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    tools = tool_folder("dash", need("dash"), tmp_path / "tools")
    made = Volume(Shell("dash", (need("dash"),), tools), tmp_path)
    made.path.mkdir()
    made.source("chart", {"a": "1", "b": "1"})
    return made


def test_a_volume_that_is_whole_is_fine_with_what_it_counts(volume: Volume) -> None:
    assert told([of(volume.seed())]) == [
        ("fine", "volume config", "is completely seeded, says the init container: 2 seeded")
    ]


def test_what_a_person_changed_and_what_has_a_newer_version_is_counted(volume: Volume) -> None:
    volume.seed()
    (volume.path / "b").unlink()
    volume.source("chart", {"a": "2"})
    found = of(volume.seed(SEED_MODE="gate"), "gate")
    counts = "1 deleted by you, left deleted; 1 differs from seed"
    assert found.what == f"is completely seeded, says the gate: {counts}"
    assert (found.state.value, found.cure.startswith("nothing to mend")) == ("fine", True)


def test_another_key_stops_it_and_the_old_one_or_a_setting_cures_it(volume: Volume) -> None:
    named = {"SEED_KEY_NAME": "AUTH_SECRET_KEY", "SEED_VOLUME": "config"}
    volume.seed(SEED_KEY="one", **named)
    found = of(volume.seed(SEED_KEY="two", **named))
    stopped = "the init container stopped: AUTH_SECRET_KEY is not the key that this volume was used with."
    assert (found.state.value, found.what) == ("wrong", stopped)
    assert found.cure.splitlines()[-1] == f"{UPGRADE} --set seed.config.acceptNewKey=true {WHERE}"


def test_a_config_map_that_is_not_there_is_named_with_the_command_that_makes_it(volume: Volume) -> None:
    source = str(volume.root / "mine")
    outcome = volume.seed(SEED_SOURCES=f"{source}\n{volume.root / 'chart'}", SEED_EXPECTED=source)
    found = of(outcome, config_maps={"mine": None})
    said = f"The source {source} must hold files. Does its ConfigMap exist?"
    assert found.what == f"is not completely seeded, says the init container: {said}"
    assert found.cure.splitlines() == [
        "ConfigMap mine is not there: make it, then the upgrade once more:",
        "kubectl --namespace shop create configmap mine --from-file=FOLDER",
        f"{UPGRADE} {WHERE}",
    ]


def test_a_path_that_is_in_the_way_is_wrong_for_seeding_and_says_nothing_of_room(volume: Volume) -> None:
    (volume.path / "x").write_text("in the way")
    volume.source("chart", {"x/y": "1"})
    outcome = volume.seed()
    assert of(outcome).state.value == "wrong"
    assert list(volumes.examine(seen(outcome))) == []


def test_a_run_that_has_not_ended_is_not_known_yet(volume: Volume) -> None:
    outcome = volume.seed()
    begun = Outcome(0, "".join(outcome.out.splitlines(keepends=True)[:1]), "")
    assert told([of(begun)]) == [("could not tell", "volume config", "the init container is at work")]


def test_without_a_log_it_is_not_known_and_the_reason_is_told(volume: Volume) -> None:
    silent = snapshot(pod("phase: Pending", spec=spec()))
    assert only(seeding.examine(silent)).what == "nothing has seeded it yet"
    forbidden = snapshot(pod("phase: Running", spec=spec()), logs={LOG: Unread("pods/log is forbidden")})
    for examination in (seeding, volumes):
        with pytest.raises(Exception, match="pods/log is forbidden"):
            list(examination.examine(forbidden))


def test_a_chart_that_seeds_nothing_has_nothing_to_say() -> None:
    assert told(seeding.examine(snapshot(pod("phase: Running")))) == [("fine", "", "no volume is seeded")]


def test_what_a_gate_of_an_earlier_run_said_does_not_count(volume: Volume) -> None:
    """Its Job stays until Helm comes to it again."""
    lines = tuple(volume.seed(SEED_MODE="gate").text.splitlines())
    gate = pod("phase: Succeeded", spec=spec("gate"), owner="shop-init")
    job = "{apiVersion: batch/v1, kind: Job, metadata: {name: shop-init}}"
    now = snapshot(gate, logs={LOG: lines}, record=record(hooks={"Succeeded": job}))
    before = snapshot(gate, logs={LOG: lines}, record=record("pending-upgrade", hooks={"": job}))
    assert only(seeding.examine(now)).state.value == "fine"
    assert only(seeding.examine(before)).what == "nothing has seeded it yet"


def test_what_an_init_container_lacked_does_not_count_once_the_gate_has_seeded_it(volume: Volume) -> None:
    whole = tuple(volume.seed(SEED_MODE="gate").text.splitlines())
    lacking = ("seed: The source /seed/existing must hold files. Does its ConfigMap exist?", INCOMPLETE)
    logs = {LOG: lacking, ("shop-gate", "seed-config"): whole}
    spoilt = ("seed: x could not be written", INCOMPLETE)

    def states(ended: str, said: tuple[str, ...], keys: tuple[str, ...] | None) -> list[str]:
        over = "{{exitCode: 0, finishedAt: '2026-01-01T10:00:{}Z'}}"
        at = f"{{{{name: seed-config, state: {{{{terminated: {over}}}}}}}}}"
        init = pod(f"initContainerStatuses: [{at.format(ended)}]", spec=spec())
        gate = pod(f"containerStatuses: [{at.format('03')}]", name="shop-gate", spec=spec("gate"))
        found = snapshot(init + gate, logs={**logs, LOG: said}, config_maps={"mine": keys})
        return [diagnosis.state.value for diagnosis in seeding.examine(found)]

    assert states("02", lacking, ("a",)) == states("04", lacking, ("a",)) == states("02", spoilt, None)
    assert states("02", lacking, ("a",)) == ["fine"]
    assert states("04", lacking, None) == states("04", spoilt, ("a",)) == ["wrong", "fine"]


# ---- Room


def room(outcome: Outcome, mode: str = "init", **more: Any) -> Diagnosis:
    return only(volumes.examine(seen(outcome, mode, **more)))


def test_a_volume_that_took_its_files_can_be_written(volume: Volume) -> None:
    first = room(volume.seed(), usage={"shop-config": Usage(5 << 30)})
    assert first.what == "took what was to be seeded at the last start (2); 5Gi free"
    again = room(volume.seed())
    assert again.what == "had nothing to take at the last start, so writing was not tried"
    assert (first.state.value, again.state.value) == ("fine", "fine")


def test_a_full_volume_is_told_by_the_log(volume: Volume) -> None:
    volume.seed()
    volume.source("chart", {"new": "n" * 200_000})
    found = room(on_tmpfs(volume, "size=120k"))
    assert (found.state.value, found.what) == ("wrong", "it is full: No space left on device")
    assert f"{UPGRADE} --set persistence.config.size=SIZE {WHERE}" in found.cure


def test_a_full_volume_is_told_by_its_node_when_seeding_had_nothing_to_write(volume: Volume) -> None:
    volume.seed()
    found = list(volumes.examine(seen(volume.seed(), usage={"shop-config": Usage(0)})))
    assert found[0].what == "is full, says its node: the application cannot write"
    assert (found[0].state.value, found[0].subject) == ("wrong", "PersistentVolumeClaim/shop-config")


def test_a_read_only_volume_is_told_by_the_log(volume: Volume) -> None:
    volume.seed()
    volume.source("chart", {"new": "1"})
    found = room(read_only(volume))
    assert (found.state.value, found.what) == ("wrong", "it is mounted read-only: Read-only file system")


def test_a_volume_that_refuses_this_user_gets_a_group(volume: Volume) -> None:
    refusing = volume.shim("cp", "echo 'cp: a: Permission denied' >&2; exit 1")
    found = room(refusing.seed())
    assert found.what == "this user may not write: Permission denied"
    assert f"--set web.podSecurityContext.fsGroup=10001 {WHERE}" in found.cure or "fsGroup" in found.cure


def test_a_log_that_is_empty_or_cut_has_nothing_to_count() -> None:
    assert (SeedLog(()).has_ended, SeedLog(()).counts, SeedLog(("x",)).is_complete) == (False, {}, False)
