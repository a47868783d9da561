"""What gives tokens for a registry, as distribution's specification of token authentication has it.

It signs with a key whose certificate the registry knows; the registry itself verifies.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.registry.certificates import authority, openssl, signed
from tests.registry.servers import USER, WORD

ISSUER, SERVICE = "issuer of the tests", "registry of the tests"
REFRESH = "refresh-t0ken"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Issuer:
    """Where it listens, the key it signs with, and what it was asked: method, parameters, Authorization."""

    port: int
    folder: Path
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    allows: tuple[str, ...] = ("pull", "push")
    anonymous: tuple[str, ...] = ()

    @property
    def auth(self) -> dict[str, object]:
        """What a registry's configuration says of it."""
        realm = f"http://localhost:{self.port}/token"
        bundle = str(self.folder / "token-ca.crt")
        return {
            "auth": {
                "token": {"realm": realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": bundle}
            }
        }

    def knows(self, parameters: dict[str, list[str]], proof: str) -> bool:
        basic = f"Basic {base64.b64encode(f'{USER}:{WORD}'.encode()).decode()}"
        return proof == basic or parameters.get("refresh_token") == [REFRESH]

    def token(self, scopes: list[str], allowed: tuple[str, ...]) -> str:
        """A JSON Web Token, RFC 7519, signed RS256."""
        access = []
        for scope in " ".join(scopes).split():
            kind, name, actions = scope.split(":")
            access.append(
                {"type": kind, "name": name, "actions": [a for a in actions.split(",") if a in allowed]}
            )
        now = int(time.time())
        times = {"iat": now, "nbf": now - 60, "exp": now + 300}
        claims = {
            "iss": ISSUER,
            "aud": SERVICE,
            "sub": USER,
            "jti": str(len(self.given)),
            **times,
            "access": access,
        }
        certificate = (self.folder / "token.crt").read_text()
        x5c = "".join(line for line in certificate.splitlines() if not line.startswith("-"))
        parts = ({"alg": "RS256", "typ": "JWT", "x5c": [x5c]}, claims)
        text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
        seal = openssl("dgst", "-sha256", "-sign", "token.key", cwd=self.folder, stdin=text.encode())
        self.given.append(f"{text}.{_encoded(seal)}")
        return self.given[-1]


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        self.answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        self.answer(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def answer(self, parameters: dict[str, list[str]]) -> None:
        proof = self.headers.get("Authorization") or ""
        self.issuer.asked.append((self.command, parameters, proof))
        known = self.issuer.knows(parameters, proof)
        allowed = self.issuer.allows if known else self.issuer.anonymous
        if not allowed:
            self.send(401, {"errors": [{"code": "UNAUTHORIZED", "message": f"who is {proof}?"}]})
            return
        self.send(
            200, {"access_token": self.issuer.token(parameters.get("scope", []), allowed), "expires_in": 300}
        )

    def send(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def issuer(folder: Path) -> Iterator[Issuer]:
    """A server of tokens until the block ends."""
    authority(folder, "token-ca")
    signed(folder, "token-ca", "token", kind="rsa")

    class Handler(_Handler):
        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.issuer = Issuer(server.server_address[1], folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Handler.issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
