"""A release of the chart on the cluster: what Helm does to it, what the application in it says."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.cluster.kubernetes import Done, Namespace, Object, Secret, eventually, run

OURS = Path(__file__).resolve().parents[2] / "charts" / "ushadow"
# The tests of the tests bring a chart that is broken on purpose, in a copy of charts/ and values/.
CHART = Path(os.environ.get("CHARTGEN_TEST_CHART") or OURS)
OVERLAYS = CHART.parents[1] / "values"
BACKEND = "ghcr.io/ushadow-io/ushadow/backend:v1.0.0"
# Helm waits this long; a pod with its probes is ready in twenty seconds on a machine that is busy.
PATIENCE = int(os.environ.get("CHARTGEN_TEST_PATIENCE") or 240)
TIMEOUT = f"{PATIENCE}s"


@dataclass(frozen=True)
class Release:
    """The release `name`, worked on with the program `helm`."""

    helm: str
    namespace: Namespace
    name: str = "ushadow"
    chart: Path = CHART

    def by(self, helm: str) -> Release:
        return replace(self, helm=helm)

    def arguments(self, verb: str, *more: str) -> tuple[str, ...]:
        where = ("--kubeconfig", self.namespace.kubeconfig, "--namespace", self.namespace.name)
        return (verb, self.name, *more, *where)

    def run(self, verb: str, *more: str, values: Mapping[str, Any] | None = None) -> Done:
        given = ("--values", "-") if values is not None else ()
        done = run(self.helm, *self.arguments(verb, *more, *given), stdin=json.dumps(values or {}))
        return replace(done, why=self.namespace.warnings)

    def install(self, *flags: str, values: Mapping[str, Any] | None = None) -> Done:
        return self.run("install", str(self.chart), "--timeout", TIMEOUT, *flags, values=values)

    def upgrade(self, *flags: str, values: Mapping[str, Any] | None = None) -> Done:
        return self.run("upgrade", str(self.chart), "--timeout", TIMEOUT, *flags, values=values)

    def rollback(self, *flags: str) -> Done:
        return self.run("rollback", "--timeout", TIMEOUT, *flags)

    def uninstall(self) -> Done:
        return self.run("uninstall", "--wait", "--timeout", TIMEOUT)

    def test(self) -> Done:
        return self.run("test", "--logs", "--timeout", TIMEOUT)

    # ---- What is in the cluster
    def object(self, kind: str, suffix: str) -> Object:
        return self.namespace.get(kind, f"{self.name}-{suffix}" if suffix else self.name)

    def key(self) -> Secret:
        """AUTH_SECRET_KEY of the chart's Secret."""
        data = self.object("secret", "secrets").get("data", {})
        assert "AUTH_SECRET_KEY" in data, f"there is no Secret {self.name}-secrets with a key"
        return Secret(base64.b64decode(data["AUTH_SECRET_KEY"]).decode())

    def ready(self) -> dict[str, bool]:
        """Component to whether its Deployment has all the pods it wants, of this very template."""
        deployments = self.namespace.all("deployments", f"app.kubernetes.io/instance={self.name}")
        return {
            item["metadata"]["labels"]["app.kubernetes.io/component"]: settled(item) for item in deployments
        }

    def wait(self) -> None:
        wanted = {"backend": True, "frontend": True}
        found = eventually(self.ready, lambda ready: ready == wanted, seconds=PATIENCE)
        lacking = ", ".join(name for name in wanted if not found.get(name))
        assert found == wanted, f"not ready after {PATIENCE} s: {lacking}\n{self.namespace.warnings()}"

    def logs(self, what: str, container: str) -> str:
        return self.namespace.ask("logs", f"{self.name}-{what}", "--container", container).checked().output

    def init_log(self) -> str:
        """What the init container said when the backend's pod of now started."""
        pod = self.namespace.pods("backend")[0]["metadata"]["name"]
        return self.namespace.ask("logs", pod, "--container", "seed-config").checked().output

    def evict(self) -> None:
        """Take the backend's pod away as a drained node does, and see another one in its place."""
        (pod,) = self.namespace.pods("backend")
        name = pod["metadata"]["name"]
        about = {"name": name, "namespace": self.namespace.name}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": about}
        path = f"/api/v1/namespaces/{self.namespace.name}/pods/{name}/eviction"
        self.namespace.ask("create", "--raw", path, "--filename=-", stdin=json.dumps(eviction)).checked()
        assert eventually(
            lambda: [each for each in self.namespace.pods("backend") if each["metadata"]["name"] != name],
            bool,
        ), f"no other pod came in the place of {name}"

    # ---- What the application says
    def shell(self, *command: str, stdin: str = "") -> Done:
        where = f"deployment/{self.name}-backend"
        interactive = ("--stdin",) if stdin else ()
        return self.namespace.ask(
            "exec", *interactive, where, "--container=backend", "--", *command, stdin=stdin
        )

    def call(self, method: str, path: str, body: str = "", host: str = "localhost:8000") -> Done:
        """A request from within the backend's pod: the answer's body; exit code 22 for an error's status."""
        sent = ("--data-binary", "@-") if body else ()
        command = ("curl", "-sS", "--fail-with-body", "-m", "10", "-X", method, *sent, f"http://{host}{path}")
        return self.shell(*command, stdin=body)

    def ask(self, path: str, host: str = "localhost:8000") -> Any:
        done = eventually(lambda: self.call("GET", path, host=host), lambda done: done.code == 0, seconds=20)
        return json.loads(done.checked().output)

    def read(self, path: str) -> str:
        return self.call("GET", f"/api/files/{path}").checked().output

    def write(self, path: str, text: str) -> None:
        self.call("PUT", f"/api/files/{path}", text).checked()

    def remove(self, path: str) -> None:
        self.call("DELETE", f"/api/files/{path}").checked()

    def files(self) -> dict[str, str]:
        """Path on the config volume to SHA-256, without what seeding keeps for itself."""
        found: dict[str, str] = self.ask("/api/files")
        return found


def unchanged(before: Mapping[str, str], after: Mapping[str, str], *new: str) -> None:
    """Every path is as it was, but for those that came."""
    found = [
        f"{path}: {'new' if path not in before else 'gone' if path not in after else 'changed'}"
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]
    assert found == [f"{path}: new" for path in new], f"on the volume: {', '.join(found)}"


def settled(deployment: Object) -> bool:
    status, wanted = deployment.get("status", {}), deployment["spec"]["replicas"]
    counts: Sequence[int] = [
        status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")
    ]
    return status.get("observedGeneration") == deployment["metadata"]["generation"] and set(counts) == {
        wanted
    }
