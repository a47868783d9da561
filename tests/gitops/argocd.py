"""Argo CD's application-controller and repo-server on this machine, with redis, at work in the cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import split
from typing import Any

from tests.cluster.kubernetes import Namespace, Object, eventually
from tests.gitops.guide import Guide
from tests.gitops.host import answers, connects, free_ports, running
from tests.gitops.registry import Programs

# What the loopback's registry needs, which a real one does not.
INSECURE = {"Secret": {"stringData": {"insecureOCIForceHttp": "true"}}}
PROJECT = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "AppProject",
    "metadata": {"name": "default"},
    "spec": {
        "sourceRepos": ["*"],
        "destinations": [{"namespace": "*", "server": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    },
}
REFRESH = "argocd.argoproj.io/refresh"
WAIT = 240


def configure(home: Namespace, manifests: Sequence[Object]) -> None:
    """The settings that Argo CD's own manifests bring, in the namespace it is told to live in."""
    settings = [each for each in manifests if each["kind"] in ("ConfigMap", "Secret")]
    for each in settings:
        if each["metadata"]["name"] == "argocd-secret":
            each["stringData"] = {"server.secretkey": "for a server that does not run here"}
    home.apply("\n---\n".join(json.dumps(each) for each in [*settings, PROJECT]))


def environment(folder: Path, helm: str) -> dict[str, str]:
    """As in its image: Helm 3 is called helm, and certificates and hosts are in folders of its own."""
    for name in ("bin", "tls", "ssh", "gpg", "tmp"):
        (folder / name).mkdir()
    (folder / "bin/helm").symlink_to(helm)
    (folder / "ssh/ssh_known_hosts").touch()
    return {
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_TLS_DATA_PATH": str(folder / "tls"),
        "ARGOCD_SSH_DATA_PATH": str(folder / "ssh"),
        "HOME": str(folder),
        "PATH": f"{folder / 'bin'}:{os.environ.get('PATH', '')}",
        "TMPDIR": str(folder / "tmp"),
    }


@contextmanager
def controllers(programs: Programs, home: Namespace, helm: str, folder: Path, logs: Path) -> Iterator[None]:
    """For the applications in the namespace `home`, which has been configured."""
    own = {**environment(folder, helm), "KUBECONFIG": home.kubeconfig}
    redis, repo, repo_metrics, metrics = free_ports(4)
    (program,) = programs["argocd"]
    # The name that it is called by says which of its programs it shall be.
    for name in ("argocd-repo-server", "argocd-application-controller"):
        (folder / "bin" / name).symlink_to(program)
    store = f"--bind 127.0.0.1 --port {redis} --save '' --appendonly no"
    render = f"--disable-tls --address=127.0.0.1 --port={repo} --redis=127.0.0.1:{redis} --logformat=text"
    render += f" --metrics-address=127.0.0.1 --metrics-port={repo_metrics}"
    apply = f"--namespace={home.name} --repo-server=127.0.0.1:{repo} --repo-server-plaintext --logformat=text"
    apply += f" --redis=127.0.0.1:{redis} --metrics-port={metrics}"
    with (
        running("redis", (*programs["redis"], *split(store)), lambda: connects(redis), logs, own),
        running(
            "argocd-repo-server",
            (str(folder / "bin/argocd-repo-server"), *split(render)),
            lambda: connects(repo),
            logs,
            own,
        ),
        running(
            "argocd-application-controller",
            (
                str(folder / "bin/argocd-application-controller"),
                "--kubeconfig",
                home.kubeconfig,
                *split(apply),
            ),
            lambda: answers(metrics, "/healthz"),
            logs,
            own,
        ),
    ):
        yield


@dataclass(frozen=True)
class ArgoCD:
    """One reader of the guide: Argo CD lives in `home`, what its application installs in `namespace`."""

    home: Namespace
    namespace: Namespace
    guide: Guide
    name: str = "ushadow"

    def bring(self, name: str) -> None:
        """Applies what the guide shows, for a registry without TLS."""
        manifests = self.guide.manifests(name, **INSECURE)
        self.home.apply("\n---\n".join(json.dumps(each) for each in manifests))

    def apply(self, version: str, values: dict[str, Any] | None = None) -> None:
        """Applies the guide's application, for this version of the chart."""
        (application,) = self.guide.manifests("argocd application")
        application["metadata"]["name"] = self.name
        source = application["spec"]["source"]
        source["targetRevision"] = version
        if values is not None:
            source["helm"]["valuesObject"] = values
        self.home.apply(json.dumps(application))

    def say(self, name: str) -> None:
        """Run a command of the guide."""
        self.guide.run(name, self.home)

    def away(self) -> None:
        """The application is deleted, and not what it installed: that goes with its namespace."""
        kept = '--patch={"metadata": {"finalizers": null}}'
        self.home.ask("patch", f"application/{self.name}", "--type=merge", kept)
        self.home.ask("delete", "application", self.name, "--ignore-not-found", "--timeout=30s")

    def application(self) -> Object:
        return self.home.get("application", self.name)

    def complaint(self) -> str:
        """What Argo CD says is wrong with the application as a whole."""
        conditions = self.application().get("status", {}).get("conditions", ())
        return "".join(each["message"] for each in conditions)

    def healthy(self, version: str) -> Object:
        """The application when this version of the chart is Synced and Healthy, and no operation runs."""
        found = eventually(
            self.application, lambda item: synced(item, version) and healthy(item), seconds=WAIT
        )
        assert synced(found, version), json.dumps(found.get("status", found), indent=1)
        assert healthy(found), json.dumps(found["status"], indent=1)
        return found

    def as_wanted(self, version: str) -> Object:
        """The application when a sync of this version has succeeded, its pods healthy or not."""
        found = eventually(self.application, lambda item: synced(item, version), seconds=WAIT)
        assert synced(found, version), json.dumps(found.get("status", found), indent=1)
        return found

    def refreshed(self) -> Object:
        """The application after a look at everything, nothing remembered."""
        if self.name == "ushadow":
            self.say("argocd refresh")
        else:
            self.home.ask("annotate", f"application/{self.name}", f"{REFRESH}=hard").checked()
        found = eventually(self.application, lambda item: not to_be_refreshed(item), seconds=WAIT)
        assert not to_be_refreshed(found)
        return found

    def synced(self) -> Object:
        """The application after one more sync."""
        before = self.application()["status"]["operationState"]["startedAt"]
        self.say("argocd sync")
        found = eventually(self.application, lambda item: finished(item, before), seconds=WAIT)
        assert finished(found, before), json.dumps(found, indent=1)
        return found


def to_be_refreshed(item: Object) -> bool:
    return REFRESH in item["metadata"].get("annotations", {})


def synced(item: Object, version: str) -> bool:
    """Whether the last sync brought this version of the chart, and the cluster is as it says."""
    status = item.get("status", {})
    newest: Object = next(reversed(status.get("history", [])), {})
    done = status.get("operationState", {}).get("phase") == "Succeeded" and "operation" not in item
    brought = newest.get("source", {}).get("targetRevision") == version
    return done and brought and status.get("sync", {}).get("status") == "Synced"


def healthy(item: Object) -> bool:
    return bool(item["status"].get("health", {}).get("status") == "Healthy")


def finished(item: Object, before: str) -> bool:
    state = item["status"]["operationState"]
    return "operation" not in item and state["startedAt"] != before and state["phase"] != "Running"


def results(item: Object) -> dict[str, str]:
    """What the last sync did: object to its hook phase, or "Sync"."""
    found = item["status"]["operationState"]["syncResult"]["resources"]
    return {f"{each['kind']}/{each['name']}": each.get("hookType", "Sync") for each in found}
