"""The cluster's certificates, an API server for each test, and pods to run the script in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.need import need
from tests.secret.api_server import ApiServer
from tests.secret.images import Image, build

Pod = Callable[..., Image]
Serve = Callable[..., ApiServer]
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Certificates:
    """The cluster's CA, another cluster's, and what servers show: a good one, and one for another host."""

    ca: Path
    other_ca: Path
    server: Path
    misnamed: Path


def _openssl(*arguments: str) -> None:
    subprocess.run([need("openssl"), *arguments], check=True, capture_output=True)


def _ca(path: Path) -> Path:
    key = str(path.with_suffix(".key"))
    subject = ("-subj", "/CN=kubernetes", "-days", "2")
    _openssl("req", "-x509", *_KEY, "-keyout", key, "-out", str(path), *subject)
    return path


def _signed(path: Path, ca: Path, names: str) -> Path:
    key, request, extensions = (path.with_suffix(suffix) for suffix in (".key", ".csr", ".ext"))
    extensions.write_text(f"basicConstraints=CA:FALSE\nsubjectAltName={names}\n")
    _openssl("req", "-new", *_KEY, "-keyout", str(key), "-out", str(request), "-subj", "/CN=apiserver")
    signing = ("-CA", str(ca), "-CAkey", str(ca.with_suffix(".key")), "-CAcreateserial", "-days", "2")
    _openssl("x509", "-req", "-in", str(request), *signing, "-extfile", str(extensions), "-out", str(path))
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    ca = _ca(folder / "ca.crt")
    good = _signed(folder / "server.pem", ca, "IP:127.0.0.1,IP:::1,DNS:localhost")
    misnamed = _signed(folder / "misnamed.pem", ca, "DNS:elsewhere.example")
    return Certificates(ca, _ca(folder / "other.crt"), good, misnamed)


@pytest.fixture
def serve(certificates: Certificates) -> Iterator[Serve]:
    """`serve()`, with other arguments of ApiServer as wanted; all are stopped in the end."""
    running: list[ApiServer] = []

    def start(certificate: Path = certificates.server, **changes: Any) -> ApiServer:
        running.append(ApiServer(certificate, **changes))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server(serve: Serve) -> ApiServer:
    return serve()


@pytest.fixture
def pod(certificates: Certificates, tmp_path: Path) -> Pod:
    """`pod(shell, client)`, or with `ca=` that of another cluster."""

    def make(shell: str, client: str | None, ca: Path = certificates.ca) -> Image:
        count = len(list(tmp_path.iterdir()))
        return build(tmp_path / f"pod{count}", shell, client, ca)

    return make
