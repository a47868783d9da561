"""Keys of each kind that is in use, made once, gone with the tests; no key of a person is ever touched."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.need import need
from tests.registry.servers import registry

KINDS = ("rsa3072", "ed25519", "nistp256")
PASSPHRASE = "correct horse"
# Before any date that a test signs at.
MADE = "--faked-system-time=1600000000"


@dataclass(frozen=True)
class Ring:
    """Files of exported keys; the key of each kind is of KIND@example.com.

    `rsa` and `rsa_secret` hold no other: Helm 3.18 stumbles over an Ed25519 key among those that it reads.
    """

    secret: Path
    public: Path
    armored: Path
    other: Path  # public, and none of the keys above
    rsa: Path
    rsa_secret: Path
    home: Path

    def gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode=loopback"]
        done = subprocess.run(
            [*command, "--passphrase", PASSPHRASE, *arguments], input=given, check=True, capture_output=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    need("gpg")
    folder = tmp_path_factory.mktemp("keys")
    names = ("secret.gpg", "public.gpg", "public.asc", "other.gpg", "rsa.gpg", "rsa-secret.gpg", "home")
    made = Ring(*(folder / name for name in names))
    made.home.mkdir(mode=0o700)
    try:
        made.gpg(MADE, "--quick-generate-key", "Other <other@example.com>", "rsa2048", "sign", "never")
        made.other.write_bytes(made.gpg("--export", "other@example.com"))
        for kind in KINDS:
            made.gpg(MADE, "--quick-generate-key", f"{kind} <{kind}@example.com>", kind, "sign", "never")
        ours = [f"{kind}@example.com" for kind in KINDS]
        made.secret.write_bytes(made.gpg("--export-secret-keys", *ours))
        made.public.write_bytes(made.gpg("--export", *ours))
        made.armored.write_bytes(made.gpg("--export", "--armor", *ours))
        made.rsa.write_bytes(made.gpg("--export", "rsa3072@example.com"))
        made.rsa_secret.write_bytes(made.gpg("--export-secret-keys", "rsa3072@example.com"))
        yield made
    finally:
        subprocess.run(["gpgconf", "--homedir", str(made.home), "--kill", "all"], check=False)


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry on the loopback, without TLS and without passwords: `localhost:PORT`."""
    with registry("distribution 3", tmp_path_factory.mktemp("registry")) as found:
        yield found.host


def pushed(helm: str, host: str, file: Path) -> str:
    """The digest under which Helm has pushed a package."""
    command = [helm, "push", str(file), f"oci://{host}/charts", "--plain-http"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"sha256:[0-9a-f]{64}", done.stdout + done.stderr)
    assert found
    return found[0]
