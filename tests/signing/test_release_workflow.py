"""The release of ci/github/release.yml, step by step as GitHub runs its scripts, against a real registry."""

from __future__ import annotations

import re
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
            "CHARTGEN_TIME_BUDGET": "5",  # tests/verify searches to the end
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
    tag, release, look = runner.release()
    assert tag.endswith("packed/ushadow-0.1.0.tgz\n")
    reference = f"{runner.env['REGISTRY']}/ushadow:0.1.0"
    assert f"registry  ushadow: {reference} is free\n" in release
    assert re.search(
        rf"^push      ushadow: {reference}@sha256:[0-9a-f]{{64}} published$", release, re.MULTILINE
    )
    assert "sign      ushadow: signed with env://COSIGN_PRIVATE_KEY\n" in release
    assert "tag       ushadow: v0.1.0 is there already\n" in release
    assert look.startswith(f"{reference}@sha256:")
    assert "  source    v0.1.0:charts/ushadow, byte by byte\n" in look
    assert "  signature by rsa3072 <rsa3072@example.com>, " in look
    assert look.endswith("  cosign    signed with the private key of cosign.pub\n")
    assert "secret.asc" not in [path.name for path in (runner.home / "tmp").iterdir()]
    shutil.rmtree(runner.project / "dist")  # as on the next machine
    again = runner.release()
    assert (again[0], again[2]) == (tag, look)
    assert again[1].endswith("nothing was left to do\n")


def test_a_tag_of_another_version_publishes_nothing(runner: Runner) -> None:
    runner.env["GITHUB_REF_NAME"] = "v0.2.0"
    with pytest.raises(AssertionError, match=r"Check the tag\n"):
        runner.release()
