"""Flux's source-controller and helm-controller on this machine, at work in the cluster."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.kubernetes import Namespace, Object, eventually
from tests.gitops.guide import Guide
from tests.gitops.host import answers, free_ports, running
from tests.gitops.registry import Programs

# What the loopback's registry needs, which a real one does not.
INSECURE = {kind: {"spec": {"insecure": True}} for kind in ("OCIRepository", "HelmRepository")}
WAIT = 240


def command(program: Sequence[str], health: int, *more: str) -> tuple[str, ...]:
    (metrics,) = free_ports(1)
    where = (f"--health-addr=127.0.0.1:{health}", f"--metrics-addr=127.0.0.1:{metrics}", "--events-addr=")
    return (*program, *where, "--enable-leader-election=false", *more)


@contextmanager
def controllers(programs: Programs, kubeconfig: str, folder: Path, logs: Path) -> Iterator[None]:
    """Both, for every namespace of the cluster; their resource definitions must be established."""
    source, helm, artifacts = free_ports(3)
    kept = folder / "artifacts"
    kept.mkdir()
    at = f"127.0.0.1:{artifacts}"
    storage = (f"--storage-path={kept}", f"--storage-addr={at}", f"--storage-adv-addr={at}")
    fetch = command(programs["source-controller"], source, *storage)
    install = command(programs["helm-controller"], helm, "--graceful-shutdown-timeout=5s")
    own = {"RUNTIME_NAMESPACE": "default", "KUBECONFIG": kubeconfig, "TMPDIR": str(folder)}
    with (
        running("source-controller", fetch, lambda: answers(source, "/readyz"), logs, own),
        running("helm-controller", install, lambda: answers(helm, "/readyz"), logs, own),
    ):
        yield


@dataclass(frozen=True)
class Flux:
    """One reader of the guide, in one namespace."""

    namespace: Namespace
    guide: Guide

    def apply(self, name: str, values: dict[str, Any] | None = None) -> None:
        """Applies what the guide shows; with values of a test's own, pods are not waited for."""
        manifests = self.guide.manifests(name, **INSECURE)
        for each in manifests:
            if each["kind"] == "HelmRelease" and values is not None:
                each["spec"]["values"] = values
                each["spec"]["install"]["disableWait"] = True
        self.namespace.apply("\n---\n".join(json.dumps(each) for each in manifests))

    def say(self, name: str) -> None:
        """Run a command of the guide."""
        self.guide.run(name, self.namespace)

    def release(self) -> Object:
        return self.namespace.get("helmrelease", "ushadow")

    def ready(self, **expected: Any) -> Object:
        """The release when it is Ready, every request is handled, and the newest chart has `expected`."""
        found = eventually(self.release, lambda release: self._settled(release, expected), seconds=WAIT)
        assert self._settled(found, expected), json.dumps(found.get("status", found), indent=1)
        return found

    def complaint(self) -> str:
        """Why the release is not ready."""
        conditions = self.release().get("status", {}).get("conditions", ())
        return "".join(each["message"] for each in conditions if each["status"] == "False")

    def _settled(self, release: Object, expected: dict[str, Any]) -> bool:
        status = release.get("status", {})
        newest: Object = next(iter(status.get("history", [])), {})
        return handled(release) and ready(release) and {**newest, **expected} == newest

    def looked(self) -> None:
        """Waits until every source has looked at the registry, as it was asked to."""
        found = eventually(self._sources, lambda all_: all(map(handled, all_)), seconds=WAIT)
        assert [each for each in found if not handled(each)] == []

    def _sources(self) -> list[Object]:
        return [each for kind in ("ocirepositories", "helmcharts") for each in self.namespace.all(kind)]

    def ask_again(self) -> None:
        """What the guide's command does, for a chart that comes from a HelmRepository."""
        token = f"reconcile.fluxcd.io/requestedAt={time.time_ns()}"
        for kind in ("helmcharts", "helmreleases"):
            self.namespace.ask("annotate", "--overwrite", "--all", kind, token).checked()
        self.looked()
        self.ready()

    def away(self) -> None:
        """Its objects are deleted while the controllers can let them go. Suspended, it is not uninstalled."""
        for each in self.namespace.all("helmreleases"):
            name = f"helmrelease/{each['metadata']['name']}"
            self.namespace.ask("patch", name, "--type=merge", '--patch={"spec": {"suspend": true}}')
        self.namespace.ask("delete", "helmreleases", "--all", "--timeout=30s")
        sources = "helmcharts,helmrepositories,ocirepositories"
        self.namespace.ask("delete", sources, "--all", "--timeout=30s")

    def drifts(self) -> int:
        """How often the helm-controller has said that the cluster is not as the release says."""
        about = "involvedObject.kind=HelmRelease,reason=DriftDetected"
        done = self.namespace.ask("get", "events", f"--field-selector={about}", "--output=json").checked()
        return sum(event["count"] for event in json.loads(done.output)["items"])


def ready(item: Object) -> bool:
    """Whether the condition Ready is true of the object as it is now."""
    status = item.get("status", {})
    conditions = {each["type"]: each["status"] for each in status.get("conditions", ())}
    current = status.get("observedGeneration"), conditions.get("Ready")
    return current == (item["metadata"]["generation"], "True")


def handled(item: Object) -> bool:
    """Whether what was requested by annotation has been done."""
    annotations, status = item["metadata"].get("annotations", {}), item.get("status", {})
    asked = {
        "lastHandledReconcileAt": annotations.get("reconcile.fluxcd.io/requestedAt"),
        "lastHandledForceAt": annotations.get("reconcile.fluxcd.io/forceAt"),
    }
    return all(status.get(field) == value for field, value in asked.items() if value)
