from __future__ import annotations

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.installed.services import examine
from tests.unit.doctor.stage import READY, WAITING, only, pod, snapshot, told

SERVICE = """---
kind: Service
metadata: {name: shop-web}
spec: {type: ClusterIP, selector: {app.kubernetes.io/component: web}}
"""


def behind(ready: str) -> str:
    return f"""---
kind: EndpointSlice
metadata: {{name: s, labels: {{kubernetes.io/service-name: shop-web}}}}
endpoints: [{{addresses: [10.0.0.1], conditions: {{ready: {ready}}}, targetRef: {{name: shop-web-1}}}}]
"""


def of(text: str) -> Diagnosis:
    return only(examine(snapshot(SERVICE + text)))


def test_a_ready_pod_behind_it_is_fine_and_counts_once_whatever_its_addresses() -> None:
    both = behind("true") + behind("null")
    assert told([of(READY + both)]) == [("fine", "Service/shop-web", "1 ready behind it")]


def test_without_one_it_says_where_to_look() -> None:
    assert of(WAITING + pod("phase: Running") + behind("false")).what == "no pod behind it is ready"
    found = of(WAITING)
    assert (found.state.value, found.what) == ("wrong", "there is no pod behind it")


def test_a_selector_that_fits_nothing_is_shown() -> None:
    found = of(WAITING.replace("component: web", "component: other"))
    assert found.what == "selects no pods of the release (app.kubernetes.io/component=web)"


def test_nothing_behind_it_is_fine_where_nothing_is_wanted() -> None:
    assert of(WAITING.replace("replicas: 1\n  template", "replicas: 0\n  template")).state.value == "fine"


def test_a_service_that_leads_outside_is_left_alone() -> None:
    assert list(examine(snapshot(SERVICE.replace("selector: {app.kubernetes.io/component: web}", "")))) == []


def test_a_load_balancer_without_an_address_is_not_known_to_work() -> None:
    text = SERVICE.replace("ClusterIP", "LoadBalancer") + READY + behind("true")
    assert [d.state.value for d in examine(snapshot(text))] == ["fine", "could not tell"]
    address = "status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}\n"
    served = SERVICE.replace("ClusterIP", "LoadBalancer") + address + READY + behind("true")
    assert only(examine(snapshot(served))).state.value == "fine"
