"""cosign with a pair of keys and without the internet: signs what lies in a registry, and verifies it.

The password of a key is cosign's own business: it reads COSIGN_PASSWORD. No transparency log is told or
asked: who trusts a key needs none.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chartgen import process
from chartgen.errors import ToolError
from chartgen.frozen import Frozen
from chartgen.process import Ran
from chartgen.signing.errors import SignatureError

PATIENCE = 300  # seconds; somebody may have to touch a key
HOW = "install cosign 3, or name it with --cosign"
# Its exit codes: cosign, cmd/cosign/errors/exit_codes.go.
_UNSIGNED, _NO_TAG = (10, 12), 11
_MISMATCH = ("no matching attestations", "no matching signatures")


class Cosign(Frozen):
    """A cosign, and how it reaches a registry: the files are those of the TLS connection.

    Credentials are read by cosign, from Docker's configuration.
    """

    program: str = "cosign"
    plain_http: bool = False
    insecure_skip_tls_verify: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    def sign(self, reference: str, key: str) -> bool:
        """Signs `HOST/PATH@sha256:...` with a private key, a file or what else cosign takes for one.

        False when it was signed with that key already. Raises SignatureError; ToolError when cosign is
        missing or the registry does not answer.
        """
        if self.is_signed(reference, key):
            return False
        with tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
            config, root = f"{folder}/config.json", f"{folder}/root.json"
            self._checked(self._run("signing-config", "create", "--out", config), reference)
            self._checked(self._run("trusted-root", "create", "--out", root), reference)
            where = ("--signing-config", config, "--trusted-root", root)
            self._checked(
                self._run("sign", "--yes", "--key", key, *where, *self._access(), reference), reference
            )
        return True

    def verify(self, reference: str, key: str) -> str:
        """The digest of what `HOST/PATH:TAG` (or `@sha256:...`) leads to, when it is signed with the key.

        `key` is the public one, a file or what else cosign takes for one.
        Raises SignatureError when it did not; ToolError when cosign is missing or cannot find out.
        """
        ran = self._checked(self._verify(reference, key), reference)
        digests = {one["critical"]["image"]["docker-manifest-digest"] for one in json.loads(ran.out)}
        if len(digests) != 1:
            raise SignatureError(f"{reference}: its signatures are for {len(digests)} things", "sign it anew")
        return str(digests.pop())

    def is_signed(self, reference: str, key: str) -> bool:
        """Whether this private key has signed `HOST/PATH@sha256:...`. Raises like `sign`."""
        with tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
            public = f"{folder}/cosign.pub"
            self._checked(self._run("public-key", "--key", key, "--outfile", public), reference)
            ran = self._verify(reference, public)
        if ran.code and not _is_unsigned(ran):
            self._checked(ran, reference)
        return not ran.code

    def _verify(self, reference: str, key: str) -> Ran:
        return self._run("verify", "--key", key, "--insecure-ignore-tlog=true", *self._access(), reference)

    def _access(self) -> Iterator[str]:
        if self.plain_http:
            yield "--allow-http-registry"
        if self.insecure_skip_tls_verify:
            yield "--allow-insecure-registry"
        files = {"cacert": self.ca_file, "client-cert": self.cert_file, "client-key": self.key_file}
        for name, file in files.items():
            if file:
                yield from (f"--registry-{name}", file)

    def _run(self, *arguments: str) -> Ran:
        if not (program := process.find(self.program)):
            raise ToolError(f"there is no {Path(self.program).name}", HOW)
        return process.run([program, *arguments], PATIENCE, hint=HOW)

    def _checked(self, ran: Ran, reference: str) -> Ran:
        if not ran.code:
            return ran
        if _is_unsigned(ran):
            raise SignatureError(
                f"{reference} is not signed with this key", "do not use it; or is the key another?"
            )
        if ran.code == _NO_TAG:
            raise SignatureError(f"{reference}: there is no such chart", "check the version and the path")
        if "decryption failed" in ran.err or "reading key" in ran.err:
            raise SignatureError(
                f"cosign cannot use the key: {_reason(ran)}", "COSIGN_PASSWORD must hold its password"
            )
        raise ToolError(f"cosign: {_reason(ran)}", "nothing is known of the signature")


def _is_unsigned(ran: Ran) -> bool:
    return ran.code in _UNSIGNED or any(words in ran.err for words in _MISMATCH)


def _reason(ran: Ran) -> str:
    """cosign's own words, without what it says twice."""
    lines = [line.removeprefix("Error: ") for line in ran.err.splitlines() if line.startswith("Error: ")]
    return lines[0] if lines else f"exit code {ran.code}"
