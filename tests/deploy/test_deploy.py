"""From the command to a deployment that runs or failed, through every kind of ushadow, on a real port."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.command import run
from tests.cli.terminal import Terminal
from tests.deploy.conftest import FAILS, NAME, ROOT, TEMPLATE, Fake

HERE = ("--cluster", "production")


def test_a_deployment_is_created_and_followed_until_it_runs(ushadow: Fake) -> None:
    ran = ushadow.deploy(*HERE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{NAME}: created, and runs in cluster production, namespace ushadow\n"
    made = ushadow.instance
    assert (made["id"], made["name"], made["template_id"]) == (NAME, NAME, TEMPLATE)
    if ushadow.kind == "newer":
        assert ushadow.world["deployed"] == [["c-production", "ushadow", TEMPLATE, NAME]]
    else:
        assert made["deployment_target"] == "k8s://c-production/ushadow"


def test_its_configuration_is_the_environment_that_the_chart_gives(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    more = (
        "-f",
        "values/dev.yaml",
        "--set",
        "external.redis.url=redis://r:1/2",
        "--env",
        "CORS_ORIGINS=http://x",
    )
    assert ushadow.deploy(*HERE, *more, AUTH_SECRET_KEY="k" * 40).code == 0
    assert ushadow.instance["config"]["values"] == {
        "AUTH_SECRET_KEY": "k" * 40,
        "CONFIG_DIR": "/config",
        "CORS_ORIGINS": "http://x",
        "HOST": "0.0.0.0",
        "KUBECONFIG_DIR": "/app/data/kubeconfigs",
        "MONGODB_DATABASE": "ushadow",
        "MONGODB_URI": "mongodb://mongodb:27017/ushadow",
        "PORT": "8000",
        "REDIS_URL": "redis://r:1/2",
    }


def test_a_key_that_nobody_gives_is_made_once(ushadow: Fake) -> None:
    assert ushadow.deploy(*HERE).code == 0
    key = ushadow.instance["config"]["values"]["AUTH_SECRET_KEY"]
    assert len(bytes.fromhex(key)) == 32
    assert ushadow.deploy(*HERE, "--update", "--env", "DEBUG=1").code == 0
    values = ushadow.instance["config"]["values"]
    assert (values["AUTH_SECRET_KEY"], values["DEBUG"]) == (key, "1")


def test_a_failure_is_told_with_its_reason(ushadow: Fake) -> None:
    ushadow.put(states=FAILS[ushadow.kind])
    ran = ushadow.deploy(*HERE)
    why = "pod b-1: ErrImagePull" if ushadow.kind == "newer" else "failed: image not found"
    assert ran.code == 1
    assert ran.err.splitlines()[0] == f"Error: {NAME}: {why}"


def test_what_is_slow_is_not_called_failed(ushadow: Fake) -> None:
    ushadow.put(states=["deploying"] * 50 if ushadow.kind != "newer" else ["ContainerCreating"])
    ran = ushadow.deploy(*HERE, "--timeout", "1")
    assert ran.code == 3
    assert ran.err.startswith(f"Error: {NAME}: does not run after 1 s: ")
    assert "the same command follows it on" in ran.err


def test_again_nothing_is_created_and_nothing_changed(ushadow: Fake) -> None:
    assert ushadow.deploy(*HERE).code == 0
    before = ushadow.instance
    ushadow.asked("POST")
    ran = ushadow.deploy(*HERE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{NAME}: runs in cluster production, namespace ushadow\n"
    assert ushadow.asked("POST") == []
    assert ushadow.instance == before


def test_one_that_was_interrupted_before_it_was_deployed_is_deployed(start: Callable[[str], Fake]) -> None:
    for kind in ("older", "newer"):
        ushadow = start(kind)
        assert ushadow.deploy(*HERE).code == 0
        left = {**ushadow.world["instances"]}
        left[NAME]["status"] = "pending"
        ushadow.put(instances=left, deployed=[], asked=[])
        ran = ushadow.deploy(*HERE)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"{NAME}: deployed, and runs in cluster production")
        assert len(ushadow.asked("POST")) == 1


def test_one_that_failed_is_deployed_again(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    ushadow.put(states=FAILS["older"])
    assert ushadow.deploy(*HERE).code == 1
    ushadow.put(states=["deploying", "running"])
    assert ushadow.deploy(*HERE).out.startswith(f"{NAME}: deployed, and runs")


def test_another_configuration_there_is_kept_unless_it_is_to_be_changed(ushadow: Fake) -> None:
    assert ushadow.deploy(*HERE).code == 0
    ran = ushadow.deploy(*HERE, "--env", "PORT=9000", "--env", "DEBUG=1")
    assert (ran.code, ran.err) == (
        0, f"{NAME}: the instance there keeps its own DEBUG, PORT; --update writes yours\n",
    )  # fmt: skip
    assert ushadow.instance["config"]["values"]["PORT"] == "8000"
    assert ushadow.deploy(*HERE, "--env", "PORT=9000", "--update").code == 0
    assert ushadow.instance["config"]["values"]["PORT"] == "9000"


def test_somebody_elses_instance_is_not_touched(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    assert ushadow.deploy(*HERE).code == 0
    for more, where in (
        (("--template", "other:thing"), f"of {TEMPLATE}"),
        (("--namespace", "elsewhere"), "in k8s://c-production/ushadow"),
    ):
        ushadow.asked("POST")
        ran = ushadow.deploy(*HERE, "--update", "--name", NAME, *more)
        assert ran.code == 1
        assert ran.err.startswith(f"Error: {NAME}: there is one already, {where}\n")
        assert ushadow.asked("POST") == ushadow.asked("PUT") == []


def test_a_dry_run_changes_nothing_and_shows_no_secret(ushadow: Fake) -> None:
    password = ("--set", "backend.env.PROXY=http://u:hunter22@proxy:3128/")
    ran = ushadow.deploy(*HERE, "--dry-run", *password, AUTH_SECRET_KEY="secret-key-here")
    assert (ran.code, ran.err) == (0, "")
    head, _, body = ran.out.partition("\n")
    assert head == f"{NAME}: would be created and deployed: k8s://c-production/ushadow"
    assert json.loads(body)["config"]["AUTH_SECRET_KEY"] == "***"
    assert json.loads(body)["config"]["PROXY"] == "http://u:***@proxy:3128/"
    assert "hunter22" not in ran.out
    assert "secret-key-here" not in ran.out
    assert ushadow.world["instances"] == {}
    assert ushadow.asked("POST") == []


def test_what_a_script_reads_is_json(start: Callable[[str], Fake]) -> None:
    ran = start("script").deploy(*HERE, "--format", "json")
    assert json.loads(ran.out) == {
        "instance": NAME,
        "template": TEMPLATE,
        "target": "k8s://c-production/ushadow",
        "step": "create",
        "state": "running",
        "url": "",
    }


def test_a_refusal_to_deploy_is_told_in_the_servers_words(start: Callable[[str], Fake]) -> None:
    for kind, code in (("older", 1), ("newer", 3)):
        ushadow = start(kind)
        ushadow.put(refuses="no such image: backend")
        ran = ushadow.deploy(*HERE)
        assert ran.code == code
        assert ran.err.splitlines()[0].endswith(": no such image: backend")


def test_an_ushadow_that_is_not_well_is_not_given_work(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    mongodb = {
        "status": "unhealthy",
        "healthy": False,
        "critical": True,
        "message": "Connection timeout",
    }
    ill = {"status": "unhealthy", "services": {"mongodb": mongodb}, "critical_services_healthy": False}
    ushadow.put(health=ill)
    ran = ushadow.deploy(*HERE)
    assert ran.code == 3
    assert ran.err.splitlines()[0] == f"Error: {ushadow.url}: it is not well: mongodb (Connection timeout)"
    assert ushadow.asked("POST") == []
    ushadow.put(health={**ill, "status": "degraded", "critical_services_healthy": True})
    ran = ushadow.deploy(*HERE)
    assert (ran.code, ran.err) == (0, "Warning: not all of it is well: mongodb (Connection timeout)\n")


def test_progress_is_shown_on_a_terminal(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    with Terminal("deploy", "--server", ushadow.url, *HERE, cwd=ROOT) as it:
        assert it.end() == 0
    for words in (
        "asking how it is",
        "creating",
        "deploying",
        "has no pod yet",
        "pod b-1: ContainerCreating",
    ):
        assert words in it.shown
    assert it.shown.rpartition("\x1b[K")[2].startswith(f"{NAME}: created, and runs in cluster production")


def test_control_c_leaves_a_deployment_that_the_next_run_follows(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    ushadow.put(states=["deploying"] * 100)
    with Terminal("deploy", "--server", ushadow.url, *HERE, cwd=ROOT) as it:
        it.wait_for("is being deployed")
        assert it.interrupt() == 130
    assert "the same command follows it" in it.shown
    assert "Traceback" not in it.shown
    left = ushadow.world["instances"]
    left[NAME]["after"] = ["running"]
    ushadow.put(instances=left, asked=[])
    assert ushadow.deploy(*HERE).out == f"{NAME}: runs in cluster production, namespace ushadow\n"
    assert ushadow.asked("POST") == []


def test_an_application_of_another_project_is_deployed(start: Callable[[str], Fake], charts: Path) -> None:
    ushadow = start("script")
    ran = run("deploy", "wiki", "--server", ushadow.url, *HERE, cwd=charts)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "wiki-app-k8s: created, and runs in cluster production, namespace wiki\n"
    ran = run("deploy", "--server", ushadow.url, *HERE, cwd=charts)
    assert (ran.code, ran.err) == (2, "Error: which chart?\nname one: shop, wiki\n")
