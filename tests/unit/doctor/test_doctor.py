"""The examinations together: what cannot be read is never fine, and hostile text stays text."""

from __future__ import annotations

import json

import pytest

from chartgen.diagnoses import Diagnosis, Examined, State
from chartgen.doctor import INSTALLED, examine
from chartgen.doctor.snapshot import At, Unread
from chartgen.report import DIAGNOSIS_FORMATS
from tests.unit.doctor.stage import KINDS, READY, pod, snapshot

OK = "phase: Running\nconditions: [{type: Ready, status: 'True'}]\n"


def states(found: Examined) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for diagnosis in found.diagnoses:
        told.setdefault(diagnosis.examination, set()).add(diagnosis.state.value)
    return told


def test_a_healthy_release_is_fine_in_every_line() -> None:
    found = examine(snapshot(READY + pod(OK)))
    assert found.state is State.FINE
    assert set(states(found)) <= {one.NAME for one in INSTALLED}


def test_who_may_read_nothing_is_told_nothing_fine() -> None:
    denied = "pods is forbidden: User cannot list resource"
    blind = snapshot(unread=dict.fromkeys(KINDS, denied), record=Unread(denied), namespace=Unread(denied))
    found = examine(blind)
    assert found.state is State.UNKNOWN
    told = states(found)
    fine = {name for name, seen in told.items() if "fine" in seen}
    assert fine == set()
    assert {"release", "claims", "refused", "pods", "jobs", "services", "warnings"} <= set(told)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "StorageClass"])
def test_each_kind_that_cannot_be_read_keeps_the_whole_from_being_fine(kind: str) -> None:
    found = examine(snapshot(READY + pod(OK), unread={kind: "forbidden"}))
    assert found.state is not State.FINE


def test_something_wrong_weighs_more_than_what_could_not_be_told() -> None:
    lines = tuple(Diagnosis("x", state, "", "") for state in (State.FINE, State.UNKNOWN, State.WRONG))
    assert Examined("shop", "shop", lines).state is State.WRONG
    assert Examined("shop", "shop", lines[:2]).state is State.UNKNOWN


def test_each_examination_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({one.NAME for one in INSTALLED}) == len(INSTALLED)
    assert all(one.HELP.endswith(".") for one in INSTALLED)


def test_commands_say_which_cluster_and_quote_what_a_shell_would_read() -> None:
    at = At("shop", "my config", "prod")
    assert at.kubectl("get", "pod", "a;b") == (
        "kubectl --kubeconfig 'my config' --context prod --namespace shop get pod 'a;b'"
    )
    assert at.helm("list").endswith("--kubeconfig 'my config' --kube-context prod --namespace shop")


HOSTILE = Diagnosis(
    "pods",
    State.WRONG,
    "Pod/\x1b[2Jx",
    "said\n\u202eevil\x07 " + "a" * 700,
    "do\nthis\x1b",
    ("\x1b]0;t\x07log",),
)


def test_what_a_terminal_would_act_on_is_shown_as_an_escape_and_cut_where_it_is_endless() -> None:
    text = DIAGNOSIS_FORMATS["text"](Examined("shop", "shop", (HOSTILE,)))
    assert not [c for c in text if not c.isprintable() and c != "\n"]
    first, log, *cure, _, last = text.splitlines()
    assert first.startswith("WRONG pods: Pod/\\x1b[2Jx: said \\u202eevil\\x07 aaa")
    assert (len(first) < 700, first.endswith("...")) == (True, True)
    assert (log, cure) == ("    | \\x1b]0;t\\x07log", ["    do", "    this\\x1b"])
    assert last == "shop in namespace shop: 1 wrong"


def test_json_holds_everything_in_ascii() -> None:
    text = DIAGNOSIS_FORMATS["json"](Examined("shop", "here", (HOSTILE,)))
    assert text.isascii()
    found = json.loads(text)
    assert list(found) == ["version", "release", "namespace", "status", "diagnoses"]
    assert (found["version"], found["status"]) == (1, "wrong")
    assert list(found["diagnoses"][0]) == ["examination", "state", "subject", "what", "cure", "log"]
    assert found["diagnoses"][0]["log"] == list(HOSTILE.log)


def test_colours_are_for_those_who_ask() -> None:
    found = Examined("shop", "shop", (Diagnosis("pods", State.FINE, "", "ok"),))
    assert DIAGNOSIS_FORMATS["text"](found) == "fine pods: ok\n\nshop in namespace shop: 1 fine\n"
    assert DIAGNOSIS_FORMATS["text"](found, color=True).startswith("\x1b[32mfine\x1b[0m pods: ok\n")
