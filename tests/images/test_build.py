"""From a checkout to images in a registry, by a real buildah; the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chartgen import documents
from tests.images.conftest import COPIES, ROOT, Build, checkout, git
from tests.registry.servers import Server

INDEX = "application/vnd.oci.image.index.v1+json"


def to(server: Server, path: str) -> tuple[str, ...]:
    return ("--registry", f"{server.host}/{path}", "--plain-http", "--push")


def fetched(server: Server, name: str, reference: str) -> tuple[str, dict[str, Any]]:
    """The digest of a manifest as the registry has it, and what it says."""
    seen = Server(server.port, server.log, {"Accept": f"{INDEX}, application/vnd.oci.image.manifest.v1+json"})
    status, body = seen.get(f"/v2/{name}/manifests/{reference}")
    assert status == 200
    return f"sha256:{sha256(body).hexdigest()}", json.loads(body)


def configured(server: Server, name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(server.get(f"/v2/{name}/blobs/{manifest['config']['digest']}")[1])
    return found


def test_both_images_are_built_pushed_and_told_with_their_digests(
    build: Build, server: Server, tmp_path: Path
) -> None:
    source = checkout(tmp_path / "source")
    ran = build("--source", str(source), *to(server, "first"))
    assert ran.code == 0, ran.err
    told = re.findall(r"^(\w+): (\S+)@(sha256:[0-9a-f]{64})$", ran.out, re.MULTILINE)
    repository = "first/ushadow-io/ushadow"
    assert [(name, image) for name, image, _ in told] == [
        (name, f"{server.host}/{repository}/{name}:v1.0.0") for name in ("backend", "frontend")
    ]
    for name, _, digest in told:
        there, manifest = fetched(server, f"{repository}/{name}", "v1.0.0")
        assert there == digest
        config = configured(server, f"{repository}/{name}", manifest)
        assert config["created"] == "2026-02-03T04:05:06Z"
        labels = config["config"]["Labels"]
        assert labels["org.opencontainers.image.version"] == "v1.0.0"
        assert labels["org.opencontainers.image.revision"] == git(source, "rev-parse", "HEAD")
        assert labels["org.opencontainers.image.created"] == "2026-02-03T04:05:06Z"
        assert labels["org.opencontainers.image.source"] == "https://github.com/ushadow-io/ushadow"
        assert labels["org.opencontainers.image.title"] == f"ushadow-{name}"


def test_the_same_commit_has_the_same_digest_wherever_it_is_built(
    build: Build, server: Server, tmp_path: Path
) -> None:
    """Another folder, other times of files, another storage, another umask."""
    seen = set()
    for store in ("one", "two"):
        source = checkout(tmp_path / store)
        for path in source.rglob("*"):
            os.utime(path, (1e9 if store == "one" else 1.5e9,) * 2)
        before = os.umask(0o022 if store == "one" else 0o027)
        try:
            ran = build("backend", "--source", str(source), *to(server, f"again-{store}"), store=store)
        finally:
            os.umask(before)
        assert ran.code == 0, ran.err
        seen.add(ran.out.strip().rpartition("@")[2])
    assert len(seen) == 1
    other = tmp_path / "two"
    (other / "ushadow/backend/hello").write_text("something else\n")
    ran = build("backend", "--source", str(other), *to(server, "again-two"), store="two")
    assert ":v1.0.0-dirty@" in ran.out
    assert ran.out.strip().rpartition("@")[2] not in seen


def test_several_platforms_are_one_list_also_the_second_time(
    build: Build, server: Server, tmp_path: Path
) -> None:
    source = checkout(tmp_path / "source", COPIES)
    platforms = ("--platform", "linux/amd64,linux/arm64")
    for _ in range(2):
        ran = build(
            "backend",
            "--source",
            str(source),
            *platforms,
            "--tag",
            "v1",
            "--tag",
            "v1.0",
            *to(server, "list"),
        )
        assert ran.code == 0, ran.err
        digest = ran.out.strip().rpartition("@")[2]
        for tag in ("v1", "v1.0"):
            there, index = fetched(server, "list/ushadow-io/ushadow/backend", tag)
            assert there == digest
            found = [(one["platform"]["os"], one["platform"]["architecture"]) for one in index["manifests"]]
            assert sorted(found) == [("linux", "amd64"), ("linux", "arm64")]


def test_digests_are_written_into_an_overlay_and_the_rest_of_it_stays(
    build: Build, server: Server, tmp_path: Path
) -> None:
    before = (ROOT / "values/production.yaml").read_text()
    overlay = tmp_path / "production.yaml"
    overlay.write_text(before)
    ran = build("--source", str(checkout(tmp_path / "source")), *to(server, "kept"), "--write", str(overlay))
    assert ran.code == 0, ran.err
    after = overlay.read_text()
    digests = dict(re.findall(r"^(\w+): \S+@(\S+)$", ran.out, re.MULTILINE))
    data = documents.load(after, "overlay").data
    for name in ("backend", "frontend"):
        assert data[name]["image"] == {"tag": "v1.0.0", "digest": digests[name]}
    added = [line for line in after.splitlines() if "digest: sha256:" in line]
    assert [line for line in after.splitlines() if line not in added] == before.splitlines()
    again = build("--source", str(tmp_path / "source"), *to(server, "kept"), "--write", str(overlay))
    assert (again.code, overlay.read_text()) == (0, after)


def test_a_recipe_that_fails_is_told_in_the_builders_words(build: Build, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source", "FROM localhost/base:1\nRUN echo it broke >&2; exit 7\n")
    ran = build("backend", "--source", str(source))
    assert ran.code == 1
    assert ran.err.startswith("Error: backend does not build: `")
    assert "  it broke" in ran.err


def test_a_registry_that_is_not_there_is_told(build: Build, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    ran = build("backend", "--source", str(source), "--registry", "localhost:1", "--plain-http", "--push")
    assert ran.code == 3
    assert ran.err.startswith("Error: backend cannot be pushed: `")
    assert "connection refused" in ran.err


def test_a_checkout_without_the_recipe_is_told_before_anything_is_built(build: Build, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    (source / "ushadow/frontend/Dockerfile").unlink()
    ran = build("--source", str(source))
    assert ran.code == 1
    assert f"{source}/ushadow/frontend/Dockerfile is not there" in ran.err


# Keeps its words and the archive that it is given: a stand-in, which loads nothing into anything.
KEEPS = """#!/bin/sh
echo "$0 $@" > {folder}/words
for word in "$@"; do case $word in *.tar) cp "$word" {folder}/given.tar;; esac; done
"""
LOADS = {
    "kind:lab": "kind load image-archive FILE --name lab",
    "minikube": "minikube image load FILE --profile minikube",
    "k3d:lab": "k3d image import FILE --cluster lab",
    "containerd": "ctr --namespace k8s.io images import FILE",
    "containerd:/run/x.sock": "ctr --address /run/x.sock --namespace k8s.io images import FILE",
}


@pytest.mark.parametrize("cluster", LOADS)
def test_what_is_loaded_is_the_image_that_was_built(cluster: str, build: Build, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    program = LOADS[cluster].split()[0]
    (programs / program).write_text(KEEPS.format(folder=tmp_path))
    (programs / program).chmod(0o755)
    dev = ("--source", str(checkout(tmp_path / "source")), "--overlay", "values/dev.yaml", "--tag", "dev")
    ran = build("backend", *dev, "--load", cluster, PATH=f"{programs}:{os.environ['PATH']}")
    assert (ran.code, ran.out) == (0, "backend: docker.io/ushadow/backend:dev\n"), ran.err
    words = (tmp_path / "words").read_text().removeprefix(f"{programs}/").split()
    assert [("FILE" if word.endswith(".tar") else word) for word in words] == LOADS[cluster].split()
    with tarfile.open(tmp_path / "given.tar") as archive:
        member = archive.extractfile("manifest.json")
        assert member is not None
        (told,) = json.load(member)
    assert told["RepoTags"] == ["docker.io/ushadow/backend:dev"]


def test_a_cluster_whose_program_is_not_here_is_told(build: Build, tmp_path: Path) -> None:
    ran = build("backend", "--source", str(checkout(tmp_path / "source")), "--load", "k3d")
    assert ran.code == 3
    assert ran.err.startswith("Error: k3d is not here, to load ghcr.io/ushadow-io/ushadow/backend:v1.0.0")
