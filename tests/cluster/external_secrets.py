"""The External Secrets Operator, beside the cluster: it looks after one namespace until its block ends.

Its store there is of the provider `fake`, which keeps its secrets in the object SecretStore. Everything else
of it is what runs in real clusters.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.kubernetes import Namespace, eventually

DEFINITIONS = (
    "clustersecretstores.external-secrets.io",
    "externalsecrets.external-secrets.io",
    "generatorstates.generators.external-secrets.io",  # or it ends after two minutes of waiting for them
    "secretstores.external-secrets.io",
)
STORE = "vault"
# What it does besides, and the chart has no part in.
OFF = (
    "cluster-external-secret-reconciler",
    "cluster-push-secret-reconciler",
    "cluster-store-reconciler",
    "generator-state",
    "leader-election",
    "push-secret-reconciler",
)


@contextmanager
def operator(program: Path, namespace: Namespace, log: Path) -> Iterator[None]:
    """The operator at work; its resource definitions stay, if the cluster had them already."""
    flags = [f"--namespace={namespace.name}", "--metrics-addr=0", *(f"--enable-{name}=false" for name in OFF)]
    with (
        definitions(namespace, program.parent / "manifests"),
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(
            [str(program), *flags],
            env={**os.environ, "KUBECONFIG": namespace.kubeconfig},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield
            assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        finally:
            process.kill()


@contextmanager
def definitions(cluster: Namespace, manifests: Path) -> Iterator[None]:
    new = [name for name in DEFINITIONS if not cluster.get("customresourcedefinition", name)]
    for name in DEFINITIONS:
        kind, _, group = name.partition(".")
        path = manifests / f"{group}_{kind}.yaml"
        cluster.ask("apply", "--server-side", "--force-conflicts", f"--filename={path}").checked()
    names = [f"customresourcedefinition/{name}" for name in DEFINITIONS]
    try:
        # One that was made this moment has no conditions yet, and kubectl calls that an error.
        ask = ("wait", *names, "--for=condition=Established", "--timeout=60s")
        eventually(lambda: cluster.ask(*ask), lambda done: done.code == 0).checked()
        yield
    finally:
        if new:
            cluster.ask("delete", "customresourcedefinition", *new, "--ignore-not-found", "--timeout=60s")


def keep_in_store(namespace: Namespace, name: str, values: Mapping[str, str]) -> None:
    """A store of the namespace that has `values` under `name`, once the operator has found it valid."""
    data = [{"key": name, "value": json.dumps(values)}]
    store = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": {"name": STORE},
        "spec": {"provider": {"fake": {"data": data}}},
    }
    namespace.apply(json.dumps(store))

    def valid() -> bool:
        told = namespace.get("secretstore", STORE).get("status", {}).get("conditions", [])
        return ("Ready", "True") in [(each["type"], each["status"]) for each in told]

    assert eventually(valid, bool), "the operator did not take the store"
