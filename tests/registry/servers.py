"""Registries on the loopback: distribution 3 and 2.8, and the one that crane carries; and what they hold.

What a registry holds is asked here with urllib, not with the code under test.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from ci.tools import debian_registry, pins
from tests.gitops.host import connects, free_ports, running
from tests.need import need

KINDS = ("distribution 3", "distribution 2.8", "crane")
USER, WORD = "publisher", "s3cret-word"
# Made with crypt(3): bcrypt of WORD, the one form of a password that distribution takes.
HTPASSWD = f"{USER}:$2b$04$Sv.umqs.abFz3lUpOX5WT./ilaI.j2acnGy3fFxs0UOw.AMzgMq1O\n"
ACCEPT = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class Server:
    """A registry that runs."""

    port: int
    log: Path
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"oci://{self.host}/charts"

    def get(self, path: str) -> tuple[int, bytes]:
        connection = (
            http.client.HTTPSConnection("localhost", self.port, context=self.tls, timeout=20)
            if self.tls
            else http.client.HTTPConnection("localhost", self.port, timeout=20)
        )
        try:
            connection.request("GET", path, headers={"Accept": ACCEPT, **self.headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def tags(self, name: str) -> list[str]:
        status, body = self.get(f"/v2/{name}/tags/list")
        return sorted(json.loads(body)["tags"] or []) if status == 200 else []

    def manifest(self, name: str, tag: str) -> bytes | None:
        status, body = self.get(f"/v2/{name}/manifests/{tag}")
        return body if status == 200 else None

    def holds(self, name: str, tag: str) -> str:
        """What lies under a tag: nothing, the digest of something whole, or half a chart."""
        manifest = self.manifest(name, tag)
        if manifest is None:
            return "nothing"
        there = json.loads(manifest)
        for blob in (there["config"], *there["layers"]):
            status, body = self.get(f"/v2/{name}/blobs/{blob['digest']}")
            if status != 200 or f"sha256:{sha256(body).hexdigest()}" != blob["digest"]:
                return "half a chart"
        return f"sha256:{sha256(manifest).hexdigest()}"


def _distribution(folder: Path, port: int, more: Mapping[str, Any]) -> Path:
    config = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": f"127.0.0.1:{port}", **more.get("http", {})},
        **{key: value for key, value in more.items() if key != "http"},
    }
    file = folder / "registry.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file


def _command(kind: str, folder: Path, port: int, more: Mapping[str, Any]) -> tuple[str, ...]:
    if kind == "crane":
        where = ("--address", f"127.0.0.1:{port}", "--disk", str(folder))
        return (need("crane"), "registry", "serve", *where)
    config = str(_distribution(folder, port, more))
    if kind == "distribution 3":
        return (need("registry"), "serve", config)
    need("docker-registry")
    return (*debian_registry.command(pins.cache()), "serve", config)


@contextmanager
def registry(
    kind: str,
    folder: Path,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """A registry of a kind, with `more` in its configuration, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    command = _command(kind, folder, port, more or {})
    with running("registry", command, lambda: connects(port), folder):
        yield Server(port, folder / "registry.log", headers or {}, tls)
