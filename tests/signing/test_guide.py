"""The guide on signing: every line of it runs, in its order, against a real registry."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.cli.command import environment
from tests.docs import shell
from tests.docs.documents import ROOT, blocks
from tests.need import need

GUIDE = (ROOT / "docs/guides/signing.md").read_text(encoding="utf-8")
# What only this registry needs: it has no TLS.
PLAIN = {
    "chartgen push": "--plain-http",
    "chartgen sign": "--plain-http",
    "chartgen verify-release": "--plain-http",
    "cosign verify": "--allow-http-registry",
    "helm pull": "--plain-http",
}


def git(project: Path) -> None:
    """The project as somebody has tagged it."""
    program = need("git")
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first"), ("tag", "v0.1.0")):
        subprocess.run([program, "-C", str(project), *who, *command], check=True, capture_output=True)


def test_who_follows_the_guide_signs_and_verifies(host: str, tmp_path: Path) -> None:
    helm, cosign = need("helm4"), need("cosign")
    need("helm_python")
    need("cyclonedx")
    tools, home, project = (tmp_path / name for name in ("tools", "home", "project"))
    for folder in (tools, home / "gnupg", project):
        folder.mkdir(parents=True, mode=0o700)
    shell.shim(tools)
    for name, program in (("helm", helm), ("cosign", cosign)):
        (tools / name).symlink_to(program)
    for name in ("charts/ushadow", "values"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copyfile(ROOT / "chartgen.yaml", project / "chartgen.yaml")
    # Nobody is there to be asked for a passphrase.
    (home / "gnupg/passphrase").write_text("secret\n")
    options = f"batch\npinentry-mode loopback\npassphrase-file {home}/gnupg/passphrase\n"
    (home / "gnupg/gpg.conf").write_text(options)
    env = {
        **environment(),
        "PATH": f"{tools}:/usr/bin:/bin",
        "HOME": str(home),
        "GNUPGHOME": str(home / "gnupg"),
        "COSIGN_PASSWORD": "secret",
    }
    lines = [line for block in blocks(GUIDE) if block.language == "sh" for line in block.commands]
    assert len(lines) == 12
    said = ""
    git(project)
    try:
        for line in lines:
            line = line.replace("ghcr.io/acme", host)
            more = next((flag for start, flag in PLAIN.items() if line.startswith(start)), "")
            done = shell.run(f"{line} {more}", project, env)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            said = done.stdout
            if line.startswith("chartgen push "):
                (env["DIGEST"],) = set(re.findall(r"@(sha256:[0-9a-f]{64})", said))
    finally:
        shell.run("gpgconf --kill all", project, env)
    assert re.search(
        r"^  signature by Acme releases <releases@example.com>, [0-9A-F]{40}$", said, re.MULTILINE
    )
    assert "  source    v0.1.0:charts/ushadow, byte by byte\n" in said
    assert said.endswith("  cosign    signed with the private key of cosign.pub\n")
    assert sorted(path.name for path in (project / "dist").iterdir()) == [
        "ushadow-0.1.0.json",
        "ushadow-0.1.0.tgz",
        "ushadow-0.1.0.tgz.prov",
    ]
