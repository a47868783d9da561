"""A cluster as the tests see it: kubectl, with answers as Python values."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Object = dict[str, Any]
Kind = TypeVar("Kind")
KEPT = ("events", "pods", "jobs", "persistentvolumeclaims", "secrets", "configmaps")


@dataclass(frozen=True)
class Done:
    """How a program ended: exit code, and what it wrote to both streams."""

    code: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        return self.output + self.errors

    def checked(self) -> Done:
        assert self.code == 0, f"exit {self.code}\n{self.text}"
        return self


def run(*command: str, stdin: str = "", timeout: float = 600) -> Done:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=timeout)
    return Done(done.returncode, done.stdout, done.stderr)


def eventually(ask: Callable[[], Kind], good: Callable[[Kind], bool], seconds: float = 60) -> Kind:
    """The first good answer; the last one when time is up. A Service learns of a new pod a moment later."""
    end = time.monotonic() + seconds
    while not good(answer := ask()) and time.monotonic() < end:
        time.sleep(0.5)
    return answer


@dataclass(frozen=True)
class Namespace:
    """One namespace of the cluster that `kubeconfig` leads to."""

    kubectl: str
    kubeconfig: str
    name: str

    def ask(self, *arguments: str, stdin: str = "") -> Done:
        return run(
            self.kubectl, "--kubeconfig", self.kubeconfig, "--namespace", self.name, *arguments, stdin=stdin
        )

    def get(self, kind: str, name: str) -> Object:
        """The object, or nothing."""
        done = self.ask("get", kind, name, "--output=json", "--ignore-not-found").checked()
        found: Object = json.loads(done.output or "{}")
        return found

    def all(self, kind: str, selector: str = "") -> list[Object]:
        done = self.ask("get", kind, "--output=json", f"--selector={selector}").checked()
        found: list[Object] = json.loads(done.output)["items"]
        return found

    def pods(self, component: str) -> list[Object]:
        """The component's pods that are not on their way out."""
        found = self.all("pods", f"app.kubernetes.io/component={component}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def nodes(self) -> list[str]:
        """The cluster's nodes that take pods."""
        found = json.loads(self.ask("get", "nodes", "--output=json").checked().output)["items"]
        return sorted(each["metadata"]["name"] for each in found if not each["spec"].get("taints"))

    def apply(self, manifest: str) -> None:
        self.ask("apply", "--filename=-", stdin=manifest).checked()

    def create(self, labels: dict[str, str]) -> None:
        values = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name, "labels": labels}}
        self.apply(json.dumps(values))

    def delete(self) -> None:
        self.ask("delete", "namespace", self.name, "--wait=false", "--ignore-not-found")

    def keep(self, folder: Path) -> None:
        """What is there to learn from, as files."""
        folder.mkdir(parents=True, exist_ok=True)
        for kind in KEPT:
            (folder / f"{kind}.txt").write_text(self.ask("get", kind, "--output=wide").text, encoding="utf-8")
        (folder / "describe.txt").write_text(self.ask("describe", "pods,jobs,pvc").text, encoding="utf-8")
        for pod in self.all("pods"):
            name = pod["metadata"]["name"]
            logs = self.ask("logs", name, "--all-containers", "--prefix", "--tail=500")
            (folder / f"{name}.log").write_text(logs.text, encoding="utf-8")
