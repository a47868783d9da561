"""`chartgen verify-release`: what was published against the tag of the release in git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from chartgen import oci
from chartgen.oci.manifest import CONFIG, Blob, assembled
from chartgen.package import archive
from chartgen.signing import Keys, sign
from tests.cli.command import Ran, environment, run
from tests.need import need
from tests.registry.publisher import NAME, Publisher, artifact, chart, packed
from tests.registry.servers import Server

PROJECT = "apiVersion: chartgen/v1\ncharts:\n  shop: {app: apps/shop, chart: charts/shop}\n"


class Release:
    """A project in git with a chart that was tagged, and somebody who has a clone of it."""

    def __init__(self, root: Path, server: Server, version: str) -> None:
        self.root, self.server, self.version = root, server, version
        self.reference = f"oci://{server.host}/{NAME}:{version}"
        root.mkdir()
        (root / "chartgen.yaml").write_text(PROJECT)
        self.write("one")
        self.git("init", "-q")
        self.commit("first")
        self.git("tag", f"v{version}")

    def write(self, word: str) -> None:
        for file in (*chart(self.version, word).files,):
            path = self.root / "charts/shop" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        (self.root / "charts/shop/.helmignore").write_text("notes.txt\n.helmignore\n")
        (self.root / "charts/shop/notes.txt").write_text("not part of it\n")
        (self.root / ".gitattributes").write_text("*.yaml text eol=crlf\n")

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
        subprocess.run([need("git"), "-C", str(self.root), *who, *arguments], check=True, capture_output=True)

    def commit(self, text: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", text)

    def publish(self, ours: oci.Artifact | None = None) -> None:
        assert (
            Publisher(self.server.host).publish(self.version, ours or artifact(self.version)) == "published"
        )

    def verify(self, *more: str, cwd: Path | None = None) -> Ran:
        home = {"HOME": str(self.root)}
        return run("verify-release", self.reference, "--plain-http", *more, cwd=cwd or self.root, env=home)

    def table(self, *said: str) -> str:
        names = ("digest", "manifest", "signature", "source")
        return "".join(f"  {name:<9} {each}\n" for name, each in zip(names, said, strict=True))


@pytest.fixture
def release(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Release:
    return Release(
        tmp_path / "project", server, f"0.{sum(request.node.name.encode())}.{len(request.node.name)}"
    )


def package(version: str, word: str = "one") -> str:
    (found,) = (blob.descriptor.digest for blob in artifact(version, word).layers)
    return found


def test_a_release_that_is_what_it_should_be(release: Release) -> None:
    release.publish()
    release.write("later")
    release.commit("what came after does not count")
    where = f"{release.reference}@{artifact(release.version).digest}\n"
    source = f"v{release.version}:charts/shop, byte by byte"
    said = release.table(
        f"right; package {package(release.version)}", "what the package says", "none", source
    )
    assert release.verify() == (0, where + said, "")
    announced = release.verify("--digest", artifact(release.version).digest)
    assert announced == (0, (where + said).replace("right;", "as announced;"), "")


def test_another_content_than_at_the_tag_is_told_file_by_file(release: Release) -> None:
    release.publish(artifact(release.version, "two"))
    ran = release.verify()
    assert ran.code == 1
    assert "  source    wrong\n" in ran.out
    assert f"does not hold v{release.version}:charts/shop: Chart.yaml, values.yaml\n" in ran.err


def test_another_digest_than_announced_is_told(release: Release) -> None:
    release.publish()
    ran = release.verify("--digest", f"sha256:{'0' * 64}")
    assert (ran.code, "  digest    wrong\n" in ran.out) == (1, True)
    assert f"has the digest {artifact(release.version).digest}, announced was sha256:000" in ran.err


def test_what_a_registry_says_and_the_package_does_not_is_told(release: Release) -> None:
    """Somebody published the right package beside other metadata."""
    ours = artifact(release.version)
    config = json.loads(ours.config.data)
    notes = {
        **json.loads(ours.manifest)["annotations"],
        "org.opencontainers.image.url": "https://example.com",
    }
    forged = Blob(CONFIG, json.dumps({**config, "description": "another"}).encode())
    release.publish(assembled(forged, list(ours.layers), notes))
    ran = release.verify()
    assert (ran.code, "  manifest  wrong\n" in ran.out) == (1, True)
    assert "the registry says of the package what is not in it: org.opencontainers.image.url\n" in ran.err


def test_what_helm_published_is_right_under_another_date(release: Release) -> None:
    """Helm pushed the package on another day; and Helm packed it, so that its bytes are others."""
    home = release.root
    env = environment({"HOME": str(home), "TZ": "Asia/Kolkata"})
    helm = need("helm4")
    subprocess.run([helm, "package", "charts/shop"], cwd=home, env=env, check=True, capture_output=True)
    file = home / f"shop-{release.version}.tgz"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    target = (file.name, f"oci://{release.server.host}/charts", "--plain-http")
    subprocess.run([helm, "push", *target], cwd=home, env=env, check=True, capture_output=True)
    ran = release.verify()
    assert (ran.code, ran.err) == (0, "")
    assert "  manifest  what the package says, under another date\n" in ran.out
    assert ran.out.endswith(":charts/shop, file by file, packed by another program\n")


def test_a_signature_is_by_one_of_the_keys_that_are_given(release: Release, tmp_path: Path) -> None:
    gpg, home = need("gpg"), tmp_path / "gpg"
    home.mkdir(mode=0o700)
    ring = (gpg, "--homedir", str(home), "--batch", "--quiet", "--passphrase", "")
    for name in ("Publisher <p@example.com>", "Stranger <s@example.com>"):
        made = [*ring, "--quick-generate-key", name, "ed25519", "sign", "never"]
        subprocess.run(made, check=True, capture_output=True)
        exported = subprocess.run([*ring, "--export", name], check=True, capture_output=True)
        (tmp_path / f"{name[:2]}.gpg").write_bytes(exported.stdout)
    secret = subprocess.run([*ring, "--export-secret-keys", "p@example.com"], check=True, capture_output=True)
    made_of = chart(release.version)
    packed = archive(made_of)
    keys = Keys(secret.stdout, "p@example.com", b"")
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    release.publish(oci.artifact(made_of, packed, sign(made_of, packed, keys)))
    ran = release.verify("--keyring", str(tmp_path / "Pu.gpg"))
    assert (ran.code, ran.err) == (0, "")
    assert "  signature by Publisher <p@example.com>, " in ran.out
    ran = release.verify("--keyring", str(tmp_path / "St.gpg"))
    assert (ran.code, "  signature wrong\n" in ran.out) == (1, True)


def test_what_is_not_signed_is_wrong_for_who_gives_keys(release: Release, tmp_path: Path) -> None:
    release.publish()
    (tmp_path / "keys").write_bytes(b"")
    ran = release.verify("--keyring", str(tmp_path / "keys"))
    assert (ran.code, f"{release.reference} is not signed\n" in ran.err) == (1, True)


def test_without_a_project_the_source_is_not_compared(release: Release, tmp_path: Path) -> None:
    release.publish()
    ran = release.verify(cwd=tmp_path)
    assert (ran.code, "  source    not compared: no project here\n" in ran.out) == (0, True)


def test_a_revision_that_git_does_not_have_is_not_known(release: Release) -> None:
    release.publish()
    ran = release.verify("--revision", "v99")
    assert (ran.code, "  source    not known\n" in ran.out) == (3, True)
    release.git("tag", "-d", f"v{release.version}")
    ran = release.verify()
    assert (ran.code, f"git has no tag v{release.version} or shop-{release.version}\n" in ran.err) == (
        3,
        True,
    )
    assert release.verify("--revision", "HEAD").code == 0
    assert release.verify("--revision", "--output=x").code == 3


def test_a_link_in_the_chart_at_the_tag_is_refused(release: Release) -> None:
    release.publish()
    (release.root / "charts/shop/values.yaml").unlink()
    (release.root / "charts/shop/values.yaml").symlink_to("/etc/passwd")
    release.commit("a link")
    ran = release.verify("--revision", "HEAD")
    assert (ran.code, "HEAD:charts/shop/values.yaml is no plain file" in ran.err) == (1, True)


def test_files_that_are_no_text_are_compared_byte_by_byte(release: Release) -> None:
    (release.root / "charts/shop/logo.png").write_bytes(bytes(range(256)))
    release.commit("a picture")
    from chartgen.disk import read_chart

    found = read_chart(release.root / "charts/shop")
    release.publish(oci.artifact(found, archive(found)))
    assert release.verify("--revision", "HEAD").code == 0
    shutil.rmtree(release.root / "charts")
    assert release.verify("--revision", "HEAD").code == 0


def test_packed_is_what_the_helper_packs(tmp_path: Path) -> None:
    assert packed(tmp_path).read_bytes() == archive(chart())
