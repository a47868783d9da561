"""Plays ushadow's backend in the tests on a cluster, and is as fussy as the real one.

It runs as whoever starts it, reads and writes CONFIG_DIR, and keeps kubeconfigs in KUBECONFIG_DIR, encrypted
with AUTH_SECRET_KEY; it says so when it cannot read them, or cannot write its configuration. Home and cache
must be writable, as for `uv run`.

    GET  /health                          200 always; the body says what is not well
    GET  /api/health                      the same, for those who come through the frontend
    GET  /api/settings                    environment (no secret), user, version, resolv.conf
    GET  /api/files                       path in CONFIG_DIR to SHA-256
    GET|PUT|DELETE /api/files/PATH        one file
    GET|PUT /api/kubeconfigs/NAME         kept encrypted; 409 when the key is not the one it was written with
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = os.environ.get("IMAGE_VERSION", "")
CONFIG = Path(os.environ.get("CONFIG_DIR", "/config"))
KUBECONFIGS = Path(os.environ.get("KUBECONFIG_DIR", "/app/data/kubeconfigs"))
KEY = os.environ.get("AUTH_SECRET_KEY", "")
NEEDED = ("AUTH_SECRET_KEY", "MONGODB_URI", "REDIS_URL")
SHOWN = (
    "CONFIG_DIR",
    "HOME",
    "KUBECONFIG_DIR",
    "MONGODB_DATABASE",
    "MONGODB_URI",
    "REDIS_URL",
    "UV_CACHE_DIR",
)
SALT, TAG = 16, 32

Answer = tuple[HTTPStatus, bytes]


def _stream(salt: bytes, length: int) -> bytes:
    blocks = (
        hmac.digest(KEY.encode(), salt + bytes([n % 256, n // 256]), "sha256")
        for n in range(length // 32 + 1)
    )
    return b"".join(blocks)[:length]


def encrypt(plain: bytes) -> bytes:
    salt = os.urandom(SALT)
    cipher = bytes(a ^ b for a, b in zip(plain, _stream(salt, len(plain)), strict=True))
    return salt + hmac.digest(KEY.encode(), salt + cipher, "sha256") + cipher


def decrypt(kept: bytes) -> bytes | None:
    """What was encrypted; None when it was with another key."""
    salt, tag, cipher = kept[:SALT], kept[SALT : SALT + TAG], kept[SALT + TAG :]
    if not hmac.compare_digest(tag, hmac.digest(KEY.encode(), salt + cipher, "sha256")):
        return None
    return bytes(a ^ b for a, b in zip(cipher, _stream(salt, len(cipher)), strict=True))


def unreadable() -> list[str]:
    """The kubeconfigs that another key encrypted."""
    files = KUBECONFIGS.iterdir() if KUBECONFIGS.is_dir() else ()
    return sorted(file.name for file in files if decrypt(file.read_bytes()) is None)


def health() -> dict[str, object]:
    # As in the real one: it answers 200 when the databases are away. There are none in these tests.
    return {
        "status": "healthy",
        "version": VERSION,
        "critical_services_healthy": False,
        "unreadable_kubeconfigs": unreadable(),
    }


def settings() -> dict[str, object]:
    return {
        "version": VERSION,
        "user": os.getuid(),
        "groups": sorted({os.getgid(), *os.getgroups()}),
        "environment": {name: os.environ.get(name) for name in SHOWN},
        "key": hashlib.sha256(KEY.encode()).hexdigest(),
        "token": Path("/var/run/secrets/kubernetes.io/serviceaccount/token").exists(),
        "resolv.conf": Path("/etc/resolv.conf").read_text(encoding="utf-8"),
    }


def files() -> dict[str, str]:
    found = (path for path in sorted(CONFIG.rglob("*")) if path.is_file() and ".seed" not in path.parts)
    return {str(path.relative_to(CONFIG)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def as_json(value: object) -> Answer:
    return HTTPStatus.OK, json.dumps(value, indent=1).encode()


def of_file(method: str, path: Path, body: bytes) -> Answer:
    if method == "PUT":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    elif not path.is_file():
        return HTTPStatus.NOT_FOUND, b"no such file\n"
    elif method == "DELETE":
        path.unlink()
    else:
        return HTTPStatus.OK, path.read_bytes()
    return HTTPStatus.OK, b""


def of_kubeconfig(method: str, path: Path, body: bytes) -> Answer:
    if method == "PUT":
        KUBECONFIGS.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(encrypt(body))
        return HTTPStatus.OK, b""
    if not path.is_file():
        return HTTPStatus.NOT_FOUND, b"no such kubeconfig\n"
    plain = decrypt(path.read_bytes())
    if plain is None:
        return HTTPStatus.CONFLICT, f"{path.name} was encrypted with another AUTH_SECRET_KEY\n".encode()
    return HTTPStatus.OK, plain


def answer(method: str, path: str, body: bytes) -> Answer:
    match path.strip("/").split("/", 2):
        case ["health"] | ["api", "health"]:
            return as_json(health())
        case ["api", "settings"]:
            return as_json(settings())
        case ["api", "files"]:
            return as_json(files())
        case ["api", "files", name]:
            return of_file(method, CONFIG / name, body)
        case ["api", "kubeconfigs", name]:
            return of_kubeconfig(method, KUBECONFIGS / name, body)
    return HTTPStatus.NOT_FOUND, b"not found\n"


class Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, content = answer(self.command, self.path, body)
        except OSError as error:
            status, content = HTTPStatus.INTERNAL_SERVER_ERROR, f"{error}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Probes would fill the log."""


def start() -> None:
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        sys.exit(f"backend: not set: {', '.join(missing)}")
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path(os.environ.get("HOME", "/root")) / ".cache" / "uv")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "lock").write_text("", encoding="utf-8")
    KUBECONFIGS.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        (CONFIG / "wiring.yaml").touch()
    except OSError as error:
        print(f"backend: {error}", file=sys.stderr, flush=True)
    if lost := unreadable():
        print(
            f"backend: encrypted with another AUTH_SECRET_KEY: {', '.join(lost)}", file=sys.stderr, flush=True
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000"))
    print(f"backend {VERSION} on port {port}", flush=True)
    ThreadingHTTPServer((host, port), Handler).serve_forever()


if __name__ == "__main__":
    start()
