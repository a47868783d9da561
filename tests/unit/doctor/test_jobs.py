from __future__ import annotations

from chartgen.doctor.installed.jobs import examine
from tests.unit.doctor.stage import UPGRADE, WHERE, event, only, pod, record, snapshot, told

TEMPLATE = "template: {spec: {containers: [{name: seed, image: 'acme/shop:1'}]}}"
MADE = "2026-01-01T00:05:00Z"


def job(status: str = "", name: str = "shop-init", owner: str = "") -> str:
    owners = f"[{{uid: {owner}}}]" if owner else "[]"
    return f"""---
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}, uid: uid-{name}, creationTimestamp: "{MADE}", ownerReferences: {owners}}}
spec: {{{TEMPLATE}}}
status: {{{status}}}
"""


def ended(kind: str, reason: str = "") -> str:
    return (
        f'conditions: [{{type: {kind}, status: "True", reason: {reason or "x"}, message: it was too late}}]'
    )


LATE = ended("Failed", "DeadlineExceeded")


def test_a_job_that_came_to_its_end_is_fine() -> None:
    assert told(examine(snapshot(job(ended("Complete"))))) == [("fine", "Job/shop-init", "came to its end")]


def test_one_that_gave_up_shows_the_end_of_its_log() -> None:
    failed = "phase: Failed\ncontainerStatuses: [{name: seed, state: {terminated: {exitCode: 1}}}]"
    own = pod(failed, name="shop-init-abc", owner="uid-shop-init")
    logs = {("shop-init-abc", "seed"): ("seed: no room",)}
    found = only(examine(snapshot(job(ended("Failed", "BackoffLimitExceeded")) + own, logs=logs)))
    assert found.what == "failed (BackoffLimitExceeded): container seed failed with exit code 1"
    assert (found.state.value, found.log) == ("wrong", ("seed: no room",))


PULL = 'Failed to pull image "acme/shop:1": docker.io/acme/shop:1: not found'


def test_one_that_ran_out_of_time_took_its_pods_along_and_events_tell_why() -> None:
    said = event("Pod", "shop-init-abc", "Failed", PULL)
    said += event("Pod", "shop-init-abc", "Failed", "Error: ErrImagePull")
    found = only(examine(snapshot(job(LATE) + said)))
    why = "image acme/shop:1 cannot be had: docker.io/acme/shop:1: not found"
    assert found.what == f"failed (DeadlineExceeded): {why}"
    assert found.cure == f"name an image that exists:\n{UPGRADE} --set COMPONENT.image.tag=TAG {WHERE}"


def test_what_happened_to_an_earlier_job_of_the_name_is_not_taken_for_it() -> None:
    before = event("Pod", "shop-init-abc", "Failed", PULL, when="2026-01-01T00:00:00Z")
    found = only(examine(snapshot(job(LATE) + before)))
    assert found.what == "failed (DeadlineExceeded): it was too late"
    assert found.cure.startswith("its pods are gone, and what was said of them too")


def test_the_pods_of_another_job_whose_name_begins_alike_are_not_its_own() -> None:
    other = event("Pod", "shop-init-config-abc", "Failed", PULL)
    assert "acme/shop:1" not in only(examine(snapshot(job(LATE) + other))).what


def test_one_that_no_node_took_says_so() -> None:
    said = event("Pod", "shop-init-abc", "FailedScheduling", "0/2 nodes are available: pod affinity rules")
    found = only(examine(snapshot(job(LATE) + said)))
    assert "no node takes it: 0/2 nodes are available" in found.what


def test_one_that_tries_again_or_has_not_ended_is_told_apart() -> None:
    failed = "phase: Failed\ncontainerStatuses: [{name: seed, state: {terminated: {exitCode: 1}}}]"
    again = only(examine(snapshot(job() + pod(failed, name="shop-init-a", owner="uid-shop-init"))))
    assert (again.state.value, again.what) == ("wrong", "tries again: container seed failed with exit code 1")
    assert only(examine(snapshot(job()))).state.value == "could not tell"


def test_a_hook_that_was_removed_is_known_by_what_helm_remembers() -> None:
    phases = {
        "Succeeded": job(name="a"),
        "Failed": job(name="b"),
        "Running": job(name="c"),
        "": job(name="d"),
    }
    found = told(examine(snapshot(record=record("failed", hooks=phases))))
    assert [(state, subject) for state, subject, _ in found] == [
        ("fine", "Job/a"),
        ("wrong", "Job/b"),
        ("could not tell", "Job/c"),
    ]


def test_of_a_cron_jobs_runs_the_last_one_counts() -> None:
    runs = job(ended("Failed"), "shop-run-1", "cron").replace(MADE, "2026-01-01T00:00:00Z")
    assert told(examine(snapshot(runs + job(ended("Complete"), "shop-run-2", "cron")))) == [
        ("fine", "Job/shop-run-2", "came to its end")
    ]


def test_a_job_that_helm_has_not_come_to_this_time_is_one_of_an_earlier_run() -> None:
    kept = record("pending-upgrade", hooks={"": job()})
    found = only(examine(snapshot(job(ended("Complete")), record=kept)))
    assert found.what == "came to its end, in an earlier install or upgrade"
    found = only(examine(snapshot(job(LATE), record=kept)))
    assert found.what.startswith("failed (in an earlier install or upgrade, DeadlineExceeded)")


def test_a_job_that_is_suspended_waits_for_somebody() -> None:
    waits = job().replace("spec: {", "spec: {suspend: true, ")
    found = only(examine(snapshot(waits)))
    assert (found.state.value, found.what) == ("wrong", "is suspended, and runs when somebody resumes it")


def test_one_whose_volumes_were_not_mounted_says_so() -> None:
    said = event("Pod", "shop-init-abc", "FailedMount", 'secret "x" not found')
    found = only(examine(snapshot(job(LATE) + said)))
    assert found.what == 'failed (DeadlineExceeded): its volumes cannot be mounted: secret "x" not found'
