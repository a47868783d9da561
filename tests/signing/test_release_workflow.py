"""The release of ci/github/release.yml, step by step as GitHub runs its scripts, against a real registry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command import environment
from tests.docs import shell
from tests.docs.documents import ROOT
from tests.need import need
from tests.signing.conftest import PASSPHRASE, Ring
from tests.signing.test_guide import git
from tests.unit.test_workflows import steps

RELEASE = ROOT / "ci/github/release.yml"
# Done by GitHub, or on its machines alone.
NOT_HERE = ("Install chartgen", "Log in to the registry")


class Runner:
    """A machine that runs the scripts of the release, for a project whose version is tagged."""

    def __init__(self, folder: Path, ring: Ring, host: str) -> None:
        self.tools, self.home, self.project = (folder / name for name in ("tools", "home", "project"))
        for path in (self.tools, self.home / "tmp", self.project):
            path.mkdir(parents=True)
        shell.shim(self.tools)
        (self.tools / "cosign").symlink_to(need("cosign"))
        for name in ("apps/ushadow", "charts/ushadow", "values"):
            shutil.copytree(ROOT / name, self.project / name)
        shutil.copyfile(ROOT / "chartgen.yaml", self.project / "chartgen.yaml")
        self.env = {
            **environment(),
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(self.home),
            "RUNNER_TEMP": str(self.home / "tmp"),
            "GITHUB_REF_NAME": "v0.1.0",
            "REGISTRY": f"oci://{host}/released",
            "CHARTGEN_PLAIN_HTTP": "1",
            "COSIGN_PASSWORD": PASSPHRASE,
        }
        shell.run("cosign generate-key-pair", self.project, self.env)
        shutil.copyfile(ring.rsa, self.project / "public.gpg")
        private = self.project / "cosign.key"
        self.secrets = {
            "COSIGN_PRIVATE_KEY": private.read_text(),
            "COSIGN_PASSWORD": PASSPHRASE,
            "PGP_PRIVATE_KEY": ring.gpg("--armor", "--export-secret-keys", "rsa3072@example.com").decode(),
            "PGP_PASSPHRASE": PASSPHRASE,
        }
        private.unlink()
        git(self.project)

    def release(self) -> list[str]:
        """What each script prints; a script that fails fails the test."""
        said = []
        for step in steps(RELEASE):
            if "run" not in step or step["name"] in NOT_HERE:
                continue
            own = {name: self.secrets[name] for name in step.get("env", ())}
            script = self.home / "script"
            script.write_text(step["run"])
            line = f"bash --noprofile --norc -eo pipefail {script}"
            done = shell.run(line, self.project, {**self.env, **own})
            assert done.returncode == 0, f"{step['name']}\n{done.stdout}{done.stderr}"
            assert not [secret for secret in self.secrets.values() if secret in done.stdout + done.stderr]
            said.append(done.stdout)
        return said


@pytest.fixture
def runner(tmp_path: Path, ring: Ring, host: str) -> Runner:
    for tool in ("helm_python", "cyclonedx", "bash"):
        need(tool)
    return Runner(tmp_path, ring, host)


def test_a_release_is_made_and_made_again_without_harm(runner: Runner) -> None:
    check, package, publish = runner.release()
    assert check.startswith("up to date\nushadow: ")
    assert package.endswith("dist/ushadow-0.1.0.tgz\n")
    reference = publish.split()[0]
    assert reference.startswith(f"{runner.env['REGISTRY']}/ushadow:0.1.0@sha256:")
    assert f"oci://{reference.split('//')[1].replace(':0.1.0@', '@')} signed\n" in publish
    assert "  source    v0.1.0:charts/ushadow, byte by byte\n" in publish
    assert "  signature by rsa3072 <rsa3072@example.com>, " in publish
    assert publish.endswith("  cosign    signed with the private key of cosign.pub\n")
    assert list((runner.home / "tmp").iterdir()) == [runner.home / "tmp/published"]
    shutil.rmtree(runner.project / "dist")  # as on the next machine
    again = runner.release()
    assert again[:2] == [check, package]
    assert again[2].split()[0] == reference
    assert "was signed with this key already\n" in again[2]


def test_a_tag_of_another_version_publishes_nothing(runner: Runner) -> None:
    runner.env["GITHUB_REF_NAME"] = "v0.2.0"
    with pytest.raises(AssertionError, match=r"Package\n"):
        runner.release()
