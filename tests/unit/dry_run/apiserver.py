"""A stand-in for an API server, and no real one, which it says in each answer: it takes dry runs of objects.

It refuses ConfigMaps with a key `refused`, warns of a key `warned`, answers 500 to a key `broken`, and does
not answer a key `stuck` before it is let go. ConfigMaps, Secrets, Pods and accounts are all the kinds it has.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = {"ConfigMap": "configmaps", "Secret": "secrets", "Pod": "pods", "ServiceAccount": "serviceaccounts"}
REFUSAL = 'ConfigMap "%s" is invalid: data[%s]: Invalid value: "%s": must not be refused'
WARNING = '299 - "data[warned]: \\"%s\\" is odd"'


class StandIn:
    """What it has been asked, by method and name, and what it was given for good."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.made: list[tuple[str, str]] = []
        self.queries: set[str] = set()
        self.definitions: list[Any] = []
        self.stuck, self.let_go = threading.Event(), threading.Event()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any, str]:
        """Status, answer, warning."""
        path, _, query = path.partition("?")
        if method == "GET":
            return self._read(path)
        if "dryRun=All" not in query:
            self.made.append((body["kind"], body["metadata"]["name"]))
            return 201, body, ""
        self.queries.add(query)
        self.asked[method, body["metadata"]["name"]] += 1
        return self._judged(body)

    def _read(self, path: str) -> tuple[int, Any, str]:
        if path == "/version":
            return 200, {"gitVersion": "v0.0.0-stand-in"}, ""
        if path.endswith("/customresourcedefinitions"):
            return 200, {"items": self.definitions}, ""
        if path == "/api/v1":
            found = [{"kind": kind, "name": name, "namespaced": True} for kind, name in KINDS.items()]
            return (
                200,
                {"resources": [*found, {"kind": "Pod", "name": "pods/status", "namespaced": True}]},
                "",
            )
        return 404, {"message": "the stand-in has no such group"}, ""

    def _judged(self, body: Any) -> tuple[int, Any, str]:
        name, data = body["metadata"]["name"], body.get("data", {})
        if "stuck" in data:
            self.stuck.set()
            self.let_go.wait(30)
        if "broken" in data:
            return 500, {"message": "the stand-in is broken"}, ""
        if "refused" in data:
            return 422, {"message": REFUSAL % (name, "refused", data["refused"])}, ""
        return 201, body, WARNING % data["warned"] if "warned" in data else ""


@contextmanager
def running() -> Iterator[tuple[StandIn, int]]:
    """The stand-in, and its port on this machine."""
    state = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "a stand-in of chartgen's tests, not a Kubernetes"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, said, warning = state.answer(self.command, self.path, body)
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if warning:
                self.send_header("Warning", warning)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _any

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state, server.server_address[1]
        finally:
            state.let_go.set()
            server.shutdown()
