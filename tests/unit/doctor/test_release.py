from __future__ import annotations

import pytest

from chartgen.doctor import examine as examine_all
from chartgen.doctor.installed.release import examine
from chartgen.doctor.snapshot import Unread
from tests.unit.doctor.stage import READY, UPGRADE, WHERE, objects, only, record, snapshot, told


def test_a_deployed_release_is_fine() -> None:
    assert told(examine(snapshot())) == [("fine", "shop", "revision 3 of shop 1.0.0 is deployed")]


def test_a_failed_one_says_what_helm_said_and_goes_on_with_the_values_it_had() -> None:
    found = only(examine(snapshot(record=record("failed", "timed out waiting"))))
    assert (found.state.value, found.what) == ("wrong", "revision 3 is failed: timed out waiting")
    assert found.cure == f"mend what is wrong below, then:\n{UPGRADE} {WHERE}"


PENDING = {
    "pending-install": "helm uninstall shop --wait --namespace shop",
    "pending-upgrade": "helm rollback shop 2 --namespace shop",
    "pending-rollback": "helm rollback shop 2 --namespace shop",
    "uninstalling": "helm uninstall shop --wait --namespace shop",
}


@pytest.mark.parametrize("status,way_out", PENDING.items())
def test_one_that_helm_was_killed_over_has_a_road_out(status: str, way_out: str) -> None:
    found = only(examine(snapshot(record=record(status, good=2))))
    assert found.state.value == "wrong"
    assert "or was killed" in found.what
    assert found.cure.splitlines()[-1] == way_out


def test_an_upgrade_without_a_good_revision_leaves_the_number_to_the_person() -> None:
    found = only(examine(snapshot(record=record("pending-upgrade"))))
    assert found.cure.splitlines()[-1] == "helm rollback shop REVISION --namespace shop"


def test_one_that_was_uninstalled_and_kept_its_history_is_told() -> None:
    found = only(examine(snapshot(record=record("uninstalled"))))
    assert (found.state.value, found.cure) == ("wrong", "helm install shop CHART --namespace shop")


def test_one_that_is_not_there_is_told_with_the_near_miss() -> None:
    found = only(examine(snapshot(record=None, neighbours=("shopp", "wiki"))))
    assert found.what == "there is no such release in namespace shop; did you mean 'shopp'?"
    assert found.state.value == "wrong"


def test_objects_that_another_tool_applied_are_a_release_all_the_same() -> None:
    found = only(examine(snapshot(READY, record=None)))
    assert (found.state.value, "another tool applied them" in found.what) == ("fine", True)


def test_a_hook_that_an_uninstall_left_is_no_release() -> None:
    found = only(examine(snapshot("{kind: Job, metadata: {name: shop-create}}", record=None)))
    assert (found.state.value, "no such release" in found.what) == ("wrong", True)


def test_a_namespace_that_is_not_there_or_leaves_is_told() -> None:
    assert told(examine(snapshot(namespace=None))) == [("wrong", "Namespace/shop", "is not there")]
    (leaving,) = objects("{kind: Namespace, metadata: {name: shop}, status: {phase: Terminating}}")
    assert only(examine(snapshot(namespace=leaving))).what == "is being deleted, with everything in it"


def test_a_namespace_that_cannot_be_read_is_no_reason_to_stop() -> None:
    assert only(examine(snapshot(namespace=Unread("no")))).state.value == "fine"


def test_what_helm_keeps_and_cannot_be_read_is_never_fine() -> None:
    found = [
        d
        for d in examine_all(snapshot(record=Unread("secrets is forbidden"))).diagnoses
        if d.examination == "release"
    ]
    assert told(found) == [("could not tell", "", "secrets is forbidden")]
