"""Keys and certificates for an hour, by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.need import need


def openssl(*arguments: str, cwd: Path, stdin: bytes = b"") -> bytes:
    done = subprocess.run(
        [need("openssl"), *arguments], cwd=cwd, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def authority(folder: Path, name: str) -> Path:
    """A CA: NAME.key, and the NAME.crt that is returned."""
    folder.mkdir(exist_ok=True)
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1")
    files = ("-keyout", f"{name}.key", "-out", f"{name}.crt")
    openssl("req", "-x509", *made, "-subj", f"/CN={name}", *files, cwd=folder)
    return folder / f"{name}.crt"


def signed(folder: Path, ca: str, name: str, *, kind: str = "ec") -> Path:
    """A certificate for localhost, signed by a CA: NAME.key, and the NAME.crt that is returned."""
    key = (
        ("-newkey", "rsa:2048") if kind == "rsa" else ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    )
    openssl(
        "req",
        *key,
        "-nodes",
        "-subj",
        f"/CN={name}",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.csr",
        cwd=folder,
    )
    (folder / "san").write_text("subjectAltName=DNS:localhost\n")
    by = ("-CA", f"{ca}.crt", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", "1", "-extfile", "san")
    openssl("x509", "-req", "-in", f"{name}.csr", *by, "-out", f"{name}.crt", cwd=folder)
    return folder / f"{name}.crt"
