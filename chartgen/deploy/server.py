"""One server, asked with what proves who asks; nothing of that is ever shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from chartgen.connection import BrokenError, Connections, Request, origin
from chartgen.deploy.answers import LIMIT, AnswerError, SilentError, data, plain
from chartgen.errors import ServerError, UsageError

if TYPE_CHECKING:
    from chartgen.connection import Clock, Network

_LOGIN = "/api/auth/jwt/login"
_SHORT = 4  # characters; what is shorter is a word that stands elsewhere by chance


def address(text: str) -> str:
    """The address of a server, as --server gives it. Raises UsageError."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound, parts = False, urlsplit("")
    if not sound or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise UsageError("--server: that is no address of a server", "give one such as http://localhost:8000")
    if "@" in parts.netloc:
        raise UsageError(
            "--server: an address here holds no name and no password", "--username and --password-stdin do"
        )
    return text.rstrip("/")


class Server:
    """A server for the time of a command. Every question is a connection of its own, and is asked once."""

    def __init__(self, root: str, network: Network, clock: Clock, token: str = "") -> None:
        self.root, self._clock, self._token = root, clock, token
        self._connections = Connections(network, clock)
        self._secrets: set[str] = set()
        self.hides([token])

    @property
    def clock(self) -> Clock:
        return self._clock

    def hides(self, secrets: Iterable[str]) -> None:
        """Texts that are to be in no message."""
        self._secrets.update(secret for secret in secrets if len(secret) >= _SHORT)

    def hide(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The data of an answer. Raises AnswerError; SilentError without one; ServerError for no TLS."""
        sent = b"" if body is None else json.dumps(body).encode()
        return self._asked(method, path, sent, "application/json")

    def login(self, username: str, password: str) -> None:
        """Gets a token for a name and a password. Raises what `ask` raises."""
        self.hides([password])
        form = urlencode({"username": username, "password": password}).encode()
        try:
            found = self._asked("POST", _LOGIN, form, "application/x-www-form-urlencoded")
        except AnswerError as error:
            raise self._not_let_in(error) from None
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str) or not token.isprintable() or not token:
            raise ServerError(f"{self.root}: its answer to a login holds no token", "is this an ushadow?")
        self._token = token
        self.hides([token])

    def _not_let_in(self, error: AnswerError) -> ServerError:
        if error.absent:
            what = f"{self.root}: it has no login by name and password"
            return ServerError(what, "log in to it in a browser, and set USHADOW_TOKEN to your token")
        if error.status in (400, 401):
            return ServerError(f"{self.root}: it does not know that name with that password", "try again")
        return error

    def _asked(self, method: str, path: str, body: bytes, kind: str) -> Any:
        headers = {"Accept": "application/json", "User-Agent": "chartgen", "Connection": "close"}
        if body:
            headers["Content-Type"] = kind
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._connections.send(
                Request(method, f"{self.root}{path}", tuple(headers.items()), body), LIMIT
            )
        except BrokenError as error:
            raise self._silent(str(error), method) from None
        return data(answer, self.root, bool(self._token), self.hide)

    def _silent(self, why: str, method: str) -> SilentError:
        _, host, port = origin(self.root)
        if method == "GET":
            hint = f"does ushadow run there? `curl {self.root}/health` shows it; --server names another"
        else:
            hint = "it may have heard all the same: run this again, it takes up what is there"
        return SilentError(f"{host}:{port}: no answer: {plain(self.hide(why))}", hint)
