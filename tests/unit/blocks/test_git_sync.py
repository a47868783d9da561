"""Files out of git: read-only, off until a repository is named, and never where somebody writes."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.engine import Refusal
from chartgen.engine.choose import choose
from chartgen.errors import ModelError
from chartgen.generate import generate
from chartgen.manifest import Case, Release
from chartgen.model.load import load
from chartgen.package import archive
from tests.unit.blocks.stage import SHOP, objects

APP = f"""{SHOP}
gitSync:
  compose-files: {{component: web, path: /compose, description: Compose files.}}
"""
REPOSITORY = "https://git.example.com/compose.git"
ON = {"gitSync": {"composeFiles": {"repository": REPOSITORY}}}


def spec(values: dict[str, Any], app: str = APP) -> Any:
    (found,) = objects("Deployment", values, app)
    return found.data["spec"]["template"]["spec"]


def containers(values: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in spec(values).get("initContainers", [])}


def environment(container: Any) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def with_(**more: Any) -> dict[str, Any]:
    return {"gitSync": {"composeFiles": {"repository": REPOSITORY, **more}}}


def test_without_a_repository_the_pod_is_as_without_the_block() -> None:
    assert spec({}) == spec({}, SHOP)
    assert objects("ConfigMap", {}, APP) == []


def test_the_first_copy_is_there_before_the_program_and_a_sidecar_keeps_it_new() -> None:
    found = containers(ON)
    assert list(found) == ["git-sync-compose-files-first", "git-sync-compose-files"]
    first, stays = found.values()
    assert ("restartPolicy" not in first, stays["restartPolicy"]) == (True, "Always")
    assert environment(first) == {
        "GITSYNC_REPO": REPOSITORY,
        "GITSYNC_REF": "HEAD",
        "GITSYNC_ROOT": "/git/.git-sync",
        "GITSYNC_LINK": "current",
        "GITSYNC_ONE_TIME": "true",
        "GITSYNC_EXECHOOK_COMMAND": "/git-sync-script/links.sh",
        "LINKS_FOLDER": "",
    }
    assert {key: environment(stays)[key] for key in ("GITSYNC_PERIOD", "GITSYNC_MAX_FAILURES")} == {
        "GITSYNC_PERIOD": "1m",
        "GITSYNC_MAX_FAILURES": "-1",
    }
    assert "GITSYNC_ONE_TIME" not in environment(stays)


def test_the_program_reads_what_the_sidecar_writes() -> None:
    pod = spec(ON)
    (mount,) = pod["containers"][0]["volumeMounts"]
    assert mount == {"name": "git-sync-compose-files", "mountPath": "/compose", "readOnly": True}
    writes = containers(ON)["git-sync-compose-files"]["volumeMounts"][0]
    assert writes == {"name": "git-sync-compose-files", "mountPath": "/git"}
    (script,) = objects("ConfigMap", ON, APP)
    assert script.data["data"]["links.sh"].startswith("#!/bin/sh\n")
    assert pod["volumes"] == [
        {"name": "git-sync-compose-files", "emptyDir": {}},
        {"name": "git-sync-compose-files-tmp", "emptyDir": {}},
        {"name": "git-sync-script", "configMap": {"name": script.name, "defaultMode": 0o555}},
    ]


def test_git_sync_runs_restricted_by_itself() -> None:
    for container in containers(ON).values():
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_who_does_not_want_to_wait_starts_without_files() -> None:
    assert list(containers(with_(wait=False))) == ["git-sync-compose-files"]


def test_branch_folder_period_and_login_are_the_persons() -> None:
    values = with_(ref="release/1.0", folder="a/b", period="30s", existingSecret="git")
    found = environment(containers(values)["git-sync-compose-files"])
    assert (found["GITSYNC_REF"], found["LINKS_FOLDER"], found["GITSYNC_PERIOD"]) == (
        "release/1.0",
        "a/b",
        "30s",
    )
    assert found["GITSYNC_USERNAME"] == {"secretKeyRef": {"name": "git", "key": "username"}}
    assert found["GITSYNC_PASSWORD"] == {"secretKeyRef": {"name": "git", "key": "password"}}


@pytest.mark.parametrize(
    "values",
    [
        {"repository": "https://me:hunter2@git.example.com/a.git"},
        {"repository": "git@github.com:acme/a.git"},
        {"repository": "file:///etc"},
        {"repository": "https://git.example.com"},
        {"ref": "--upload-pack=sh"},
        {"ref": ""},
        {"folder": "../etc"},
        {"folder": "/etc"},
        {"period": "0s"},
        {"period": "10"},
        {"wait": "yes"},
        {"existingSecret": "Not A Name"},
        {"branch": "main"},
    ],
)
def test_what_git_sync_cannot_use_is_refused(values: dict[str, Any]) -> None:
    session = choose().open(archive(generate(load(APP, "app.yaml"))))
    (answer,) = session.render([Case(with_(**values), Release("shop", "shop"))])
    assert isinstance(answer, Refusal)
    assert f"gitSync.composeFiles.{next(iter(values))}" in answer.message
    assert "hunter2" not in answer.message


VOLUME = "volumes: {config: {}}\n"
WRITES = SHOP.replace("    probes:", "    volumes: {config: {path: /config}}\n    probes:") + VOLUME
FAULTS = {
    f"{WRITES}gitSync: {{config: {{component: web, path: /config/}}}}": (
        "gitSync.config.path: /config/ is where 'config' is mounted, and nobody can write to what comes out"
    ),
    f"{SHOP}gitSync: {{a: {{component: wbe, path: /a}}}}": "gitSync.a.component: there is no component 'wbe'",
    f"{SHOP}gitSync: {{a: {{component: web, path: a}}}}": "gitSync.a.path: ",
    f"{SHOP}gitSync: {{a: {{component: web, path: /a}}, b: {{component: web, path: /a}}}}": (
        "gitSync.b.path: /a is where 'a' is mounted"
    ),
    SHOP.replace("    probes:", "    scratch: {git-sync-a-tmp: /x}\n    probes:")
    + "gitSync: {a: {component: web, path: /a}}": "the pod has a volume 'git-sync-a-tmp' already",
    SHOP.replace("    probes:", "    sidecars: {git-sync-a: {image: {repository: x}}}\n    probes:")
    + "gitSync: {a: {component: web, path: /a}}": "the chart has a container 'git-sync-a' of its own",
}


@pytest.mark.parametrize("app", FAULTS)
def test_files_out_of_git_never_hide_what_is_written(app: str) -> None:
    with pytest.raises(ModelError) as caught:
        load(app, "app.yaml")
    assert FAULTS[app] in str(caught.value)


def test_two_repositories_share_one_script() -> None:
    app = f"{APP}  more: {{component: web, path: /more}}\n"
    both = {"gitSync": {"composeFiles": {"repository": REPOSITORY}, "more": {"repository": REPOSITORY}}}
    assert [each["name"] for each in spec(both, app)["volumes"]].count("git-sync-script") == 1
    assert [each["name"] for each in spec(ON, app)["volumes"]].count("git-sync-script") == 1
    only = {"gitSync": {"more": {"repository": REPOSITORY}}}
    assert [each["mountPath"] for each in spec(only, app)["containers"][0]["volumeMounts"]] == ["/more"]
