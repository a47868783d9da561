from __future__ import annotations

from typing import Any

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.installed.pods import examine
from chartgen.doctor.snapshot import Unread
from tests.unit.doctor.stage import (
    DEPLOYMENT,
    READY,
    UPGRADE,
    WAITING,
    WHERE,
    event,
    only,
    pod,
    record,
    snapshot,
    told,
)

OK = "phase: Running\nconditions: [{type: Ready, status: 'True'}]\n"


def status(container: str, *, init: bool = False) -> str:
    key = "initContainerStatuses" if init else "containerStatuses"
    return f"phase: Pending\n{key}: [{{name: web, image: 'acme/shop:1', {container}}}]\n"


def waiting(reason: str, message: str = "") -> str:
    return status(f"state: {{waiting: {{reason: {reason}, message: {message!r}}}}}")


def of(text: str, more: str = "", **given: Any) -> Diagnosis:
    return only(examine(snapshot(WAITING + pod(text) + more, **given)))


def test_a_workload_with_all_its_pods_ready_is_fine() -> None:
    found = examine(snapshot(READY + pod(OK)))
    assert told(found) == [("fine", "Deployment/shop-web", "1 of 1 pods ready")]


def test_no_pods_are_fine_where_none_are_wanted() -> None:
    found = only(examine(snapshot(READY.replace("replicas: 1\n  template", "replicas: 0\n  template"))))
    assert (found.state.value, found.what) == ("fine", "no pods are wanted of it (0 replicas)")


def test_a_workload_without_a_pod_is_told() -> None:
    found = only(examine(snapshot(WAITING)))
    assert (found.state.value, found.what) == ("wrong", "0 of 1 pods ready: there is none; see refused")


def test_pods_of_an_older_template_do_not_count() -> None:
    old = READY.replace("updatedReplicas: 1", "updatedReplicas: 0")
    assert only(examine(snapshot(old + pod(OK)))).what == "0 of 1 pods ready"


# ---- Images

TAG = f"name an image that exists:\n{UPGRADE} --set web.image.tag=TAG {WHERE}"
PULL = 'Failed to pull image "acme/shop:1": failed to resolve reference "docker.io/acme/shop:1": '


def test_an_image_that_cannot_be_pulled_is_named_with_the_registrys_reason() -> None:
    said = event("Pod", "shop-web-1", "Failed", f"{PULL}docker.io/acme/shop:1: not found")
    backs_off = waiting("ImagePullBackOff", 'Back-off pulling image "acme/shop:1"')
    found = of(backs_off, said)
    assert found.what == "container web: image acme/shop:1 cannot be had: docker.io/acme/shop:1: not found"
    assert (found.state.value, found.cure) == ("wrong", TAG)


REGISTRY = {
    "dial tcp: lookup registry.example.com: no such host": "global.imageRegistry=REGISTRY",
    "pull access denied, repository does not exist or may require authorization": "imagePullSecrets[0].name",
    "unexpected status from HEAD request: 401 Unauthorized": "imagePullSecrets[0].name",
    "429 Too Many Requests - toomanyrequests": "create secret docker-registry",
    "manifest unknown": "web.image.tag=TAG",
}


@pytest.mark.parametrize("said,cure", REGISTRY.items())
def test_the_cure_goes_by_what_the_registry_said(said: str, cure: str) -> None:
    found = of(waiting("ErrImagePull", f"{PULL}{said}"))
    assert found.what.endswith(f"cannot be had: {said}")
    assert cure in found.cure


def test_an_image_that_must_not_be_pulled_and_is_not_there() -> None:
    found = of(
        waiting("ErrImageNeverPull", 'Container image "acme/shop:1" is not present with pull policy of Never')
    )
    assert "is not present" in found.what
    assert "--set web.image.pullPolicy=IfNotPresent" in found.cure


# ---- Containers


def test_a_container_that_lacks_a_secret_says_which() -> None:
    found = of(waiting("CreateContainerConfigError", 'secret "shop-secrets" not found'))
    assert found.what == 'container web cannot be made: secret "shop-secrets" not found'
    assert found.cure.startswith("make what is named here")


def test_an_image_that_runs_as_root_where_that_is_refused() -> None:
    said = "container has runAsNonRoot and image will run as root"
    found = of(waiting("CreateContainerConfigError", said))
    assert "--set web.podSecurityContext.runAsUser=10001" in found.cure


def test_a_container_that_fails_again_and_again_shows_the_end_of_its_log() -> None:
    last = "lastState: {terminated: {exitCode: 2}}"
    failed = f"restartCount: 3, state: {{waiting: {{reason: CrashLoopBackOff}}}}, {last}"
    lines = ("one", "", *(str(number) for number in range(8)))
    found = of(status(failed), logs={("shop-web-1", "web"): lines})
    assert found.what == "container web failed with exit code 2, 4 times so far"
    assert found.log == ("2", "3", "4", "5", "6", "7")
    assert found.cure == "kubectl --namespace shop logs shop-web-1 --container web"


def test_an_init_container_that_fails_is_called_one() -> None:
    failed = "restartCount: 0, state: {terminated: {exitCode: 1, reason: Error}}"
    found = of(status(failed, init=True), logs={("shop-web-1", "web"): ("no room",)})
    assert (found.what, found.log) == ("init container web failed with exit code 1", ("no room",))


def test_a_log_that_must_not_be_shown_is_left_to_the_person() -> None:
    failed = "restartCount: 0, state: {terminated: {exitCode: 1}}"
    found = of(status(failed), logs={("shop-web-1", "web"): Unread("a Secret could not be read")})
    assert (found.log, found.cure.splitlines()[0]) == (
        (),
        "its log is not shown (a Secret could not be read):",
    )


def test_a_container_that_was_killed_for_its_memory_gets_more() -> None:
    killed = (
        "restartCount: 1, state: {running: {}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled}}"
    )
    found = of(status(killed))
    assert "took more memory than its limit (OOMKilled)" in found.what
    assert found.cure == f"give it more:\n{UPGRADE} --set web.resources.limits.memory=2Gi {WHERE}"
    again = status(f"ready: true, {killed}") + "conditions: [{type: Ready, status: 'True'}]\n"
    states = [d.state.value for d in examine(snapshot(READY + pod(again)))]
    assert states == ["wrong", "fine"], "it runs, and will be killed again"


def test_a_container_that_crashed_once_and_is_ready_is_fine() -> None:
    once = "ready: true, restartCount: 1, state: {running: {}}, lastState: {terminated: {exitCode: 1}}"
    healed = status(once) + "conditions: [{type: Ready, status: 'True'}]\n"
    assert [d.state.value for d in examine(snapshot(READY + pod(healed)))] == ["fine"]


def test_a_readiness_probe_that_fails_is_quoted_once_the_container_has_started() -> None:
    probe = event("Pod", "shop-web-1", "Unhealthy", "Readiness probe failed: 503")
    found = of(status("started: true, state: {running: {}}"), probe)
    assert found.what == "container web runs, and is not ready: Readiness probe failed: 503"
    assert found.state.value == "wrong"
    begins = of(status("started: false, state: {running: {}}"), probe)
    assert begins.state.value == "could not tell", "a start takes its time"


# ---- Pods

SCHEDULER = {
    "0/2 nodes are available: 2 Insufficient memory.": "web.resources.requests.cpu=100m",
    "0/2 nodes are available: 2 node(s) had untolerated taint {a: b}.": "web.tolerations",
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.": "web.nodeSelector",
    "0/2 nodes are available: 2 node(s) didn't match pod affinity rules.": "mend those first",
    "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.": "see claims",
}


@pytest.mark.parametrize("said,cure", SCHEDULER.items())
def test_a_pod_that_no_node_takes_has_the_schedulers_sentence(said: str, cure: str) -> None:
    placed = f"phase: Pending\nconditions: [{{type: PodScheduled, status: 'False', message: {said!r}}}]\n"
    found = of(placed.replace("\\'", "''").replace('"', '"'))
    assert (found.state.value, found.what) == ("wrong", f"no node takes it: {said}")
    assert cure in found.cure


def test_a_volume_that_cannot_be_mounted_is_quoted() -> None:
    said = event("Pod", "shop-web-1", "FailedMount", 'configmap "shop-script" not found')
    found = of(waiting("ContainerCreating"), said)
    assert found.what == 'its volumes cannot be mounted: configmap "shop-script" not found'


def test_a_mount_that_came_about_later_is_no_trouble_any_more() -> None:
    said = event("Pod", "shop-web-1", "FailedMount", 'configmap "shop-script" not found')
    assert of(status("state: {running: {}}, started: false"), said).state.value == "could not tell"


def test_a_node_that_has_not_heard_of_a_config_map_yet_is_only_starting() -> None:
    late = "MountVolume.SetUp failed: failed to sync configmap cache: timed out waiting for the condition"
    said = event("Pod", "shop-web-1", "FailedMount", late)
    assert of(waiting("ContainerCreating"), said).state.value == "could not tell"


def test_a_pod_that_is_only_being_made_is_not_known_yet() -> None:
    assert told([of(waiting("ContainerCreating"))]) == [
        ("could not tell", "Pod/shop-web-1", "is still starting, and nothing has gone wrong with it so far")
    ]


def test_an_evicted_pod_of_nobody_is_told_and_one_that_is_replaced_is_not() -> None:
    evicted = "phase: Failed\nreason: Evicted\nmessage: The node was low on memory.\n"
    found = list(examine(snapshot(READY + pod(evicted))))
    assert found[0].what == "was stopped: Evicted: The node was low on memory."
    assert [d.state.value for d in examine(snapshot(READY + pod(evicted, owner="rs")))] == ["fine"]


def test_ten_pods_with_one_trouble_tell_it_once() -> None:
    bad = waiting("CreateContainerConfigError", 'secret "a" not found')
    text = "".join(pod(bad, name=f"shop-web-{n}", owner="rs") for n in range(10))
    assert len(list(examine(snapshot(WAITING + text)))) == 1


def test_a_test_that_failed_says_nothing_of_now() -> None:
    test = pod("phase: Failed", name="shop-test").replace(
        "labels:", "annotations: {helm.sh/hook: test}\n  labels:"
    )
    found = list(examine(snapshot(READY + test)))
    assert [d.state.value for d in found] == ["could not tell", "fine"]
    assert found[0].cure == "helm test shop --logs --namespace shop"


def test_a_container_that_ends_well_again_and_again_is_expected_to_stay() -> None:
    last = "lastState: {terminated: {exitCode: 0}}"
    ends = f"restartCount: 3, state: {{waiting: {{reason: CrashLoopBackOff}}}}, {last}"
    assert "ends again and again, without an error" in of(status(ends)).what


def test_a_node_that_cannot_set_a_pod_up_is_quoted() -> None:
    said = event("Pod", "shop-web-1", "FailedCreatePodSandBox", "no network")
    assert of(waiting("ContainerCreating"), said).what == "the node cannot set it up: no network"


def test_a_release_that_never_got_to_its_pods_has_none() -> None:
    kept = record("failed", planned=DEPLOYMENT)
    assert told(examine(snapshot(record=kept))) == [
        ("wrong", "", "none of the release's own are there yet"),
    ]
