"""Who asks a registry: what was given, or else what `helm registry login` and `docker login` have kept.

A secret is never in a message, in an argument of a process, or in what an object shows of itself.
Sources: docker/cli, cli/config/configfile; docker-credential-helpers; oras-go, registry/remote/credentials.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from chartgen.connection import basic
from chartgen.errors import RegistryError, ToolError
from chartgen.frozen import Frozen
from chartgen.process import find, run

_HELPER_SECONDS = 60  # it may ask a person to unlock a key ring
_NOTHING = "credentials not found"
_IDENTITY = "<token>"  # what a helper gives for a name when the secret is a refresh token
_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


class Credential(Frozen):
    """A name with a password, or a refresh token, or an access token; or nothing at all."""

    username: str = ""
    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """What the Authorization header says of a name and a password."""
        return basic(self.username, self.password)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: as it is, and as it is sent."""
        sent = self.basic.partition(" ")[2] if self.password else ""
        return tuple(filter(None, (self.password, self.refresh_token, self.access_token, sent)))

    def __bool__(self) -> bool:
        return bool(self.username or self.refresh_token or self.access_token)


NOBODY = Credential()


class Config(Frozen):
    """A file in which Helm or Docker keeps credentials."""

    path: str
    text: bytes = field(repr=False)


def kept(host: str, configs: Iterable[Config]) -> Credential:
    """The credential for a host in the first of the files that has one. Raises RegistryError."""
    return next(filter(None, (_in(config, host) for config in configs)), NOBODY)


def _in(config: Config, host: str) -> Credential:
    document = _document(config)
    helpers = _mapping(document.get("credHelpers"))
    for name in _names(host):
        if helper := str(helpers.get(name) or ""):
            return _asked(helper, name, config.path)
    if (store := str(document.get("credsStore") or "")) and (
        found := next(filter(None, (_asked(store, name, config.path) for name in _names(host))), NOBODY)
    ):
        return found
    entries = {_host_of(key): _mapping(entry) for key, entry in _mapping(document.get("auths")).items()}
    return next(
        (_entry(entries[name], config.path, host) for name in map(_host_of, _names(host)) if name in entries),
        NOBODY,
    )


def _document(config: Config) -> dict[str, Any]:
    try:
        document = json.loads(config.text or b"{}")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RegistryError(
            f"{config.path}: it is no JSON object, so the credentials in it cannot be read",
            "mend it, remove it, or log in again with `helm registry login`",
        )
    return document


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(host: str) -> tuple[str, ...]:
    """What a host goes by in such files; Docker Hub has a name of its own."""
    return (host, "https://index.docker.io/v1/") if host in _DOCKER_HUB else (host,)


def _host_of(key: str) -> str:
    """Older files have whole addresses: https://HOST/v1/."""
    return key.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _entry(entry: Mapping[str, Any], path: str, host: str) -> Credential:
    username, password = str(entry.get("username") or ""), str(entry.get("password") or "")
    if auth := entry.get("auth"):
        try:
            decoded = base64.b64decode(str(auth), validate=True).decode()
        except (binascii.Error, ValueError):
            raise RegistryError(
                f"{path}: what is kept there for {host} cannot be read",
                "log in again with `helm registry login`",
            ) from None
        username, _, password = decoded.partition(":")
        password = password.strip("\0")
    return Credential(
        username, password, str(entry.get("identitytoken") or ""), str(entry.get("registrytoken") or "")
    )


def _asked(helper: str, host: str, path: str) -> Credential:
    """What a credential helper has: the host goes in on standard input, the secret comes out."""
    program = find(f"docker-credential-{helper}")
    if not program:
        raise RegistryError(
            f"{path} names a credential helper, and there is no docker-credential-{helper} on the PATH",
            "install it, or give --username and --password-stdin",
        )
    try:
        ran = run((program, "get"), _HELPER_SECONDS, stdin=host.encode())
    except ToolError as error:
        raise RegistryError(error.message, error.hint) from None
    if ran.code:
        if _NOTHING in ran.out + ran.err:
            return NOBODY
        # What it says is not shown: some print what they were asked for.
        raise RegistryError(
            f"docker-credential-{helper} failed for {host} (exit {ran.code})", f"run it: {helper} get"
        )
    try:
        found = json.loads(ran.out)
        username, secret = str(found["Username"]), str(found["Secret"])
    except (ValueError, KeyError, TypeError):
        raise RegistryError(
            f"docker-credential-{helper} answered for {host} with what is no credential"
        ) from None
    return Credential(refresh_token=secret) if username == _IDENTITY else Credential(username, secret)
