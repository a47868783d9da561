"""GnuPG: signs in the clear, and says who signed. It runs in a home of its own when keys are given."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from chartgen import process
from chartgen.errors import ToolError
from chartgen.frozen import Frozen
from chartgen.process import Ran
from chartgen.signing import armor
from chartgen.signing.errors import SignatureError

PATIENCE = 300  # seconds; somebody may have to find a passphrase, or a card
HOW = "install GnuPG (on Debian: apt-get install gnupg)"
_KEYBOX = slice(8, 12), b"KBXf"  # how a keybox begins: GnuPG, kbx/keybox-blob.c
_STATUS = "[GNUPG:] "
# What gpg says of a signature that is not good: doc/DETAILS of GnuPG.
_FAULTS = {
    "BADSIG": "the signature does not fit the text: one of them was changed",
    "EXPSIG": "the signature has expired",
    "EXPKEYSIG": "the key of the signature has expired",
    "REVKEYSIG": "the key of the signature was revoked",
    "ERRSIG": "the key of the signature is not among those that are trusted here",
    "NODATA": "there is no signature in it",
}


class Keys(Frozen):
    """What to sign with, or to trust: `ring` is an exported keyring or a keybox; without it the person's own.

    `name` chooses among several, as gpg's --local-user does. `passphrase` None leaves it to gpg's agent.
    """

    ring: bytes | None = None
    name: str = ""
    passphrase: bytes | None = None

    def __repr__(self) -> str:
        return f"Keys({self.name!r})"  # never what is secret


class Status(NamedTuple):
    """A good signature."""

    fingerprint: str
    signer: str
    time: int


def sign(text: bytes, keys: Keys, at: int | None) -> bytes:
    """The text with a signature below it. Raises SignatureError; ToolError without gpg."""
    with _home(keys) as (home, options):
        message = home / "message"
        message.write_bytes(text)
        ran = _gpg(*options, *_signing(keys, at), "--clearsign", str(message), stdin=_secret(keys))
    if ran.code:
        raise SignatureError(f"gpg does not sign: {_reason(ran)}", _advice(ran, keys))
    return ran.out.encode()


def _signing(keys: Keys, at: int | None) -> Iterator[str]:
    yield from ("--yes", "--output", "-", "--digest-algo", "SHA512", "--no-emit-version", "--no-comments")
    if keys.name:
        yield from ("--local-user", keys.name)
    if at is not None:
        yield from ("--faked-system-time", f"{at}!")
    if keys.ring is not None or keys.passphrase is not None:  # nobody is asked then
        yield from ("--pinentry-mode", "loopback", "--passphrase-fd", "0")


def _secret(keys: Keys) -> bytes | None:
    """For gpg's standard input: never in an argument, where every process could read it."""
    if keys.ring is None and keys.passphrase is None:
        return None
    return (keys.passphrase or b"").split(b"\n")[0] + b"\n"


def verified(signed: bytes, keys: Keys) -> tuple[str, Status]:
    """The text that was signed, and by whom. Raises SignatureError; ToolError without gpg."""
    with _home(keys) as (home, options):
        file = home / "signed"
        file.write_bytes(armor.complete(signed))
        ran = _gpg(*options, "--output", "-", "--decrypt", str(file))
    said = dict(_status(ran))
    fault = next((text for word, text in _FAULTS.items() if word in said), "")
    if ran.code or fault or "GOODSIG" not in said or "VALIDSIG" not in said:
        what = fault or f"gpg cannot tell whether the signature is good: {_reason(ran)}"
        raise SignatureError(what, "do not use it; --keyring names the public keys that are trusted")
    valid = said["VALIDSIG"].split()
    return ran.out, Status(valid[-1], said["GOODSIG"].partition(" ")[2], int(valid[2]))


@contextmanager
def _home(keys: Keys) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """A folder to work in, and the options that make it gpg's home, with the keys in it, when there are."""
    _program()
    with tempfile.TemporaryDirectory(prefix="chartgen-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        if keys.ring is None:
            yield home, ()
            return
        own = ("--homedir", name, "--trust-model", "always")
        try:
            _fill(home, keys.ring, own)
            yield home, own
        finally:  # its agent holds what was decrypted
            process.run(["gpgconf", "--homedir", name, "--kill", "all"], PATIENCE, hint=HOW)


def _fill(home: Path, ring: bytes, own: tuple[str, ...]) -> None:
    where, mark = _KEYBOX
    if ring[where] == mark:
        (home / "pubring.kbx").write_bytes(ring)
        return
    ran = _gpg(*own, "--import", stdin=ring)
    if "IMPORT_OK" not in dict(_status(ran)):
        raise SignatureError(f"the keyring holds no key: {_reason(ran)}", "`gpg --export` writes one")


def _program() -> str:
    if not (program := process.find("gpg")):
        raise ToolError("there is no gpg", HOW)
    return program


def _gpg(*arguments: str, stdin: bytes | None = None) -> Ran:
    command = [_program(), "--batch", "--no-tty", "--status-fd", "2", *arguments]
    return process.run(command, PATIENCE, hint=HOW, stdin=stdin)


def _status(ran: Ran) -> Iterator[tuple[str, str]]:
    for line in ran.err.splitlines():
        if line.startswith(_STATUS):
            word, _, rest = line.removeprefix(_STATUS).partition(" ")
            yield word, rest


def _reason(ran: Ran) -> str:
    """gpg's own words, in one line."""
    lines = (re.sub(r"^gpg: ", "", line) for line in ran.err.splitlines() if not line.startswith(_STATUS))
    return "; ".join(line for line in lines if line) or f"exit code {ran.code}"


def _advice(ran: Ran, keys: Keys) -> str:
    if "passphrase" in ran.err.lower():  # no word of the status tells it from other failures
        return "--passphrase-file names a file with the passphrase, `-` reads it from standard input"
    if keys.ring is None:
        return "--key names a key of `gpg --list-secret-keys`; --keyring gives a file with secret keys"
    return "--keyring wants secret keys: `gpg --export-secret-keys` writes them; --key chooses among several"
