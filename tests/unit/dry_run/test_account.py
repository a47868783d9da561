"""What was asked of a server is accounted for: nothing twice, nothing lost, nothing left unsaid."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ci.dry_run.__main__ import kept
from ci.dry_run.account import Run, Seen, family, told
from ci.dry_run.objects import Given, placed
from ci.dry_run.server import Server, UnansweredError
from tests.unit.dry_run.apiserver import StandIn, running

ROOT = Path(__file__).resolve().parents[3]


def given(name: str, kind: str = "ConfigMap", **data: str) -> Given:
    found = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "x"}, "data": data}
    return Given(found, {"web": {"replicaCount": len(data)}}, "singles: a")


@pytest.fixture
def standin() -> Iterator[tuple[StandIn, Server]]:
    with running() as (state, port), closing(Server("127.0.0.1", port)) as server:
        yield state, server


def asked(server: Server, seen: Path, *objects: Given, most: int = 9) -> Run:
    known = Seen(seen)
    run = Run(server, known)
    try:
        run.of(iter(objects), most)
    finally:
        known.close()
    return run


def lines(run: Run) -> list[str]:
    return list(told(run, 1.5))


def test_each_object_is_created_and_applied_in_a_dry_run_with_strict_fields(
    standin: tuple[StandIn, Server], tmp_path: Path
) -> None:
    state, server = standin
    run = asked(server, tmp_path / "seen", given("a"), given("b", "Secret"))
    assert state.asked == {(method, name): 1 for method in ("POST", "PATCH") for name in "ab"}
    assert all("dryRun=All&fieldValidation=Strict" in query for query in state.queries)
    assert (run.sent, dict(run.taken), state.made) == (2, {"ConfigMap": 1, "Secret": 1}, [])


def test_what_was_taken_is_not_sent_again_and_counts(standin: tuple[StandIn, Server], tmp_path: Path) -> None:
    state, server = standin
    asked(server, tmp_path / "seen", given("a"), given("b"))
    again = asked(server, tmp_path / "seen", given("a"), given("a"), given("b"), given("c"))
    assert (again.sent, sum(again.taken.values())) == (1, 3)
    assert max(state.asked.values()) == 1


def test_no_more_is_sent_than_is_asked_for(standin: tuple[StandIn, Server], tmp_path: Path) -> None:
    _, server = standin
    objects = (given(f"a{n}") for n in range(100))
    run = asked(server, tmp_path / "seen", *objects, most=3)
    assert sum(run.taken.values()) == run.sent == 3


def test_a_refusal_is_told_with_the_values_and_is_asked_again(
    standin: tuple[StandIn, Server], tmp_path: Path
) -> None:
    _, server = standin
    objects = [given("a", refused="1"), given("b", refused="2"), given("c")]
    run = asked(server, tmp_path / "seen", *objects)
    assert sorted(why for _, why in run.refused) == [
        f'POST: 422 ConfigMap "{name}" is invalid: data[refused]: Invalid value: "{n}": must not be refused'
        for name, n in (("a", 1), ("b", 2))
    ]
    assert lines(run)[-3:] == [
        "  refused 2, in 1 ways",
        (
            "REFUSED 2 times, first ConfigMap/a (singles: a)\n"
            '  POST: 422 ConfigMap "a" is invalid: data[refused]: Invalid value: "1": must not be refused'
        ),
        '  values: {"web": {"replicaCount": 1}}',
    ]
    assert asked(server, tmp_path / "seen", *objects).sent == 2


def test_warnings_are_counted_by_what_they_say(standin: tuple[StandIn, Server], tmp_path: Path) -> None:
    _, server = standin
    run = asked(server, tmp_path / "seen", given("a", warned="1.5"), given("b", warned="x y"))
    assert "  warned 2 times: data[]: _ is odd" in lines(run)


def test_a_kind_that_is_not_served_is_told_and_not_taken(
    standin: tuple[StandIn, Server], tmp_path: Path
) -> None:
    _, server = standin
    route = given("a", "HTTPRoute")
    route.data["apiVersion"] = "gateway.networking.k8s.io/v1"
    run = asked(server, tmp_path / "seen", route, given("b"))
    assert sum(run.taken.values()) == 1
    said = "  NOT ASKED 1 of HTTPRoute of gateway.networking.k8s.io/v1: the server has no such kind"
    assert said in lines(run)


def test_a_server_that_breaks_is_no_refusal(standin: tuple[StandIn, Server], tmp_path: Path) -> None:
    _, server = standin
    with pytest.raises(UnansweredError, match="500 the stand-in is broken"):
        asked(server, tmp_path / "seen", given("a", broken=""))
    assert (tmp_path / "seen").read_text() == ""


def test_the_account_of_a_bare_pod_is_made_once(standin: tuple[StandIn, Server], tmp_path: Path) -> None:
    state, server = standin
    pods = [given(name, "Pod") for name in "ab"]
    for pod in pods:
        pod.data["spec"] = {"serviceAccountName": "shop"}
    asked(server, tmp_path / "seen", *pods)
    assert state.made == [("ServiceAccount", "shop")]


KILLED = """
import sys
from pathlib import Path
from ci.dry_run.account import Run, Seen
from ci.dry_run.server import Server
from tests.unit.dry_run.test_account import given
objects = [given(f"a{n}") for n in range(6)] + [given("stuck", stuck="")]
Run(Server("127.0.0.1", int(sys.argv[1])), Seen(Path(sys.argv[2]))).of(iter(objects), 9)
"""


def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with running() as (state, port):
        command = [sys.executable, "-c", KILLED, str(port), str(seen)]
        with subprocess.Popen(command, cwd=ROOT) as process:
            assert state.stuck.wait(60)
            process.send_signal(signal.SIGKILL)
        state.let_go.set()
        taken = len(seen.read_text().split())
        objects = [given(f"a{n}") for n in range(6)]
        with closing(Server("127.0.0.1", port)) as server:
            run = asked(server, seen, *objects)
        assert run.sent == 6 - taken
        assert sum(run.taken.values()) == 6


def test_a_line_that_was_cut_is_asked_again_and_spoils_no_other(
    standin: tuple[StandIn, Server], tmp_path: Path
) -> None:
    _, server = standin
    seen, (a, b) = tmp_path / "seen", (given("a"), given("b"))
    seen.write_text(f"{a.digest}\n{b.digest[:20]}")
    assert asked(server, seen, a, b).sent == 1
    assert asked(server, seen, a, b).sent == 0


def test_what_is_known_is_of_one_release_with_its_definitions(
    standin: tuple[StandIn, Server], tmp_path: Path
) -> None:
    state, server = standin
    before = kept(server, tmp_path)
    assert before.parent == tmp_path / "dry-run"
    assert before.name.startswith("v0.0.0-stand-in-")
    state.definitions.append({"metadata": {"name": "routes"}, "spec": {"group": "a"}})
    with closing(Server(server.host, server.port)) as other:
        assert kept(other, tmp_path) != before


@pytest.mark.parametrize(
    "text,said",
    [
        ('spec.a[0].b: Invalid value: "x\\"y": no', "spec.a[].b: Invalid value: _: no"),
        (
            "must be less than or equal to memory limit of 1e-3",
            "must be less than or equal to memory limit of _",
        ),
    ],
)
def test_refusals_of_one_kind_are_one_family(text: str, said: str) -> None:
    assert family(text) == said


def test_what_a_cluster_gives_out_is_not_asked_for() -> None:
    service: dict[str, Any] = {
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"clusterIP": "10.0.0.1", "ports": [{"port": 1, "nodePort": 30000}]},
    }
    found = placed(service)
    assert found["spec"] == {"ports": [{"port": 1}]}
    assert found["metadata"]["namespace"] == "chartgen-dry-run"
    service["spec"]["clusterIP"] = "None"
    assert placed(service)["spec"]["clusterIP"] == "None"


def test_no_class_is_looked_for_that_a_bare_pod_names() -> None:
    spec = {"priorityClassName": "a", "runtimeClassName": "b", "restartPolicy": "Never"}
    pod = placed({"kind": "Pod", "metadata": {"name": "a"}, "spec": spec})
    assert (pod["spec"], pod["metadata"]["namespace"]) == (
        {"restartPolicy": "Never"},
        "chartgen-dry-run-pods",
    )


def test_an_object_is_known_by_its_content_and_not_by_its_values() -> None:
    one, same, other = given("a"), Given(given("a").data, {}, "pairs: row 1"), given("a", b="c")
    digests: Iterable[str] = {each.digest for each in (one, same, other)}
    assert len(set(digests)) == 2
