"""From source to a pod: an image that buildah built here, loaded into the nodes, runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import eventually
from tests.images.conftest import Build, base, build, chartgen, checkout, git
from tests.need import need

__all__ = ["base", "build", "chartgen"]


@pytest.fixture
def nodes() -> list[str]:
    """The sockets of their containerds; asked before the environment is made clean for the command."""
    return need("nodes").split(":")


def test_an_image_built_from_source_runs_in_a_pod(
    nodes: list[str], namespace: MakeNamespace, build: Build, tmp_path: Path
) -> None:
    """Under the name and the pull policy of values/dev.yaml: what is not loaded could not start."""
    source = checkout(tmp_path / "source")
    here = namespace()
    tag = f"{git(source, 'rev-parse', 'HEAD')[:12]}-{here.name}"
    loads = [word for socket in nodes for word in ("--load", f"containerd:{socket}")]
    ran = build("backend", "--source", str(source), "--overlay", "values/dev.yaml", "--tag", tag, *loads)
    assert ran.code == 0, ran.err
    image, script = f"ushadow/backend:{tag}", ["sh", "-c", "cat /hello /flavour"]
    container = {"name": "it", "image": image, "imagePullPolicy": "Never", "command": script}
    spec = {"restartPolicy": "Never", "containers": [container]}
    here.apply(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "built"}, "spec": spec}))

    def status() -> dict[str, Any]:
        return dict(here.get("pod", "built").get("status", {}))

    ended = eventually(status, lambda now: now.get("phase") == "Succeeded")
    assert ended.get("phase") == "Succeeded", ended
    assert here.ask("logs", "built").checked().output == "hello from backend\nbuilt plain\n"
    (ran_there,) = ended["containerStatuses"]
    assert ran_there["image"] == f"docker.io/{image}"
