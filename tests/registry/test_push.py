"""`chartgen push` and real registries: once, the same again, never another, as `helm push` would."""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from chartgen.oci import folder
from tests.cli.command import Ran, environment, run
from tests.need import need
from tests.registry.publisher import artifact, packed
from tests.registry.servers import Server

HELMS = ("helm3.18", "helm3", "helm4")


class Person:
    """Somebody with a home of their own, who publishes to a registry below a path that nobody else uses."""

    def __init__(self, home: Path, server: Server, below: str) -> None:
        self.home, self.server = home, server
        self.url = f"oci://{server.host}/{below}"
        self.name = f"{below}/shop"
        home.mkdir()

    def push(self, *more: str, stdin: str = "") -> Ran:
        return run(
            "push", self.url, "--plain-http", *more, cwd=self.home, env={"HOME": str(self.home)}, stdin=stdin
        )

    def helm(self, tool: str, *arguments: str, zone: str = "UTC") -> str:
        env = environment({"HOME": str(self.home), "TZ": zone})
        done = subprocess.run(
            [need(tool), *arguments], cwd=self.home, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def person(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Person:
    below = sha256(request.node.name.encode()).hexdigest()[:12]
    return Person(tmp_path / "home", server, f"t{below}")


def test_what_is_absent_is_published_and_what_is_there_is_said(person: Person) -> None:
    packed(person.home)
    where = f"{person.url}/shop:0.1.0@{artifact().digest}"
    assert person.push("shop-0.1.0.tgz") == (0, f"{where} published\n", "")
    assert person.push("shop-0.1.0.tgz") == (0, f"{where} is there already\n", "")
    assert person.server.holds(person.name, "0.1.0") == artifact().digest


def test_another_content_under_the_same_version_is_refused(person: Person) -> None:
    packed(person.home)
    assert person.push("shop-0.1.0.tgz").code == 0
    packed(person.home, word="two")
    ran = person.push("shop-0.1.0.tgz")
    theirs, ours = artifact(), artifact(word="two")
    there, here = (one.layers[0].descriptor.digest for one in (theirs, ours))
    said = f"{person.url}/shop:0.1.0 is taken by another content, {theirs.digest}"
    why = f"the package there is {there}, this one is {here}"
    advice = "a version that was published never changes: raise `version` in app.yaml"
    assert ran == (1, "", f"Error: {said}: {why}\n{advice}\n")
    assert person.server.holds(person.name, "0.1.0") == theirs.digest


def test_a_dry_run_says_what_would_happen_and_publishes_nothing(person: Person) -> None:
    packed(person.home)
    where = f"{person.url}/shop:0.1.0@{artifact().digest}"
    said = f"{where} would be published: 2 blobs and a manifest\n"
    assert person.push("shop-0.1.0.tgz", "--dry-run") == (0, said, "")
    assert person.server.tags(person.name) == []
    assert person.push("shop-0.1.0.tgz").code == 0
    assert person.push("shop-0.1.0.tgz", "--dry-run") == (0, f"{where} is there already\n", "")
    packed(person.home, word="two")
    assert person.push("shop-0.1.0.tgz", "--dry-run").code == 1


def test_a_plus_in_a_version_is_an_underscore_in_its_tag(person: Person) -> None:
    packed(person.home, "0.1.0-rc.1+build.5")
    ran = person.push("shop-0.1.0-rc.1+build.5.tgz")
    assert ran.out.startswith(f"{person.url}/shop:0.1.0-rc.1_build.5@sha256:")
    assert person.server.tags(person.name) == ["0.1.0-rc.1_build.5"]


def test_nothing_is_published_when_one_of_several_is_refused(person: Person) -> None:
    packed(person.home)
    assert person.push("shop-0.1.0.tgz").code == 0
    packed(person.home, word="two")
    packed(person.home, "0.2.0")
    assert person.push("shop-0.2.0.tgz", "shop-0.1.0.tgz").code == 1
    assert person.server.tags(person.name) == ["0.1.0"]


@pytest.mark.parametrize("tool", HELMS)
def test_the_manifest_has_the_bytes_that_helm_push_sends(tool: str, person: Person) -> None:
    """Of the file as `chartgen package` dates it, with Helm in UTC; provenance beside it."""
    file = packed(person.home)
    file.with_name(f"{file.name}.prov").write_text("what signs it\n")
    assert person.push(file.name).code == 0
    ours = person.server.manifest(person.name, "0.1.0")
    assert ours
    os.utime(file, (0, 0))
    said = person.helm(tool, "push", file.name, f"{person.url}/by-helm", "--plain-http")
    assert f"Digest: sha256:{sha256(ours).hexdigest()}" in said
    assert person.server.manifest(f"{folder(person.url).path}/by-helm/shop", "0.1.0") == ours
    kinds = {layer["mediaType"].rpartition(".")[2] for layer in json.loads(ours)["layers"]}
    assert kinds == {"tar+gzip", "prov"}


def test_what_helm_pushed_from_the_same_file_elsewhere_on_earth_is_there_already(person: Person) -> None:
    """Its manifest has another date, and the same content."""
    file = packed(person.home)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    person.helm("helm4", "push", file.name, person.url, "--plain-http", zone="Asia/Kolkata")
    manifest = person.server.manifest(person.name, "0.1.0")
    assert manifest
    assert json.loads(manifest)["annotations"]["org.opencontainers.image.created"].endswith("+05:30")
    there = f"is there already, in the manifest sha256:{sha256(manifest).hexdigest()}\n"
    assert person.push(file.name) == (0, f"{person.url}/shop:0.1.0@{artifact().digest} {there}", "")


@pytest.mark.parametrize("tool", HELMS)
def test_helm_pulls_shows_renders_and_installs_what_was_published(tool: str, person: Person) -> None:
    file = packed(person.home)
    assert person.push(file.name).code == 0
    chart = (f"{person.url}/shop", "--version", "0.1.0", "--plain-http")
    (person.home / "pulled").mkdir()
    person.helm(tool, "pull", *chart, "-d", "pulled")
    assert (person.home / "pulled" / file.name).read_bytes() == file.read_bytes()
    assert "version: 0.1.0" in person.helm(tool, "show", "chart", *chart)
    assert "word: one" in person.helm(tool, "show", "values", *chart)
    assert "data: {word: three}" in person.helm(tool, "template", "r", *chart, "--set", "word=three")
    if tool == "helm4":  # Helm 3 wants a cluster for this
        assert "data: {word: one}" in person.helm(tool, "install", "r", *chart, "--dry-run=client")


def test_crane_names_the_digest_that_was_told(person: Person) -> None:
    packed(person.home)
    told = person.push("shop-0.1.0.tgz").out.split()[0].partition("@")[2]
    asked = f"{person.server.host}/{person.name}:0.1.0"
    done = subprocess.run(
        [need("crane"), "digest", "--insecure", asked], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == told


OWNERS = "owners:\n  - {name: me, email: me@example.com}\n"
_TYPES = ("config.v1+yaml", "repository-metadata.layer.v1.yaml")


def test_what_artifact_hub_asks_for_lies_beside_the_versions_and_may_change(person: Person) -> None:
    packed(person.home)
    for owners, said in (
        (OWNERS, "published"),
        (OWNERS, "is there already"),
        (f"{OWNERS}# anew\n", "published"),
    ):
        (person.home / "artifacthub-repo.yml").write_text(owners)
        ran = person.push("shop-0.1.0.tgz", "--artifacthub-repo", "artifacthub-repo.yml")
        assert ran.code == 0
        assert ran.out.splitlines()[1].startswith(f"{person.url}/shop:artifacthub.io@sha256:")
        assert ran.out.endswith(f" {said}\n")
        assert person.server.tags(person.name) == ["0.1.0", "artifacthub.io"]
        assert person.server.holds(person.name, "artifacthub.io").startswith("sha256:")
        there = json.loads(person.server.manifest(person.name, "artifacthub.io") or b"")
        types = [blob["mediaType"] for blob in (there["config"], *there["layers"])]
        assert types == [f"application/vnd.cncf.artifacthub.{kind}" for kind in _TYPES]
        layer = there["layers"][0]["digest"]
        assert person.server.get(f"/v2/{person.name}/blobs/{layer}") == (200, owners.encode())


def test_what_artifact_hub_would_not_take_is_not_published(person: Person) -> None:
    packed(person.home)
    (person.home / "hub.yml").write_text("repositoryId: x\nowners: [{name: me}]\n")
    ran = person.push("shop-0.1.0.tgz", "--artifacthub-repo", "hub.yml")
    assert ran.code == 1
    assert "nobody reads 'repositoryId'" in ran.err
    assert "did you mean 'repositoryID'?" in ran.err
    assert "owners is no list of people" in ran.err
    assert person.server.tags(person.name) == []
