"""Resource definitions that a suite brings to a cluster, and takes away again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.cluster.kubernetes import Namespace, Object, eventually

LABEL, OURS = "chartgen.test/made-by", "gitops-suite"
KIND = "customresourcedefinitions"


def documents(files: Sequence[Path]) -> list[Object]:
    """Every object in files of YAML."""
    texts = [file.read_text(encoding="utf-8") for file in files]
    return [each for text in texts for each in yaml.safe_load_all(text) if each]


def foreign(cluster: Namespace, names: Sequence[str]) -> list[str]:
    """Those that are there already, and are not left over from an earlier run of ours."""
    found = [cluster.get(KIND, name) for name in names]
    there = [each["metadata"] for each in found if each]
    return [each["name"] for each in there if each.get("labels", {}).get(LABEL) != OURS]


def unestablished(cluster: Namespace, names: Sequence[str]) -> list[str]:
    """Those that the API server does not serve yet. `kubectl wait` fails while there is no condition."""

    def served_now(name: str) -> bool:
        conditions = cluster.get(KIND, name).get("status", {}).get("conditions") or ()
        return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)

    return [name for name in names if not served_now(name)]


def release(cluster: Namespace, definition: Object) -> None:
    """Objects that a controller left behind, when it was killed say, wait for it no longer."""
    plural = f"{definition['names']['plural']}.{definition['group']}"
    found = cluster.ask("get", plural, "--all-namespaces", "--output=json")
    for each in json.loads(found.output)["items"] if found.code == 0 else ():
        metadata = each["metadata"]
        where = ("--namespace", metadata["namespace"], plural, metadata["name"])
        cluster.ask("patch", *where, "--type=merge", '--patch={"metadata": {"finalizers": null}}')


@contextmanager
def served(cluster: Namespace, objects: Sequence[Object]) -> Iterator[None]:
    """The definitions among `objects`, established. They go at the end, and all objects of them."""
    wanted = [each for each in objects if each["kind"] == "CustomResourceDefinition"]
    names = [each["metadata"]["name"] for each in wanted]
    if others := foreign(cluster, names):
        pytest.fail(
            f"this cluster has {', '.join(others)} already: a controller of its own would work against ours. "
            "Take a cluster without it, or leave KUBECONFIG unset",
            pytrace=False,
        )
    for each in wanted:
        each["metadata"].setdefault("labels", {})[LABEL] = OURS
    text = "\n---\n".join(json.dumps(each) for each in wanted)
    try:
        cluster.ask("apply", "--server-side", "--filename=-", stdin=text).checked()
        missing = eventually(lambda: unestablished(cluster, names), lambda left: not left)
        assert missing == []
        yield
    finally:
        for each in wanted:
            release(cluster, each["spec"])
        cluster.ask("delete", KIND, *names, "--ignore-not-found", "--timeout=60s")
