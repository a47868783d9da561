"""Who follows the guides gets what they say: every block of a walk is run as it stands, in its order."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import namespaces
from tests.cluster.kubernetes import Done, Namespace
from tests.cluster.release import BACKEND, CHART, OVERLAYS
from tests.cluster.test_preflight import DATABASES, service
from tests.docs import shell
from tests.docs.documents import ROOT
from tests.docs.walks import LIFE, MIGRATION, SHOWN, Step, sections
from tests.need import need

PATIENCE = 300  # seconds for a block, at the most


class Reader:
    """Somebody in a project of ushadow, with helm, kubectl and chartgen, and one namespace for it all."""

    def __init__(self, namespace: Namespace, home: Path) -> None:
        self.namespace, self.home = namespace, home
        (home / "bin").mkdir()
        shell.shim(home / "bin", CHART.parents[1])
        for name, program in (("helm", need("helm4")), ("kubectl", namespace.kubectl)):
            (home / "bin" / name).symlink_to(Path(program).resolve())
        shutil.copytree(CHART.parent, home / "charts")
        shutil.copytree(OVERLAYS, home / "values")
        shutil.copyfile(ROOT / "chartgen.yaml", home / "chartgen.yaml")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])

    def follow(self, step: Step) -> None:
        """The blocks of a step; what they print is looked through section by section."""
        self.keep(step.guide)
        said: dict[str, str] = {}
        for title, block in sections(step.guide):
            if not step.has(title):
                continue
            if block.language == "sh":
                done = self.run(block.text).checked()
                said[title] = said.get(title, "\n") + done.output + done.errors
        for title, printed in said.items():
            lacking = [words for words in SHOWN.get((step.guide, title), ()) if words not in printed]
            assert lacking == [], f"{step.guide}, {title}: {printed}"

    def keep(self, guide: str) -> None:
        """The files that a guide has its reader write."""
        for _, block in sections(guide):
            if block.note[0] == "file":
                (self.home / block.note[1]).write_text(block.text, encoding="utf-8")

    def run(self, block: str) -> Done:
        """A block as one script. It is for the namespace of the test, and for a port that is free."""
        here = self.namespace
        script = re.sub(r"--namespace ushadow\b", f"--namespace {here.name}", block)
        script = script.replace("8080", self.port)
        path = f"{shlex.quote(str(self.home / 'bin'))}:$PATH"
        before = (
            f"export PATH={path} KUBECONFIG={shlex.quote(here.kubeconfig)} NO_COLOR=1\n"
            "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
        )
        command = ["bash", "-o", "pipefail", "-ec", before + script]
        done = subprocess.run(
            command, cwd=self.home, capture_output=True, text=True, check=False, timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Done(done.returncode, f"$ {block}\n{done.stdout}", done.stderr, here.warnings)


def reader(request: pytest.FixtureRequest, factory: pytest.TempPathFactory, name: str) -> Iterator[Reader]:
    with namespaces(request, f"guides-{name}") as make:
        namespace = make()
        for database, port in DATABASES:
            service(namespace, database, port)
        yield Reader(namespace, factory.mktemp(name))


@pytest.fixture
def person(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    yield from reader(request, tmp_path_factory, "life")


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    yield from reader(request, tmp_path_factory, "migration")


def test_every_command_of_the_guides_does_what_they_say(person: Reader) -> None:
    """One installation from its first day to its last: no step can be tried again without those before it."""
    for step in LIFE:
        person.follow(step)


# ---- What somebody had written by hand before

LABELS = {"app": "ushadow", "tier": "backend"}
ENV = {"CONFIG_DIR": "/config", "MONGODB_URI": "none", "REDIS_URL": "none"}
KEY = {"secretKeyRef": {"name": "ushadow-secret", "key": "AUTH_SECRET_KEY"}}
SPEC: dict[str, Any] = {
    "containers": [
        {
            "name": "backend",
            "image": BACKEND,
            "env": [
                *({"name": name, "value": value} for name, value in ENV.items()),
                {"name": "AUTH_SECRET_KEY", "valueFrom": KEY},
            ],
            "volumeMounts": [{"name": "config", "mountPath": "/config"}],
        }
    ],
    "volumes": [{"name": "config", "persistentVolumeClaim": {"claimName": "ushadow-config-pvc"}}],
}


def by_hand(namespace: Namespace) -> None:
    """Raw manifests with labels of their own, and two files that were written: the chart would seed one."""

    def made(api: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
        return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "labels": LABELS}, **more}

    template = {"metadata": {"labels": LABELS}, "spec": SPEC}
    selector = {"matchLabels": LABELS}
    room = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    items = [
        made("v1", "PersistentVolumeClaim", "ushadow-config-pvc", spec=room),
        made("v1", "Secret", "ushadow-secret", stringData={"AUTH_SECRET_KEY": "k" * 40}),
        made("apps/v1", "Deployment", "ushadow-backend", spec={"selector": selector, "template": template}),
        made("v1", "Service", "ushadow-backend", spec={"selector": LABELS, "ports": [{"port": 8000}]}),
    ]
    namespace.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    deployment = "deployment/ushadow-backend"
    namespace.ask("rollout", "status", deployment, "--timeout=120s").checked()
    write = "cd /config; for file in mine.txt README.md; do printf 'written by hand' > $file; done"
    namespace.ask("exec", deployment, "--", "sh", "-c", write).checked()


def content(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as opened:
        members = [opened.extractfile(f"./{name}") for name in ("mine.txt", "README.md")]
        return [member.read() for member in members if member is not None]


def test_who_goes_from_raw_manifests_to_the_chart_keeps_every_file_and_the_key(other: Reader) -> None:
    by_hand(other.namespace)
    other.keep("quickstart.md")  # where the databases are
    for step in MIGRATION:
        other.follow(step)
    assert content(other.home / "before.tar") == content(other.home / "after.tar") == [b"written by hand"] * 2
    assert other.namespace.get("secret", "ushadow-secret")["data"]["AUTH_SECRET_KEY"]
