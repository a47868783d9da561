"""Requests of one registry with what they need to be heard: a password or a token, patience, and caution.

What proves who asks goes to the registry itself and to where it gives tokens, and to no other host,
however it redirects. Sources: OCI Distribution Specification 1.1; distribution, docs/spec/auth; RFC 6750.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlencode, urljoin

from chartgen.connection import MIB, Answer, BrokenError, Clock, Connections, Network, Request, origin
from chartgen.errors import RegistryError
from chartgen.oci.challenge import Challenge, challenge
from chartgen.oci.credentials import Credential

Made = TypeVar("Made")
Headers = dict[str, str]
AGENT = "chartgen"
# Statuses that the next moment may mend.
PASSING = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 60.0  # seconds
_HOPS = 5
_TOLD = 300  # characters of what a registry says
_DOCKER_HUB = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}


class PassingError(Exception):
    """What another attempt may mend, in words; how long the registry wants to be left alone, in seconds."""

    def __init__(self, why: str, wait: float = 0) -> None:
        super().__init__(why)
        self.why, self.wait = why, wait


class Session:
    """A registry for the time of a command. `credential` is asked when the registry wants one, once."""

    def __init__(
        self, host: str, network: Network, clock: Clock, credential: Callable[[], Credential]
    ) -> None:
        self.host, self._network, self._clock, self._credential_of = host, network, clock, credential
        self.root = f"{network.scheme}://{_DOCKER_HUB.get(host, host)}"
        self._connections = Connections(network, clock)
        self._credential: Credential | None = None
        self._proofs: dict[str, str] = {}  # scope to the header that proves it
        self._secrets: set[str] = set()

    def close(self) -> None:
        self._connections.close()

    def now(self) -> float:
        return self._clock.now()

    def pause(self, seconds: float) -> None:
        self._clock.pause(seconds)

    def patiently(self, what: str, attempt: Callable[[], Made]) -> Made:
        """What an attempt makes; one that fails in passing is repeated. Raises RegistryError."""
        turn = 0
        while True:
            try:
                return attempt()
            except PassingError as error:
                if turn == self._network.retries:
                    why = f"{self.host}: {what}: {error.why}"
                    raise RegistryError(f"{why} ({turn + 1} tries)", "try again later") from None
                self._clock.pause(min(max(error.wait, _FIRST_PAUSE * 2**turn), _LONGEST_PAUSE))
            turn += 1

    def ask(
        self,
        method: str,
        url: str,
        scope: str,
        headers: Headers | None = None,
        body: bytes = b"",
        limit: int = 4 * MIB,
    ) -> Answer:
        """The answer, with a proof sent where one is wanted. Raises PassingError and RegistryError."""
        url = urljoin(self.root, url)
        answer = self._sent(method, url, scope, headers or {}, body, limit)
        if answer.status == 401 and origin(answer.url) == origin(self.root):
            self._proofs[scope] = self._proof(answer, scope)
            answer = self._sent(method, url, scope, headers or {}, body, limit)
        if answer.status in PASSING:
            raise PassingError(f"it answered {self.said(answer)}", _retry_after(answer))
        return answer

    def _sent(self, method: str, url: str, scope: str, headers: Headers, body: bytes, limit: int) -> Answer:
        """Follows redirects. The proof stays where it belongs; a body goes along only where HTTP says so."""
        for _ in range(_HOPS):
            proof = {"Authorization": self._proofs[scope]} if scope in self._proofs else {}
            own = {**headers, **(proof if origin(url) == origin(self.root) else {}), "User-Agent": AGENT}
            answer = self._heard(Request(method, url, tuple(own.items()), body), limit)
            target = answer.header("location")
            if answer.status not in REDIRECTS or not target:
                return answer
            if method not in ("GET", "HEAD") and answer.status not in (307, 308):
                return answer
            url = self._allowed(urljoin(url, target))
        raise RegistryError(f"{self.host}: it redirects more than {_HOPS} times")

    def _allowed(self, url: str) -> str:
        """An address the registry sends us to. Raises RegistryError when that would give up TLS."""
        scheme, host, _ = origin(url)
        if scheme != "https" and not self._network.plain_http:
            raise RegistryError(
                f"{self.host}: it sends us to {scheme}://{host}, where anybody may listen",
                "--plain-http allows that, for the registry as well",
            )
        return url

    def location(self, answer: Answer) -> str:
        """Where an upload goes on. Raises RegistryError."""
        target = answer.header("location")
        if not target:
            raise RegistryError(f"{self.host}: it does not say where an upload goes")
        return self._allowed(urljoin(answer.url, target))

    def _heard(self, request: Request, limit: int) -> Answer:
        try:
            return self._connections.send(request, limit)
        except BrokenError as error:
            raise PassingError(str(error)) from None

    def _proof(self, answer: Answer, scope: str) -> str:
        """The header that the registry wants. Raises RegistryError."""
        wanted = challenge(answer.all("www-authenticate"))
        if self._credential is None:
            self._credential = self._credential_of()
            self._hide(self._credential.secrets)
        refused = scope in self._proofs and not (wanted and wanted.scheme == "bearer")
        if wanted is None or refused or (wanted.scheme == "basic" and not self._credential.username):
            raise self._denied(answer)
        if self._credential.access_token:
            return f"Bearer {self._credential.access_token}"
        return self._credential.basic if wanted.scheme == "basic" else f"Bearer {self._token(wanted, scope)}"

    def _token(self, wanted: Challenge, scope: str) -> str:
        """A token for a scope, from where the registry says. Raises PassingError and RegistryError."""
        realm, credential = self._allowed(wanted.get("realm")), self._credential or Credential()
        asked = [
            ("service", wanted.get("service")),
            *(("scope", one) for one in _scopes(wanted.get("scope"), scope)),
        ]
        if credential.refresh_token:
            form = [
                ("grant_type", "refresh_token"),
                ("client_id", AGENT),
                ("refresh_token", credential.refresh_token),
            ]
            kind = (("Content-Type", "application/x-www-form-urlencoded"),)
            request = Request("POST", realm, kind, urlencode([*form, *asked]).encode())
        else:
            proof = (("Authorization", credential.basic),) if credential.username else ()
            request = Request("GET", f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}", proof)
        answer = self._heard(request, MIB)
        if answer.status in PASSING:
            raise PassingError(f"where it gives tokens: {self.said(answer)}", _retry_after(answer))
        if answer.status != 200:
            raise self._denied(answer)
        try:
            found = json.loads(answer.body)
            token = str(found.get("token") or found["access_token"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise RegistryError(f"{self.host}: where it gives tokens, what came is no token") from None
        self._hide([token])
        return token

    def _hide(self, secrets: Iterable[str]) -> None:
        self._secrets.update(secrets)

    def _denied(self, answer: Answer) -> RegistryError:
        asked = "without a name and a password" if not self._credential else "with the credentials there are"
        return RegistryError(
            f"{self.host}: not allowed, {asked}: {self.said(answer)}",
            f"log in with `helm registry login {self.host}`, or give --username and --password-stdin",
        )

    def refused(self, what: str, answer: Answer) -> RegistryError:
        """What to raise for an answer that is neither yes nor no."""
        if answer.status in (401, 403):
            return self._denied(answer)
        return RegistryError(f"{self.host}: {what}: it answered {self.said(answer)}")

    def said(self, answer: Answer) -> str:
        """A status and the registry's words, without secrets and without what a terminal would obey."""
        words = "; ".join(f"{code}: {message}" for code, message in errors(answer))
        for secret in sorted(self._secrets, key=len, reverse=True):
            words = words.replace(secret, "***")
        plain = "".join(c if c.isprintable() else " " for c in words)[:_TOLD]
        return f"{answer.status}{f' ({plain})' if plain else ''}"


def errors(answer: Answer) -> list[tuple[str, str]]:
    """Code and message of each error in an answer. Source: OCI Distribution Specification, "Error Codes"."""
    try:
        found = json.loads(answer.body)["errors"]
        return [(str(one["code"]), str(one.get("message") or "")) for one in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _scopes(told: str, own: str) -> list[str]:
    return list(dict.fromkeys([own, *told.split(" ")])) if told else [own]


def _retry_after(answer: Answer) -> float:
    """Seconds; a date counts from the answer's own, whatever the clock here says."""
    text = answer.header("retry-after")
    try:
        if text.isascii() and text.isdigit():
            return float(text[:6])
        then, now = parsedate_to_datetime(text), parsedate_to_datetime(answer.header("date"))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, IndexError):
        return 0.0
