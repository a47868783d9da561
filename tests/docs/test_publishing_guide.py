"""The guide to publishing: every command in it is run, by somebody new, with a registry for ghcr.io."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from tests.docs import shell
from tests.docs.documents import ROOT, blocks
from tests.need import need
from tests.registry.certificates import authority, signed
from tests.registry.servers import registry

GUIDE = (ROOT / "docs/guides/publishing.md").read_text(encoding="utf-8")
OWNERS = "owners: [{name: me, email: me@example.com}]\n"


def project(folder: Path, env: dict[str, str]) -> None:
    """A new application, generated and tagged."""
    (folder / "token").write_text("secret\n")
    (folder / "artifacthub-repo.yml").write_text(OWNERS)
    for line in ("chartgen init shop --image acme/shop:1.4.0 --port 8080", "chartgen generate"):
        assert shell.run(line, folder, env).returncode == 0
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "release"), ("tag", "v0.1.0")):
        subprocess.run([need("git"), "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_every_command_does_what_the_guide_says(tmp_path: Path) -> None:
    helm = need("helm4")
    ca = authority(tmp_path / "keys", "ca")
    signed(tmp_path / "keys", "ca", "server")
    tls = {"certificate": str(tmp_path / "keys/server.crt"), "key": str(tmp_path / "keys/server.key")}
    home = tmp_path / "home"
    home.mkdir()
    env = {**shell.environment(tmp_path / "tools"), "HOME": str(home), "CHARTGEN_CA_FILE": str(ca)}
    project(home, env)
    said = []
    with registry("distribution 3", tmp_path / "r", {"http": {"tls": tls}}) as server:
        for line in [line for block in blocks(GUIDE) if block.language == "sh" for line in block.commands]:
            here = line.replace("ghcr.io", server.host)
            if line.startswith("helm "):
                here = f"{shlex.quote(helm)} {here.removeprefix('helm ')} --ca-file {shlex.quote(str(ca))}"
            done = shell.run(here, home, env)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            said.append((line, done.stdout.replace(server.host, "ghcr.io")))
        assert server.port
    words = [
        re.sub(r"sha256:\S+", "sha256:...", out.splitlines()[0]) for line, out in said if " push " in line
    ]
    pushed = "oci://ghcr.io/acme/charts/shop:0.1.0@sha256:..."
    assert words == [
        f"{pushed} would be published: 2 blobs and a manifest",
        f"{pushed} published",
        *[f"{pushed} is there already"] * 3,
    ]
    (verified,) = [out for line, out in said if "verify-release" in line]
    assert re.findall(r"^  (\w+)", verified, re.MULTILINE) == ["digest", "manifest", "signature", "source"]
    assert verified.endswith("  source    v0.1.0:charts/shop, byte by byte\n")
    assert (home / "received/shop-0.1.0.tgz").read_bytes() == (home / "dist/shop-0.1.0.tgz").read_bytes()
    assert "https://acme.example.com/charts/shop-0.1.0.tgz" in (home / "dist/index.yaml").read_text()
