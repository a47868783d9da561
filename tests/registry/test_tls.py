"""TLS: the registry's certificate, a certificate of one's own, and what is said where they do not fit."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from tests.cli.command import Ran, run
from tests.registry.certificates import authority, signed
from tests.registry.publisher import artifact, packed
from tests.registry.servers import Server, registry


class Keys(NamedTuple):
    """A registry with a certificate, and the folder of all keys."""

    server: Server
    folder: Path
    wants_client: bool


@pytest.fixture(scope="module", params=["no certificate wanted", "a certificate wanted"])
def secured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    folder = tmp_path_factory.mktemp("tls")
    for name in ("ca", "other"):
        authority(folder, name)
    for name in ("server", "client"):
        signed(folder, "ca", name)
    signed(folder, "other", "stranger")
    tls: dict[str, object] = {"certificate": str(folder / "server.crt"), "key": str(folder / "server.key")}
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    if wants := request.param == "a certificate wanted":
        tls["clientcas"] = [str(folder / "ca.crt")]
        context.load_cert_chain(folder / "client.crt", folder / "client.key")
    with registry("distribution 3", folder / "r", {"http": {"tls": tls}}, tls=context) as server:
        yield Keys(server, folder, wants)


def push(keys: Keys, home: Path, version: str, *more: str) -> Ran:
    packed(home, version)
    url = keys.server.url
    return run("push", url, f"shop-{version}.tgz", "--retries", "0", *more, cwd=home, env={"HOME": str(home)})


def client(keys: Keys, name: str = "client") -> tuple[str, ...]:
    return ("--cert-file", str(keys.folder / f"{name}.crt"), "--key-file", str(keys.folder / f"{name}.key"))


def test_a_ca_and_a_certificate_of_one_s_own(secured: Keys, tmp_path: Path) -> None:
    more = ("--ca-file", str(secured.folder / "ca.crt"), *(client(secured) if secured.wants_client else ()))
    said = f"{secured.server.url}/shop:0.1.0@{artifact().digest} published\n"
    assert push(secured, tmp_path, "0.1.0", *more) == (0, said, "")
    assert secured.server.holds("charts/shop", "0.1.0") == artifact().digest


def test_a_certificate_that_nobody_known_signed_is_refused(secured: Keys, tmp_path: Path) -> None:
    other = ("--ca-file", str(secured.folder / "other.crt"))
    for more in ((), other):
        ran = push(secured, tmp_path, "0.2.0", *more)
        assert ran.code == 3
        assert f"Error: the certificate of {secured.server.host} is not accepted: " in ran.err
        assert ran.err.endswith("--ca-file names the CA that signed it\n")
    assert secured.server.tags("charts/shop") in ([], ["0.1.0"])


def test_any_certificate_is_taken_on_demand(secured: Keys, tmp_path: Path) -> None:
    own = client(secured) if secured.wants_client else ()
    assert push(secured, tmp_path, "0.3.0", "--insecure-skip-tls-verify", *own).code == 0


@pytest.mark.parametrize("name", ["", "stranger"])
def test_a_registry_that_wants_a_certificate_gets_the_right_one(
    name: str, secured: Keys, tmp_path: Path
) -> None:
    more = ("--ca-file", str(secured.folder / "ca.crt"), *(client(secured, name) if name else ()))
    ran = push(secured, tmp_path, f"0.4.{len(name)}", *more)
    if secured.wants_client:
        assert (ran.code, "does it want --cert-file and --key-file?" in ran.err) == (3, True)
    else:
        assert ran.code == 0


def test_a_cut_right_after_the_handshake_may_be_a_refusal_too(secured: Keys, tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(secured.folder / "server.crt", secured.folder / "server.key")
    with socket.create_server(("localhost", 0)) as listening:
        Thread(target=_shake_and_leave, args=(listening, context), daemon=True).start()
        packed(tmp_path)
        target = ("push", f"oci://localhost:{listening.getsockname()[1]}/charts", "shop-0.1.0.tgz")
        more = ("--retries", "0", "--ca-file", str(secured.folder / "ca.crt"))
        ran = run(*target, *more, cwd=tmp_path, env={"HOME": str(tmp_path)})
    assert (ran.code, "before any answer: does it want --cert-file and --key-file?" in ran.err) == (3, True)


def _shake_and_leave(listening: socket.socket, context: ssl.SSLContext) -> None:
    plain, _ = listening.accept()
    with context.wrap_socket(plain, server_side=True):
        pass


def test_files_that_are_no_certificates_are_told(secured: Keys, tmp_path: Path) -> None:
    ran = push(secured, tmp_path, "0.5.0", "--ca-file", str(tmp_path / "none.crt"))
    assert (ran.code, f"{tmp_path}/none.crt: No such file or directory" in ran.err) == (2, True)


def test_http_and_https_are_not_mixed_up_silently(secured: Keys, server: Server, tmp_path: Path) -> None:
    ran = push(secured, tmp_path, "0.6.0", "--plain-http")
    assert ran.code == 3
    plain = Keys(server, tmp_path, False)
    ran = push(plain, tmp_path, "0.6.0")
    assert (ran.code, f"{server.host} does not speak TLS\n--plain-http is for such" in ran.err) == (3, True)


def test_a_closed_port_and_a_host_that_is_none_are_told(tmp_path: Path) -> None:
    packed(tmp_path)
    for host, said in (("localhost:1", "Connection refused"), ("none.invalid", "there is no such host")):
        target = ("push", f"oci://{host}/charts", "shop-0.1.0.tgz", "--retries", "0")
        ran = run(*target, cwd=tmp_path, env={"HOME": str(tmp_path)})
        assert (ran.code, said in ran.err) == (3, True)
