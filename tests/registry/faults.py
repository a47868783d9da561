"""A proxy before a registry that does to one kind of request what networks, proxies and registries do.

A *phase* is a step of publishing, known by what is asked: see PHASES. A fault strikes the first request of
its phase, or each.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOK, HAS, BEGIN, SEND, AGAIN, TAG, BACK, FETCH = PHASES = (
    "look at the tag",
    "ask for a blob",
    "begin an upload",
    "send a blob",
    "look again",
    "write the tag",
    "look after",
    "fetch a blob",
)
PATIENCE, SLOW = 1.0, 2.5  # seconds that the client under test waits for an answer; that it takes
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Fault:
    """What happens: a `status` with words and headers, or a trick by its name; `once` or each time."""

    name: str
    status: int = 0
    trick: str = ""
    once: bool = False
    body: bytes = b"<html>no</html>"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Proxy:
    """Where it listens, what it does, and what it saw: method, path and headers of each request."""

    port: int
    upstream: int
    fault: Fault | None = None
    phase: str = ""
    struck: int = 0
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: bool = False
    tagged: bool = False
    elsewhere: str = ""
    before: Callable[[str], None] = lambda _: None

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def arm(self, fault: Fault | None, phase: str = "") -> None:
        self.fault, self.phase, self.struck, self.sent, self.tagged = fault, phase, 0, False, False
        self.seen.clear()

    def phase_of(self, method: str, path: str) -> str:
        if "/manifests/" in path:
            if method == "PUT":
                self.tagged = True
                return TAG
            return BACK if self.tagged else AGAIN if self.sent else LOOK
        self.sent = self.sent or "/blobs/" in path
        known = {"HEAD": HAS, "POST": BEGIN, "PUT": SEND, "GET": FETCH}
        return known[method] if "/blobs/" in path else "another"

    def strikes(self, phase: str) -> Fault | None:
        fault = self.fault if phase == self.phase else None
        if fault and not (fault.once and self.struck):
            self.struck += 1
            return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    lock: threading.Lock

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.lock:
            self.proxy.seen.append((self.command, self.path, dict(self.headers.items())))
            phase = self.proxy.phase_of(self.command, self.path)
            fault = self.proxy.strikes(phase)
        self.proxy.before(phase)
        if fault is None:
            self.relay(*self.forward(body))
        elif fault.status:
            self.relay(fault.status, dict(fault.headers), fault.body)
        else:
            getattr(self, fault.trick)(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("localhost", self.proxy.upstream, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def relay(self, status: int, headers: dict[str, str], body: bytes, length: int | None = None) -> None:
        self.send_response_only(status)
        told = headers.get("Content-Length") if self.command == "HEAD" else None
        for key, value in headers.items():
            if key.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(key, value)
        self.send_header("Content-Length", told or str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut_before(self, body: bytes) -> None:
        """The registry never hears of it."""
        self.close_connection = True

    def cut_after(self, body: bytes) -> None:
        """The registry does it, and its answer is lost."""
        self.forward(body)
        self.close_connection = True

    def half(self, body: bytes) -> None:
        """The answer breaks off within."""
        status, headers, text = self.forward(body)
        self.relay(status, headers, text[: len(text) // 2], len(text) + 1)
        self.close_connection = True

    def slow(self, body: bytes) -> None:
        """The registry does it at once, and its answer comes too late."""
        self.forward(body)
        time.sleep(SLOW)
        self.close_connection = True

    def late(self, body: bytes) -> None:
        """The registry hears of it when nobody waits for the answer any more."""
        time.sleep(SLOW)
        self.cut_after(body)

    def drip(self, body: bytes) -> None:
        """Byte by byte: each comes in time, the whole does not."""
        status, headers, text = self.forward(body)
        self.relay(status, headers, b"", len(text) + 100)
        end = time.monotonic() + SLOW
        while time.monotonic() < end:
            self.wfile.write(b" ")
            time.sleep(0.05)
        self.close_connection = True

    def wrong_digest(self, body: bytes) -> None:
        """The registry names another digest than that of the bytes."""
        status, headers, text = self.forward(body)
        self.relay(status, {**headers, "Docker-Content-Digest": f"sha256:{'0' * 64}"}, text)

    def wrong_bytes(self, body: bytes) -> None:
        """The answer has other bytes, of the same length."""
        status, headers, text = self.forward(body)
        self.relay(status, headers, text[:-1] + b"X")

    def redirect(self, body: bytes) -> None:
        """To another host, which answers as this registry does."""
        self.relay(307, {"Location": f"{self.proxy.elsewhere}{self.path}"}, b"")


@contextmanager
def proxy(upstream: int) -> Iterator[Proxy]:
    """A proxy before the registry at a port, until the block ends."""

    class Handler(_Handler):
        lock = threading.Lock()

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away is nothing to tell."""

    server = Server(("127.0.0.1", 0), Handler)
    Handler.proxy = Proxy(server.server_address[1], upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Handler.proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
