"""A cluster as the tests see it: kubectl, with answers as Python values."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Object = dict[str, Any]
Kind = TypeVar("Kind")
# How the line begins with which a program tells what went wrong.
TELLING = ("Error", "error:", "curl:")
# Shorter ones are words like `yes`, which stand everywhere.
SHORTEST_SECRET = 8
# Values of Secrets that tests have met: where a failure is told or kept, their fingerprints stand instead.
SECRETS: set[str] = set()


def fingerprint(value: str) -> str:
    return f"<secret {hashlib.sha256(value.encode()).hexdigest()[:6]}>"


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the values, plain and in Base64; the longest first, as one may hold another."""
    shapes = {
        shape: fingerprint(value)
        for value in secrets
        if len(value) >= SHORTEST_SECRET
        for shape in (value, base64.b64encode(value.encode()).decode(), json.dumps(value)[1:-1])
    }
    for shape in sorted(shapes, key=lambda shape: (-len(shape), shape)):
        text = text.replace(shape, shapes[shape])
    return text


class Secret(str):
    """A value that a failing assertion does not print, which shortens it before anybody could replace it."""

    __slots__ = ()

    def __new__(cls, value: str) -> Secret:
        SECRETS.add(value)
        return super().__new__(cls, value)

    def __repr__(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True)
class Done:
    """How a program ended: exit code, and what it wrote to both streams."""

    code: int
    output: str
    errors: str
    why: Callable[[], str] = field(default=lambda: "", compare=False, repr=False)

    @property
    def text(self) -> str:
        return self.output + self.errors

    def checked(self) -> Done:
        """The same, when all went well; else the line that tells goes first, and what else is known last."""
        lines = (self.errors or self.output).strip().splitlines() or ["nothing was said"]
        line = next((line for line in lines if line.startswith(TELLING)), lines[-1])
        assert self.code == 0, f"{line} (exit {self.code})\n{self.text}\n{self.why()}"
        return self


@dataclass(frozen=True)
class Call:
    """A program that a test ran: `said` is all that Helm said, and of others what went wrong."""

    command: tuple[str, ...]
    code: int
    said: str
    seconds: float


# The last ones of this process, for a test that fails to be understood by.
TRANSCRIPT: deque[Call] = deque(maxlen=2000)


def run(*command: str, stdin: str = "", timeout: float = 600) -> Done:
    started = time.monotonic()
    asked = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=timeout)
    done = Done(asked.returncode, asked.stdout, asked.stderr)
    said = done.text if "helm" in command[0].rpartition("/")[2] else done.errors
    TRANSCRIPT.append(Call(command, done.code, said, time.monotonic() - started))
    return done


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

    def warnings(self) -> str:
        """The cluster's own complaints, a line each: Helm often says only that something takes long."""
        found = self.ask("get", "events", "--field-selector=type=Warning", "--output=json")
        events = json.loads(found.output)["items"] if found.code == 0 else []
        told = {f"{event['reason']}: {event['message']}": None for event in events}
        return "\n".join(told)

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
