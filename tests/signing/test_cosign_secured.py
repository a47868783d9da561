"""The real cosign signs in a registry with TLS and a password: a CA and Docker's own file are enough."""

from __future__ import annotations

import base64
import json
import re
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import Ran, environment, run
from tests.need import need
from tests.registry.certificates import authority, signed
from tests.registry.publisher import packed
from tests.registry.servers import HTPASSWD, USER, WORD, Server, registry

BASIC = base64.b64encode(f"{USER}:{WORD}".encode()).decode()
PASSWORD = "open sesame"


@dataclass(frozen=True)
class Guarded:
    """A registry that wants TLS and a password, and a home with its CA, a login and a key."""

    server: Server
    home: Path

    def run(self, *words: str, ca: bool = True, login: bool = True) -> Ran:
        env = {
            "HOME": str(self.home),
            "DOCKER_CONFIG": str(self.home / ("docker" if login else "empty")),
            "COSIGN_PASSWORD": PASSWORD,
            "CHARTGEN_COSIGN": need("cosign"),
        }
        trust = ("--ca-file", str(self.home / "ca.crt")) if ca else ()
        return run(*words, *trust, cwd=self.home, env=env)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    home = tmp_path_factory.mktemp("guarded")
    authority(home, "ca")
    signed(home, "ca", "server")
    (home / "htpasswd").write_text(HTPASSWD)
    (home / "empty").mkdir()
    more = {
        "auth": {"htpasswd": {"realm": "tests", "path": str(home / "htpasswd")}},
        "http": {"tls": {"certificate": str(home / "server.crt"), "key": str(home / "server.key")}},
    }
    make = [need("cosign"), "generate-key-pair"]
    env = {**environment(), "COSIGN_PASSWORD": PASSWORD}
    subprocess.run(make, cwd=home, env=env, check=True, capture_output=True)
    trust = ssl.create_default_context(cafile=str(home / "ca.crt"))
    headers = {"Authorization": f"Basic {BASIC}"}
    with registry("distribution 3", home / "registry", more, headers, trust) as server:
        (home / "docker").mkdir()
        login = {"auths": {server.host: {"auth": BASIC}}}
        (home / "docker" / "config.json").write_text(json.dumps(login))
        packed(home)
        yield Guarded(server, home)


@pytest.fixture(scope="module")
def published(guarded: Guarded) -> str:
    ran = guarded.run("push", guarded.server.url, "shop-0.1.0.tgz")
    found = re.match(r"(oci://\S+):0\.1\.0(@sha256:\S+) published\n", ran.out)
    assert found, ran
    return found[1] + found[2]


def test_a_chart_is_signed_and_verified_behind_tls_and_a_password(guarded: Guarded, published: str) -> None:
    assert guarded.run("sign", published, "--key", "cosign.key") == (0, f"{published} signed\n", "")
    by_tag = published.partition("@")[0] + ":0.1.0"
    ran = guarded.run("verify-release", by_tag, "--cosign-key", "cosign.pub")
    assert (ran.code, "cosign    signed with the private key of cosign.pub\n" in ran.out) == (0, True), ran


def test_without_the_login_or_the_ca_nothing_is_known_and_no_secret_is_told(
    guarded: Guarded, published: str
) -> None:
    for how in ({"login": False}, {"ca": False}):
        ran = guarded.run("sign", published, "--key", "cosign.key", **how)
        assert (ran.code, ran.out, "nothing is known of the signature" in ran.err) == (3, "", True), ran
        assert not [word for word in (WORD, BASIC, PASSWORD) if word in ran.err]
