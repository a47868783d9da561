"""The options that sign packages, called as Helm calls them, and the keys and secrets that they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast

import click
from click.core import ParameterSource

from chartgen.chart import Chart
from chartgen.cli.options import Command, option
from chartgen.cli.stage import epoch
from chartgen.disk import read_text
from chartgen.errors import UsageError
from chartgen.frozen import Frozen
from chartgen.package import LAST_EPOCH
from chartgen.signing import Keys, SignatureError, sign, verify

_LIMIT = 16 << 20  # bytes of a keyring
keyring_option = option(
    "--keyring", env="KEYRING", metavar="FILE", help="Keys, as gpg exports them (default: gpg's own)."
)


class Signer(Frozen):
    """Signs packages with a key, at a given time (seconds since 1970) or now."""

    keys: Keys
    at: int | None

    def provenance(self, chart: Chart, packed: bytes, path: Path) -> bytes:
        """The provenance file of a package: what is at `path` when that is good, or else a new one."""
        if self.at is None and path.is_file() and self.is_good(found := read_text(path), packed, path.name):
            return found
        return sign(chart, packed, self.keys, self.at)

    def is_good(self, found: bytes, packed: bytes, name: str) -> bool:
        """Whether a provenance file called `name` is of these bytes, by the key that was asked for."""
        try:
            signature = verify(found, name.removesuffix(".prov"), packed, self.keys)
        except SignatureError:
            return False
        wanted = self.keys.name.casefold().replace(" ", "").removeprefix("0x")
        told = f"{signature.fingerprint}\n{signature.signer}".casefold().replace(" ", "")
        return wanted in told


def signing_options(command: Command) -> Command:
    """Gives a command the options, and the argument `signer`: None unless --sign was given."""

    @wraps(command)
    def call(*args: Any, sign_: bool, **more: Any) -> Any:
        given = {name: more.pop(name) for name in ("key", "keyring", "passphrase_file", "signed_at")}
        source = click.get_current_context().get_parameter_source
        idle = [name for name in given if not sign_ and source(name) is ParameterSource.COMMANDLINE]
        if idle:
            name = f"--{idle[0].replace('_', '-')}"
            raise UsageError(f"{name} does nothing without --sign", "add --sign, or leave it out")
        at = given.pop("signed_at")
        signer = Signer(_keys(**given), _time() if at is None else at) if sign_ else None
        return command(*args, signer=signer, **more)

    made: Any = call
    for add in reversed(_OPTIONS):
        made = add(made)
    return cast("Command", made)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    option("--sign", "sign_", env="SIGN", is_flag=True, help="Sign with gpg, into NAME-VERSION.tgz.prov."),
    option("--key", env="KEY", metavar="NAME", help="The key to sign with: a name, address or fingerprint."),
    keyring_option,
    option(
        "--passphrase-file",
        env="PASSPHRASE_FILE",
        metavar="FILE",
        help="The key's passphrase, in its first line; `-` reads standard input (default: gpg's agent asks).",
    ),
    option(
        "--signed-at",
        env="SIGNED_AT",
        type=click.IntRange(0, LAST_EPOCH),
        metavar="SECONDS",
        help="Time of the signature, since 1970: the same makes the same bytes (default: now).",
    ),
)


def keys_of(keyring: str | None) -> Keys:
    """The keys to trust. Raises ChartgenError."""
    return Keys(read_text(Path(keyring), _LIMIT) if keyring else None)


def _keys(key: str | None, keyring: str | None, passphrase_file: str | None) -> Keys:
    passphrase = None
    if passphrase_file == "-":
        passphrase = sys.stdin.buffer.read(1 << 16)
    elif passphrase_file:
        passphrase = read_text(Path(passphrase_file), 1 << 16, waits=True)
    return Keys(keys_of(keyring).ring, key or "", passphrase)


def _time() -> int | None:
    """When packages are signed: when SOURCE_DATE_EPOCH says, or now."""
    return epoch() if os.environ.get("SOURCE_DATE_EPOCH") else None
