from __future__ import annotations

from chartgen.doctor.installed.warnings import examine
from tests.unit.doctor.stage import READY, event, only, record, snapshot, told

SERVICE = "---\nkind: Service\nmetadata: {name: shop-web}\n"
INGRESS = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop}}"


def test_without_warnings_all_is_fine() -> None:
    assert told(examine(snapshot(READY))) == [("fine", "", "there are no others")]


def test_what_others_look_at_and_what_is_not_ours_is_left_out() -> None:
    text = READY + event("Deployment", "shop-web", "X", "x") + event("Ingress", "wiki", "X", "x")
    assert told(examine(snapshot(text))) == [("fine", "", "there are no others")]


def test_what_the_api_server_mends_itself_is_left_out() -> None:
    mended = event("Service", "shop-web", "ClusterIPNotAllocated", "10.96.0.7 is not allocated; repairing")
    found = told(examine(snapshot(SERVICE + mended, record=None)))
    assert found == [("fine", "", "there are no others")]


def test_a_warning_about_an_object_of_the_release_is_quoted_once_the_newest() -> None:
    text = event("Ingress", "shop", "Sync", "old") + event(
        "Ingress", "shop", "Sync", "new", when="2026-01-02T00:00:00Z"
    )
    found = only(examine(snapshot(text, record=record(planned=INGRESS))))
    assert found.what == "Sync: new (whether that is still so is not known)"
    assert (found.state.value, found.cure) == (
        "could not tell",
        "kubectl --namespace shop describe ingress shop",
    )


def test_a_service_is_known_without_helm() -> None:
    text = SERVICE + event("Service", "shop-web", "SyncLoadBalancerFailed", "no quota")
    assert only(examine(snapshot(text, record=None))).subject == "Service/shop-web"
