"""What there is decides what is done: a table of every state, written without the code that it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.conftest import NAME, TEMPLATE, Fake

HERE = ("--cluster", "production", "--timeout", "5")
PATH = f"/api/instances/{NAME}"
CREATE, CHANGE, DEPLOY = "POST /api/instances", f"PUT {PATH}", f"POST {PATH}/deploy"
# What there is, whether --update is given, and then: the requests that change something, and the exit code.
OLDER: list[tuple[str, bool, list[str], int]] = [
    ("", False, [CREATE, DEPLOY], 0),
    ("pending", False, [DEPLOY], 0),
    ("deploying", False, [], 0),
    ("running", False, [], 0),
    ("stopped", False, [DEPLOY], 0),
    ("error", False, [DEPLOY], 0),
    ("n/a", False, [DEPLOY], 0),
    ("", True, [CREATE, DEPLOY], 0),
    ("pending", True, [CHANGE, DEPLOY], 0),
    ("deploying", True, [CHANGE, DEPLOY], 0),
    ("running", True, [CHANGE, DEPLOY], 0),
    ("stopped", True, [CHANGE, DEPLOY], 0),
    ("error", True, [CHANGE, DEPLOY], 0),
    ("n/a", True, [CHANGE, DEPLOY], 0),
]
INTO = "POST /api/kubernetes/c-production/deploy"
# Whether there is a configuration, and in what its pods are; newer ones know no more.
NEWER: list[tuple[bool, list[str], list[str], int]] = [
    (False, ["none", "Running"], ["POST /api/svc-configs", INTO], 0),
    (True, [], [INTO], 0),
    (True, ["Running"], [], 0),
    (True, ["ImagePullBackOff"], [INTO], 0),
    (True, ["ContainerCreating", "Running"], [INTO], 0),
]


def there(state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": NAME, "name": NAME, "template_id": TEMPLATE, "config": {"values": {}}, "status": state,
        "error": None, "deployment_target": "k8s://c-production/ushadow", "after": ["running"], **more,
    }  # fmt: skip


def changes(ushadow: Fake) -> list[str]:
    return [line for line in ushadow.world["asked"] if not line.startswith("GET ")]


@pytest.mark.parametrize("state,update,requests,code", OLDER)
def test_the_state_of_an_instance_decides(
    state: str, update: bool, requests: list[str], code: int, start: Callable[[str], Fake]
) -> None:
    ushadow = start("older")
    ushadow.put(instances={NAME: there(state)} if state else {})
    ran = ushadow.deploy(*HERE, *(["--update"] if update else []))
    assert (ran.code, changes(ushadow)) == (code, requests)
    assert ushadow.instance["status"] == "running"


@pytest.mark.parametrize("known,pods,requests,code", NEWER)
def test_the_pods_decide_where_there_is_no_state(
    known: bool, pods: list[str], requests: list[str], code: int, start: Callable[[str], Fake]
) -> None:
    ushadow = start("newer")
    before = there("", deployment_target=None)
    deployed = [["c-production", "ushadow", TEMPLATE, NAME]] if known and pods else []
    ushadow.put(instances={NAME: before} if known else {}, deployed=deployed, pods=pods)
    ran = ushadow.deploy(*HERE)
    assert (ran.code, changes(ushadow)) == (code, requests)


def test_what_is_told_masked_is_not_written_back(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    ushadow.put(instances={NAME: there("running", config={"values": {"API_KEY": "sk-****", "PORT": "1"}})})
    ran = ushadow.deploy(*HERE, "--update")
    assert (ran.code, changes(ushadow)) == (1, [])
    assert ran.err == (
        f"Error: {NAME}: its secrets are told masked, and would be lost: API_KEY\n"
        "set them in the environment, with --secret NAME\n"
    )
    assert ushadow.deploy(*HERE, "--update", "--secret", "API_KEY", API_KEY="sk-mine").code == 0
    assert ushadow.instance["config"]["values"]["API_KEY"] == "sk-mine"
