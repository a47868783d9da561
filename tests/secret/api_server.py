"""The bit of the Kubernetes API server that `create-secret.sh` talks to, over real TLS on loopback.

It stands in for the real one, which the cluster tests (issue 4) bring. It is as strict as that one where
the script could go wrong: the token, the RBAC (`get` on one name, `create`), the content type, the JSON, the
name in the body, `stringData` to base64 `data`, and JSON spread over lines for curl and wget alone.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

TOKEN = "eyJhbGciOiJSUzI1NiJ9.c2VydmljZS1hY2NvdW50.sig_nature-0"
COLLECTION = "/api/v1/namespaces/ushadow/secrets"
NAME = "ushadow-secrets"

Json = dict[str, Any]
Fault = Callable[["Handler"], bool]  # answers instead of the server and returns True, or lets it answer


@dataclass(frozen=True)
class Seen:
    """A request that arrived whole."""

    method: str
    path: str
    body: bytes


def status_object(code: int, reason: str, message: str) -> Json:
    failure = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return {**failure, "message": message, "reason": reason, "details": {"name": NAME}, "code": code}


def stored(secret: Json) -> Json:
    """What the server makes of a created Secret."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in secret["stringData"].items()}
    fields: Json = {"f:data": {".": {}, **{f"f:{key}": {} for key in data}}}
    entry = {"manager": "curl", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": fields}
    extra = {"uid": "0b5d", "resourceVersion": "1", "managedFields": [entry]}
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    return {**rest, "metadata": {**secret["metadata"], **extra}, "data": data}


class ApiServer(ThreadingHTTPServer):
    """Serves until `stop`; what it holds and saw is there to be asserted on."""

    daemon_threads = True

    def __init__(
        self,
        certificate: Path,
        host: str = "127.0.0.1",
        tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,  # with 1.3 each request of GNU wget takes 50 ms more
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.context.minimum_version = self.context.maximum_version = tls
        self.secrets: dict[str, Json] = {}
        self.seen: list[Seen] = []
        self.refused_handshakes = 0
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.errors: list[BaseException] = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.seen]

    @property
    def values(self) -> list[str]:
        """Every value that this server was ever sent."""
        bodies = (json.loads(request.body) for request in self.seen if request.method == "POST")
        return [value for body in bodies for value in body["stringData"].values()]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # The handshake waits for the connection's own thread, so that no client can block the others.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, (ssl.SSLError, ConnectionError)) and error is not None:
            self.errors.append(error)

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        self.thread.join()
        self.server_close()
        if self.errors:
            raise self.errors[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement of its headers
    server: ApiServer

    def setup(self) -> None:
        try:
            cast(ssl.SSLSocket, self.request).do_handshake()
        except ssl.SSLError:
            self.server.refused_handshakes += 1
            raise
        super().setup()

    def log_message(self, *args: Any) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self._take(b"")

    def do_POST(self) -> None:
        self._take(self.rfile.read(int(self.headers["Content-Length"])))

    def _take(self, body: bytes) -> None:
        self.body = body
        with self.server.lock:
            self.server.seen.append(Seen(self.command, self.path, body))
            fault = self.server.faults.popleft() if self.server.faults else self.server.always
        self.server.arrived.release()
        if fault is None or not fault(self):
            self.answer(*self.result())

    def result(self) -> tuple[int, Json]:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, status_object(401, "Unauthorized", "Unauthorized")
        if self.command == "GET" and self.path == f"{COLLECTION}/{NAME}":
            return self._read()
        if self.command == "POST" and self.path == COLLECTION:
            return self._create()
        return 403, status_object(403, "Forbidden", f"cannot {self.command} {self.path}")

    def _read(self) -> tuple[int, Json]:
        with self.server.lock:
            found = self.server.secrets.get(NAME)
        missing = status_object(404, "NotFound", f'secrets "{NAME}" not found')
        return (200, found) if found else (404, missing)

    def _create(self) -> tuple[int, Json]:
        if self.headers["Content-Type"] != "application/json":
            return 415, status_object(415, "UnsupportedMediaType", "the body was not JSON")
        secret = json.loads(self.body)
        namespace = COLLECTION.split("/")[-2]
        assert (secret["apiVersion"], secret["kind"], secret["type"]) == ("v1", "Secret", "Opaque")
        assert (secret["metadata"]["name"], secret["metadata"]["namespace"]) == (NAME, namespace)
        with self.server.lock:
            if NAME in self.server.secrets:
                return 409, status_object(409, "AlreadyExists", f'secrets "{NAME}" already exists')
            self.server.secrets[NAME] = stored(secret)
            return 201, self.server.secrets[NAME]

    def text(self, document: Json) -> bytes:
        """As the real server: spread over lines for what people type (negotiate.go, isPrettyPrint)."""
        pretty = self.headers.get("User-Agent", "").startswith(("curl", "Wget", "Mozilla/5.0"))
        return json.dumps(document, indent=2 if pretty else None).encode() + b"\n"

    def answer(self, code: int, document: Json) -> None:
        self.answer_bytes(code, self.text(document), "application/json")

    def answer_bytes(self, code: int, body: bytes, kind: str, promised: int | None = None) -> None:
        """Send `body`; with `promised`, a Content-Length that is not kept (0: none at all)."""
        self.close_connection = True
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        if promised != 0:
            self.send_header("Content-Length", str(promised or len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if promised == 0:
            cast(ssl.SSLSocket, self.request).unwrap()

    def hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the other side may have been first
            self.request.shutdown(socket.SHUT_RDWR)
