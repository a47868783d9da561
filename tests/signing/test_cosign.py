"""A chart in a real registry is signed by the real cosign, offline, and only its own key says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from chartgen import package
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ToolError
from chartgen.signing import Cosign, SignatureError
from tests.cli.command import Ran, run
from tests.need import need
from tests.signing.conftest import pushed

PASSWORD = "open sesame"
FIELDS = "apiVersion: v2\nname: shop\nversion: {}\ndescription: A shop\n"


@dataclass(frozen=True)
class Shelf:
    """A registry with charts in it, and two pairs of keys: `own` and `other`."""

    host: str
    folder: Path
    cosign: str
    digests: dict[str, str]

    @property
    def tool(self) -> Cosign:
        return Cosign(self.cosign, plain_http=True)

    def key(self, name: str, kind: str = "pub") -> str:
        return str(self.folder / name / f"cosign.{kind}")

    def at(self, version: str) -> str:
        return f"{self.host}/charts/shop@{self.digests[version]}"

    def sign(self, version: str, key: str = "own", password: str = PASSWORD) -> Ran:
        env = {"COSIGN_PASSWORD": password, "CHARTGEN_COSIGN": self.cosign, "HOME": str(self.folder)}
        flags = ("--key", self.key(key, "key"), "--plain-http")
        return run("sign", f"oci://{self.at(version)}", *flags, cwd=self.folder, env=env)


@pytest.fixture(scope="module")
def shelf(host: str, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    cosign, helm = need("cosign"), need("helm4")
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("own", "other"):
        (folder / name).mkdir()
        env = {**os.environ, "COSIGN_PASSWORD": PASSWORD}
        make = [cosign, "generate-key-pair"]
        subprocess.run(make, cwd=folder / name, env=env, check=True, capture_output=True)
    digests = {}
    for version in ("1.0.0", "2.0.0", "3.0.0"):
        chart = Chart.of([ChartFile("Chart.yaml", FIELDS.format(version).encode())])
        file = folder / package.file_name(chart)
        file.write_bytes(package.archive(chart))
        digests[version] = pushed(helm, host, file)
    return Shelf(host, folder, cosign, digests)


def test_what_is_signed_is_verified_by_its_tag_and_by_its_digest(shelf: Shelf) -> None:
    assert shelf.sign("1.0.0") == (0, f"oci://{shelf.at('1.0.0')} signed\n", "")
    for reference in (shelf.at("1.0.0"), f"{shelf.host}/charts/shop:1.0.0"):
        assert shelf.tool.verify(reference, shelf.key("own")) == shelf.digests["1.0.0"]


def test_cosign_itself_verifies_it(shelf: Shelf) -> None:
    shelf.sign("1.0.0")
    command = [shelf.cosign, "verify", "--key", shelf.key("own"), "--insecure-ignore-tlog=true"]
    subprocess.run([*command, "--allow-http-registry", shelf.at("1.0.0")], check=True, capture_output=True)


def test_to_sign_again_changes_nothing_and_another_key_adds_its_own(shelf: Shelf) -> None:
    shelf.sign("2.0.0")
    before = signatures(shelf)
    assert before == 1
    again = shelf.sign("2.0.0")
    assert again == (0, f"oci://{shelf.at('2.0.0')} was signed with this key already\n", "")
    assert signatures(shelf) == before
    with pytest.raises(SignatureError):
        shelf.tool.verify(shelf.at("2.0.0"), shelf.key("other"))
    assert shelf.sign("2.0.0", key="other").out.endswith(" signed\n")
    for key in ("own", "other"):
        assert shelf.tool.verify(shelf.at("2.0.0"), shelf.key(key)) == shelf.digests["2.0.0"]


def signatures(shelf: Shelf) -> int:
    """How many things refer to the chart: distribution has no list of them, so they stand under a tag."""
    tag = shelf.digests["2.0.0"].replace(":", "-")
    accept = {"Accept": "application/vnd.oci.image.index.v1+json"}
    url = f"http://{shelf.host}/v2/charts/shop/manifests/{tag}"
    with urllib.request.urlopen(urllib.request.Request(url, headers=accept), timeout=20) as answer:
        return len(json.load(answer)["manifests"])


def test_a_chart_that_nobody_signed_is_told(shelf: Shelf) -> None:
    told = f"{re.escape(shelf.at('3.0.0'))} is not signed with this key"
    with pytest.raises(SignatureError, match=told):
        shelf.tool.verify(shelf.at("3.0.0"), shelf.key("own"))


def test_a_key_that_signed_nothing_here_is_told(shelf: Shelf) -> None:
    shelf.sign("1.0.0")
    with pytest.raises(SignatureError, match="is not signed with this key"):
        shelf.tool.verify(shelf.at("1.0.0"), shelf.key("other"))


def test_a_version_that_is_not_there_is_told(shelf: Shelf) -> None:
    with pytest.raises(SignatureError, match=r"shop:9\.9\.9: there is no such chart"):
        shelf.tool.verify(f"{shelf.host}/charts/shop:9.9.9", shelf.key("own"))


def test_a_registry_that_does_not_answer_leaves_it_unknown(shelf: Shelf) -> None:
    with pytest.raises(ToolError, match=r"cosign: .*connection refused") as caught:
        shelf.tool.verify("127.0.0.1:1/charts/shop:1.0.0", shelf.key("own"))
    assert caught.value.exit_code == 3


def test_a_wrong_password_is_told_not_repeated_and_signs_nothing(shelf: Shelf) -> None:
    ran = shelf.sign("3.0.0", password="hunter2")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: cosign cannot use the key: ")
    assert ran.err.endswith("\nCOSIGN_PASSWORD must hold its password\n")
    assert "hunter2" not in ran.err
    with pytest.raises(SignatureError):
        shelf.tool.verify(shelf.at("3.0.0"), shelf.key("own"))


def test_without_cosign_nothing_is_known(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="there is no cosign"):
        Cosign(str(tmp_path / "cosign")).verify("example.com/shop:1", "cosign.pub")


@pytest.mark.parametrize(
    "reference",
    [
        "oci://example.com/charts/shop:1.0.0",
        "oci://example.com/charts/shop",
        "example.com/shop@sha256:" + "0" * 64,
        "oci://example.com/shop@sha256:12",
        "oci://example.com/shop --key other@sha256:" + "0" * 64,
    ],
)
def test_a_reference_without_a_digest_is_not_signed(reference: str, tmp_path: Path) -> None:
    ran = run("sign", reference, "--key", "cosign.key", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Error: {reference} does not say what to sign\n")
