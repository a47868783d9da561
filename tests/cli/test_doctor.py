"""`chartgen doctor` with the real kubectl: against nothing, and against an API server that answers GETs."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.apiserver import (
    APPS,
    KEY,
    LISTS,
    V1,
    Api,
    forbidden,
    healthy,
    helm_secret,
    seeded,
    serving,
    status,
)
from tests.cli.command import Ran
from tests.need import need

Call = Callable[..., Ran]
LOG = f"{V1}/pods/shop-web-1/log"


@pytest.fixture
def doctor(chartgen: Call, tmp_path: Path) -> Callable[..., tuple[Ran, Api]]:
    """Asks about the release `shop` of a cluster that answers as the test says."""
    kubectl = need("kubectl")

    def call(answers: dict[str, Any], *more: str) -> tuple[Ran, Api]:
        with serving(answers) as api:
            where = ("--kubeconfig", str(api.kubeconfig(tmp_path)), "--kubectl", kubectl)
            return chartgen("doctor", "shop", *where, *more), api

    return call


Doctor = Callable[..., tuple[Ran, Api]]


def crashing() -> dict[str, Any]:
    """The same release, whose container fails and has said its key."""
    answers = healthy()
    ended = {"exitCode": 1, "message": f"died with {KEY}"}
    container = {
        "name": "web", "image": "acme/shop:1", "ready": False, "restartCount": 2,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": ended},
    }  # fmt: skip
    answers[f"{V1}/pods"][0]["status"] = {"phase": "Running", "containerStatuses": [container]}
    answers[LOG] = f"\x1b[2Jstarting with KEY={KEY}\nredis://:hunter2@cache is not there\n"
    return answers


# ---- A release


def test_a_release_that_runs_is_fine_and_ends_with_0(doctor: Doctor) -> None:
    ran, api = doctor(healthy())
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "fine release: shop: revision 1 of shop 1.0.0 is deployed\n"
        "fine secrets: Secret/shop-secrets: is there with KEY\n"
        "fine refused: no pod was refused\n"
        "fine pods: Deployment/shop-web: 1 of 1 pods ready\n"
        "fine seeding: no volume is seeded\n"
        "fine services: Service/shop-web: 1 ready behind it\n"
        "fine warnings: there are no others\n"
        "\n"
        "shop in namespace shop: 7 fine\n"
    )
    assert api.methods == {"GET"}, "it only reads"


def test_the_namespace_is_the_contexts_unless_one_is_given(doctor: Doctor) -> None:
    ran, api = doctor(healthy(), "--namespace", "elsewhere")
    assert "WRONG release: Namespace/elsewhere: is not there" in ran.out
    assert not [path for path in api.asked if "/namespaces/shop" in path]


def test_a_release_that_fails_ends_with_1_and_says_nothing_that_is_secret(doctor: Doctor) -> None:
    ran, _ = doctor(crashing())
    assert ran.code == 1
    assert (
        "WRONG pods: Pod/shop-web-1: container web failed with exit code 1, 3 times so far: died with ***"
        in ran.out
    )
    assert "    | \\x1b[2Jstarting with KEY=***\n    | redis://:***@cache is not there\n" in ran.out
    assert KEY not in ran.out
    assert "hunter2" not in ran.out


def test_json_is_for_programs(doctor: Doctor) -> None:
    ran, _ = doctor(crashing(), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["status"], found["release"], found["namespace"]) == (1, "wrong", "shop", "shop")
    assert KEY not in ran.out
    assert {d["state"] for d in found["diagnoses"]} == {"fine", "wrong"}


def test_while_a_secret_may_not_be_read_no_log_of_a_program_is_shown(doctor: Doctor) -> None:
    answers = crashing() | {f"{V1}/secrets/shop-secrets": forbidden("secrets")}
    ran, api = doctor(answers)
    assert not [path for path in api.asked if path.startswith(LOG)]
    assert (
        "its log is not shown (a Secret could not be read, so what must not be shown is not known):"
        in ran.out
    )
    assert 'COULD NOT TELL secrets: Secret/shop-secrets: secrets is forbidden: User "eve"' in ran.out


def test_a_release_that_is_not_there_names_its_neighbour(doctor: Doctor) -> None:
    answers = {f"{V1}/secrets": [{"metadata": {"name": "x", "labels": {"owner": "helm", "name": "shopp"}}}]}
    ran, _ = doctor(answers)
    assert ran.code == 1
    assert "WRONG release: shop: there is no such release in namespace shop; did you mean 'shopp'?" in ran.out


def test_a_volume_is_judged_by_the_log_of_seeding_and_by_what_its_node_says(doctor: Doctor) -> None:
    ran, _ = doctor(seeded(3 << 30))
    assert ran.code == 0
    assert "fine seeding: volume config: is completely seeded, says the init container: 1 seeded\n" in ran.out
    assert (
        "fine volumes: volume config: took what was to be seeded at the last start (1); 3Gi free\n" in ran.out
    )
    full, _ = doctor(seeded(0))
    assert full.code == 1
    assert "WRONG volumes: PersistentVolumeClaim/shop-config: is full, says its node" in full.out


def test_who_may_not_ask_a_node_is_told_the_rest(doctor: Doctor) -> None:
    path = "/api/v1/nodes/node-1/proxy/stats/summary"
    ran, _ = doctor(seeded(0) | {path: forbidden("nodes")})
    assert ran.code == 0
    assert "at the last start (1)\n" in ran.out


def test_a_release_that_helm_keeps_in_a_config_map_is_found(doctor: Doctor) -> None:
    kept = helm_secret()
    kept["data"] = {"release": b64decode(kept["data"]["release"]).decode()}
    ran, _ = doctor(healthy() | {f"{V1}/secrets": [], f"{V1}/configmaps": [kept]})
    assert (ran.code, "fine release: shop: revision 1" in ran.out) == (0, True)


def test_colours_are_there_when_asked_for_and_not_in_a_pipe(doctor: Doctor) -> None:
    assert "\x1b" not in doctor(healthy())[0].out
    assert doctor(healthy(), "--color", "always")[0].out.startswith("\x1b[32mfine\x1b[0m release")


# ---- What could not be found out


def test_who_may_read_nothing_finds_out_nothing_and_ends_with_3(doctor: Doctor) -> None:
    answers = {path: forbidden(path) for path in (*LISTS, V1)}
    ran, _ = doctor(answers)
    assert ran.code == 3
    assert "fine" not in ran.out
    assert 'COULD NOT TELL pods: pods is forbidden: User "eve" cannot list resource "pods"' in ran.out


@pytest.mark.parametrize("path", [f"{V1}/events", f"{V1}/secrets", f"{APPS}/deployments", f"{V1}/pods"])
def test_one_thing_that_may_not_be_read_keeps_it_from_being_fine(path: str, doctor: Doctor) -> None:
    ran, _ = doctor(healthy() | {path: forbidden(path)})
    assert ran.code == 3
    assert "COULD NOT TELL" in ran.out


def test_an_answer_that_is_no_api_servers_could_not_be_told(doctor: Doctor) -> None:
    ran, _ = doctor(healthy() | {f"{V1}/pods": "<html>a proxy</html>"})
    assert ran.code == 3
    assert "COULD NOT TELL pods: /api/v1/namespaces/shop/pods" in ran.out


def test_a_token_that_is_not_taken_is_told(doctor: Doctor) -> None:
    ran, _ = doctor({"/version": status(401, "Unauthorized", "Unauthorized")})
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: the cluster cannot be asked: ")


def test_no_cluster_no_kubeconfig_no_context_and_no_kubectl(chartgen: Call, tmp_path: Path) -> None:
    api = Api(port=1)
    config = str(api.kubeconfig(tmp_path))
    told = {
        "refused": chartgen("doctor", "shop", "--kubeconfig", config),
        "no such file": chartgen("doctor", "shop", "--kubeconfig", str(tmp_path / "none")),
        'context "nope" does not exist': chartgen(
            "doctor", "shop", "--kubeconfig", config, "--context", "nope"
        ),
    }
    for said, ran in told.items():
        assert (ran.code, ran.out) == (3, "")
        assert said in ran.err
        assert "--kubeconfig and --context say which cluster is meant" in ran.err
    ran = chartgen("doctor", "shop", "--kubectl", str(tmp_path / "no-kubectl"))
    assert (ran.code, "install kubectl, or name one" in ran.err) == (3, True)


def test_a_plugin_that_never_logs_in_is_given_up(
    chartgen: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chartgen.cluster.kubectl.PATIENCE", 0.5)
    slow = tmp_path / "kubectl"
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    ran = chartgen("doctor", "shop", "--namespace", "shop", "--kubectl", str(slow))
    assert (ran.code, ran.out) == (3, "")
    assert "took longer than 0.5 seconds" in ran.err


def test_after_one_question_without_an_answer_no_other_is_asked(
    chartgen: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chartgen.cluster.kubectl.PATIENCE", 0.5)
    monkeypatch.setattr("chartgen.cluster.gather.AT_ONCE", 1)
    slow = tmp_path / "kubectl"
    slow.write_text(
        f'#!/bin/sh\necho "$3" >> {tmp_path}/asked\ncase $3 in /version) ;; *) sleep 600 ;; esac\n'
    )
    slow.chmod(0o755)
    ran = chartgen("doctor", "shop", "--namespace", "shop", "--kubectl", str(slow))
    assert ran.code == 3
    assert "COULD NOT TELL pods: the cluster stopped answering" in ran.out
    assert len((tmp_path / "asked").read_text().splitlines()) == 2


# ---- Usage


@pytest.mark.parametrize(
    "arguments,said",
    [
        ((), "Missing argument 'RELEASE'"),
        (("Shop",), "'Shop' is no name"),
        (("a/../b",), "is no name"),
        (("shop", "-n", "x" * 64), "63 at most"),
        (("shop", "--format", "xml"), "'xml' is not one of"),
    ],
)
def test_what_it_does_not_understand_is_usage(arguments: tuple[str, ...], said: str, chartgen: Call) -> None:
    ran = chartgen("doctor", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
