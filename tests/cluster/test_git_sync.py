"""Files out of git: a program reads what somebody pushed, and nobody in the pod writes it.

The image that plays git-sync is a stand-in of Debian's git; see ci/cluster/standin/git-sync.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from ci.cluster.images import git_sync_name
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Namespace, eventually
from tests.cluster.release import BACKEND, Release
from tests.docs.documents import ROOT, blocks
from tests.need import need

GUIDE = (ROOT / "docs/guides/git-sync.md").read_text(encoding="utf-8")
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def _container(name: str, image: str, *command: str) -> dict[str, Any]:
    mount = {"name": "repositories", "mountPath": "/srv"}
    own = {"imagePullPolicy": "IfNotPresent", "securityContext": RESTRICTED, "volumeMounts": [mount]}
    return {"name": name, "image": image, "command": list(command), **own}


SERVER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "git", "labels": {"app": "git"}},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65533,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            _container("git", git_sync_name(), "sleep", "3600"),
            _container("http", BACKEND, "python3", "-m", "http.server", "8080", "--directory", "/srv"),
        ],
        "volumes": [{"name": "repositories", "emptyDir": {}}],
    },
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "git"},
    "spec": {"selector": {"app": "git"}, "ports": [{"port": 80, "targetPort": 8080}]},
}
# What a server over plain HTTP needs after each push: git-update-server-info(1).
MADE = """
export HOME=/tmp; cd /srv; git init -q --bare -b main compose.git; git clone -q compose.git work 2>/dev/null
git -C compose.git config --bool uploadpack.allowAnySHA1InWant true
"""


@dataclass(frozen=True)
class Repository:
    """A git repository in the cluster, served over HTTP, and whoever pushes to it."""

    namespace: Namespace

    def start(self) -> None:
        for each in (SERVER, SERVICE):
            self.namespace.apply(json.dumps(each))
        self.namespace.ask("wait", "pod/git", "--for=condition=Ready", "--timeout=60s").checked()
        self.run(MADE)

    def run(self, script: str) -> None:
        self.namespace.ask("exec", "git", "--container=git", "--", "sh", "-ec", script).checked()

    def push(self, files: dict[str, str]) -> None:
        """A revision that holds these files and no others."""
        names = " ".join(files)
        write = "mkdir -p $(dirname {0}); echo '{1}' >{0}\n"
        self.run(
            "export HOME=/tmp; cd /srv/work; git rm -rq --ignore-unmatch .\n"
            f"{''.join(write.format(*each) for each in files.items())}git add {names}\n"
            "git -c user.name=me -c user.email=me@example.com commit -qm another\n"
            "git push -q origin HEAD:main; git -C /srv/compose.git update-server-info"
        )


def compose(release: Release) -> dict[str, str]:
    """What the program finds in /compose, by name."""
    script = 'cd /compose && for name in *; do [ ! -f "$name" ] || echo "$name=$(cat "$name")"; done'
    found = release.shell("sh", "-ec", script).checked().output
    return dict(line.partition("=")[::2] for line in found.splitlines())


def overlay(name: str) -> dict[str, Any]:
    """The values of the guide, with the address of the test's repository."""
    import yaml

    (text,) = [block.text for block in blocks(GUIDE) if block.language == "yaml"]
    values: dict[str, Any] = yaml.safe_load(text)
    values["gitSync"]["compose"] |= {"repository": f"http://git.{name}/compose.git", "period": "1s"}
    return values


@pytest.fixture
def restricted(namespace: MakeNamespace) -> Release:
    return Release(need("helm4"), namespace("restricted"))


def test_what_is_pushed_is_read_whole_and_nobody_in_the_pod_writes_it(
    restricted: Release,
) -> None:
    release, here = restricted, restricted.namespace
    repository = Repository(here)
    repository.start()
    repository.push({"compose/a.yaml": "a1", "compose/gone.yaml": "x", "elsewhere.yaml": "x"})
    values = {"podSecurity": "restricted", **overlay(here.name)}
    release.install("--wait", values=values).checked()
    assert compose(release) == {"a.yaml": "a1", "gone.yaml": "x"}

    wrong = release.shell("sh", "-c", "echo mine >/compose/a.yaml || echo mine >/compose/new.yaml")
    assert (wrong.code, "Read-only file system" in wrong.text) == (2, True), f"written: {wrong.text}"

    repository.push({"compose/a.yaml": "a2", "compose/new.yaml": "n"})
    wanted = {"a.yaml": "a2", "new.yaml": "n"}
    assert eventually(lambda: compose(release), lambda found: found == wanted) == wanted
    linked = release.shell("readlink", "/compose/.git-sync/current").checked().output.strip()
    assert len(linked.rpartition("/")[2]) == 40

    # git is away: what is there stays there, and the pod is as well as before.
    here.ask("delete", "pod", "git").checked()
    (pod,) = here.pods("backend")
    log = ("logs", pod["metadata"]["name"], "--container=git-sync-compose")
    assert "sync failed" in eventually(lambda: here.ask(*log).text, lambda text: "sync failed" in text)
    assert "this is not git-sync" in here.ask(*log).text
    assert compose(release) == wanted
    (after,) = here.pods("backend")
    assert {each["restartCount"] for each in after["status"]["initContainerStatuses"]} == {0}
