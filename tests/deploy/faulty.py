"""A server of raw bytes: what a request is answered with is said byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Answers = Mapping[str, bytes]  # "GET /health" to what is sent; "" for all others


@dataclass
class Faulty:
    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def http(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    told = f"Content-Length: {len(body) if length is None else length}"
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, told, "", ""]).encode() + body


def json(body: bytes, status: str = "200 OK") -> bytes:
    return http(status, body, "Content-Type: application/json")


# An endless body: it has no length, and is sent until the client goes.
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n["
SILENT = b""


@contextmanager
def faulty(answers: Answers) -> Iterator[Faulty]:
    """Answers every connection once, until the block ends. For SILENT nothing is sent, and the line kept."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Faulty(listening.getsockname()[1])
        threads: list[threading.Thread] = []
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=_answer, args=(line, answers, server, over)))
                threads[-1].start()

        threads.append(threading.Thread(target=serve))
        threads[0].start()
        try:
            yield server
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def _answer(line: socket.socket, answers: Answers, server: Faulty, over: threading.Event) -> None:
    with line:
        heard = _request(line)
        server.heard.append(heard)
        asked = b" ".join(heard.split(b" ")[:2]).decode("latin-1")
        told = answers[asked] if asked in answers else answers[""]
        try:
            if told == SILENT:
                over.wait(30)
            line.sendall(told)
            while told == ENDLESS and not over.is_set():
                line.sendall(b"0," * 4096)
        except OSError:
            pass  # the client has heard enough


def _request(line: socket.socket) -> bytes:
    heard = b""
    # Who speaks TLS sends no line, and waits.
    while b"\r\n\r\n" not in heard and heard[:1] != b"\x16" and (more := line.recv(65536)):
        heard += more
    head, _, body = heard.partition(b"\r\n\r\n")
    for header in head.split(b"\r\n"):
        if header.lower().startswith(b"content-length:"):
            wanted = int(header.partition(b":")[2])
            while len(body) < wanted and (more := line.recv(65536)):
                body += more
    return head + b"\r\n\r\n" + body
