"""One HTTP request and its answer; the only code of chartgen that opens a connection.

Python's own http.client: a redirect, a password or a repeated request is never decided by a library here.
"""

from __future__ import annotations

import base64
import http.client
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from chartgen.errors import ServerError, UsageError
from chartgen.frozen import Frozen

if TYPE_CHECKING:
    import ssl

MIB = 1 << 20
_PORTS = {"https": 443, "http": 80}
_PIECE = 64 << 10


class BrokenError(Exception):
    """The connection ended before the answer did: whether the request was heard is unknown."""


class Clock(Protocol):
    """What time is to a client: a test brings its own."""

    def now(self) -> float:
        """Seconds since some moment."""

    def pause(self, seconds: float) -> None:
        """Waits."""


class Network(Frozen):
    """How to reach servers: files and switches with Helm's names; `proxies` by scheme, and `no`."""

    plain_http: bool = False
    without_tls: str = "--plain-http is for such a registry"  # the advice where no TLS is spoken
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_tls_verify: bool = False
    proxies: tuple[tuple[str, str], ...] = ()
    timeout: float = 60  # seconds for an answer to come whole
    retries: int = 4

    @property
    def scheme(self) -> str:
        return "http" if self.plain_http else "https"


class Request(Frozen):
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Answer(Frozen):
    """A status, the headers, whose names go by lower case, and at most as many bytes as were asked for."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what a password is for. Raises ServerError for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ServerError(f"{url[:200]!r} is no address that can be asked") from None
    if not parts.hostname:
        raise ServerError(f"{url[:200]!r} names no host")
    return parts.scheme, parts.hostname, port


class Connections:
    """Connections that are kept while a command runs, one for each host."""

    def __init__(self, network: Network, clock: Clock) -> None:
        self._network, self._clock = network, clock
        self._kept: dict[tuple[str, str, int], http.client.HTTPConnection] = {}
        self._proxied: dict[tuple[str, str, int], dict[str, str]] = {}
        self._context: ssl.SSLContext | None = None

    def send(self, request: Request, limit: int = 4 * MIB) -> Answer:
        """The answer, and of its body the first `limit` bytes. Raises BrokenError; ServerError for TLS."""
        where = origin(request.url)
        kept = self._kept.pop(where, None)
        connection = kept or self._opened(where)
        try:
            answer = self._asked(connection, request, limit)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self._refuse_certificate(error, where)
            raise BrokenError(_reason(error) + _refused_late(where[0], kept is None, error)) from None
        if connection.sock is not None:
            self._kept[where] = connection
        return answer

    def close(self) -> None:
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()

    def _asked(self, connection: http.client.HTTPConnection, request: Request, limit: int) -> Answer:
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = dict(request.headers)
        if origin(request.url) in self._proxied:
            target = f"{parts.scheme}://{parts.netloc}{target}"
            headers |= self._proxied[origin(request.url)]
        body = request.body if request.method in ("POST", "PUT", "PATCH") else None
        connection.request(request.method, target, body=body, headers=headers)
        until = self._clock.now() + self._network.timeout
        with connection.getresponse() as response:
            data = self._read(response, limit, until)
            if not response.isclosed():  # the rest of a body that is too large
                connection.close()
        told = tuple((key.lower(), value) for key, value in response.getheaders())
        return Answer(response.status, told, data, request.url)

    def _read(self, response: http.client.HTTPResponse, limit: int, until: float) -> bytes:
        """The body, whole: http.client does not say when a part is missing of what it was asked for."""
        wanted = limit if response.length is None else min(limit, response.length)
        pieces, size = [], 0
        while size < limit and (piece := response.read1(min(_PIECE, limit - size))):
            pieces.append(piece)
            size += len(piece)
            if self._clock.now() > until:
                raise TimeoutError
        if response.getheader("Content-Length") and size < wanted:
            raise http.client.IncompleteRead(b"", wanted - size)
        return b"".join(pieces)

    def _opened(self, where: tuple[str, str, int]) -> http.client.HTTPConnection:
        scheme, host, port = where
        proxy = self._proxy(scheme, host, port)
        timeout = min(self._network.timeout, 30)  # for a packet; the whole answer has `until`
        if not proxy:
            return self._connection(scheme, host, port, timeout)
        _, proxy_host, proxy_port = origin(proxy)
        headers = _proxy_headers(proxy)
        connection = self._connection(scheme, proxy_host, proxy_port, timeout)
        if scheme == "https":
            connection.set_tunnel(host, port, headers)
        else:
            self._proxied[where] = headers
        return connection

    def _connection(self, scheme: str, host: str, port: int, timeout: float) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout)
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls())

    def _tls(self) -> ssl.SSLContext:
        import ssl

        if self._context is None:
            network = self._network
            try:
                context = ssl.create_default_context(cafile=network.ca_file or None)
                if network.cert_file:
                    context.load_cert_chain(
                        network.cert_file, network.key_file or None, password=_no_password
                    )
            except (OSError, ValueError) as error:
                named = ", ".join(filter(None, (network.ca_file, network.cert_file, network.key_file)))
                raise UsageError(
                    f"{named}: {_reason(error)}",
                    "give files of PEM: a CA, a certificate, its key without a password",
                ) from None
            if network.insecure_skip_tls_verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._context = context
        return self._context

    def _proxy(self, scheme: str, host: str, port: int) -> str:
        """The proxy that the environment names for a host, or nothing; the loopback never has one."""
        proxies = dict(self._network.proxies)
        if scheme not in proxies or host in ("localhost", "::1") or host.startswith("127."):
            return ""
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

        return "" if proxy_bypass_environment(f"{host}:{port}", proxies) else proxies[scheme]

    def _refuse_certificate(self, error: Exception, where: tuple[str, str, int]) -> None:
        """What another attempt would not mend."""
        _, host, port = where
        name = type(error).__name__
        if name == "SSLCertVerificationError":
            why = getattr(error, "verify_message", "") or "it cannot be verified"
            raise ServerError(
                f"the certificate of {host}:{port} is not accepted: {why}",
                "--ca-file names the CA that signed it",
            ) from None
        if name == "SSLError" and "WRONG_VERSION_NUMBER" in str(error):
            raise ServerError(f"{host}:{port} does not speak TLS", self._network.without_tls) from None
        if name == "SSLError" and "ALERT" in str(error):
            raise ServerError(
                f"{host}:{port} refuses this TLS client: {_reason(error)}",
                "does it want --cert-file and --key-file?",
            ) from None
        if name == "gaierror":
            raise ServerError(f"{host}: there is no such host, or no name server to ask") from None


def _no_password() -> str:
    raise ValueError("the key has a password")


def _proxy_headers(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy)
    name, word = unquote(parts.username or ""), unquote(parts.password or "")
    return {"Proxy-Authorization": basic(name, word)} if name else {}


def basic(username: str, password: str) -> str:
    """What the Authorization header says of a name and a password."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def _refused_late(scheme: str, new: bool, error: Exception) -> str:
    """TLS 1.3 looks at a client's certificate after the handshake: its refusal can arrive as a mere cut."""
    cut = isinstance(error, ConnectionError) or type(error).__name__ == "SSLEOFError"
    if scheme == "https" and new and cut:
        return " before any answer: does it want --cert-file and --key-file?"
    return ""


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected | ConnectionResetError):
        return "the connection was cut"
    return str(getattr(error, "strerror", "") or str(error) or type(error).__name__)
