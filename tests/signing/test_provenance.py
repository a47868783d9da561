"""A provenance file is accepted by every Helm, refused when anything in it was changed, and leaks nothing."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from chartgen import package
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ToolError
from chartgen.signing import Keys, SignatureError, provenance, sign, verify
from tests.need import need
from tests.signing.conftest import KINDS, PASSPHRASE, Ring

# What a clear text signature must not stumble over: dashes at the start of a line, blanks at its end, an end
# of a document within the text, letters beyond ASCII.
HEAD = """apiVersion: v2
name: shop
version: 1.0.0
description: |
  - Grüße \N{CHECK MARK}
  -----BEGIN PGP SIGNATURE-----
  ...
keywords:
- a\N{SPACE}
"""
CHART = Chart.of([ChartFile("Chart.yaml", HEAD.encode()), ChartFile("values.yaml", b"a: 1\n")])
PACKED = package.archive(CHART)
NAME = "shop-1.0.0.tgz"
# Helm 3.18's library for OpenPGP does not know Ed25519.
PAIRS = [("helm3.18", "rsa3072"), *((helm, kind) for helm in ("helm3", "helm4") for kind in KINDS)]


def keys(ring: Ring, kind: str = "rsa3072", passphrase: str = PASSPHRASE) -> Keys:
    return Keys(ring.secret.read_bytes(), f"{kind}@example.com", passphrase.encode())


def trusted(path: Path) -> Keys:
    return Keys(path.read_bytes())


@pytest.fixture(scope="module")
def signed(ring: Ring) -> bytes:
    return sign(CHART, PACKED, keys(ring))


@pytest.mark.parametrize("tool,kind", PAIRS)
def test_helm_verifies_it(tool: str, kind: str, ring: Ring, tmp_path: Path) -> None:
    helm = need(tool)
    (tmp_path / NAME).write_bytes(PACKED)
    (tmp_path / f"{NAME}.prov").write_bytes(sign(CHART, PACKED, keys(ring, kind)))
    public = ring.rsa if kind == "rsa3072" else ring.public
    command = [helm, "verify", str(tmp_path / NAME), "--keyring"]
    done = subprocess.run([*command, public], check=True, capture_output=True, text=True)
    assert f"Signed by: {kind} <{kind}@example.com>\n" in done.stdout
    assert f"Chart Hash Verified: {package.digest(PACKED)}\n" in done.stdout
    refused = subprocess.run([*command, ring.other], check=False, capture_output=True)
    assert refused.returncode != 0
    (tmp_path / NAME).write_bytes(PACKED + b"\0")
    assert subprocess.run([*command, public], check=False, capture_output=True).returncode != 0


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_what_helm_signs_is_verified(tool: str, ring: Ring, tmp_path: Path) -> None:
    helm = need(tool)
    folder = tmp_path / "shop"
    folder.mkdir()
    for file in CHART.files:
        (folder / file.path).write_bytes(file.data)
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    flags = ["--sign", "--key=rsa3072", "--keyring", str(ring.rsa_secret), "--passphrase-file", "passphrase"]
    done = subprocess.run([helm, "package", folder, *flags], check=False, capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    packed, prov = ((tmp_path / name).read_bytes() for name in (NAME, f"{NAME}.prov"))
    assert verify(prov, NAME, packed, trusted(ring.public)).signer == "rsa3072 <rsa3072@example.com>"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_known_who_signed_and_when(kind: str, ring: Ring) -> None:
    found = verify(sign(CHART, PACKED, keys(ring, kind), 1_700_000_000), NAME, PACKED, trusted(ring.public))
    assert found.signer == f"{kind} <{kind}@example.com>"
    assert re.fullmatch("[0-9A-F]{40}", found.fingerprint)
    assert found.time == 1_700_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_of_the_same_time_is_the_same_bytes(kind: str, ring: Ring) -> None:
    """RSA and EdDSA leave nothing to chance, and gpg draws the number that ECDSA needs from the message."""
    one, two = (sign(CHART, PACKED, keys(ring, kind), 1_700_000_000) for _ in range(2))
    assert one == two


def test_armored_keys_are_read_as_well(signed: bytes, ring: Ring) -> None:
    assert verify(signed, NAME, PACKED, trusted(ring.armored)).signer.startswith("rsa3072 ")


def test_a_keybox_is_read_as_well(signed: bytes, ring: Ring) -> None:
    assert verify(signed, NAME, PACKED, trusted(ring.home / "pubring.kbx")).signer.startswith("rsa3072 ")


def test_what_helm_reads_is_what_is_signed() -> None:
    text = provenance.message(CHART, PACKED).decode()
    head, sums = text.split("\n...\n")
    assert f"files:\n  {NAME}: {package.digest(PACKED)}\n" == sums
    assert head.startswith("apiVersion: v2\nname: shop\n")


# What must not be believed.


def test_other_bytes_are_refused(signed: bytes, ring: Ring) -> None:
    with pytest.raises(SignatureError, match=r"is not what was signed: it is sha256:.* was signed"):
        verify(signed, NAME, PACKED + b"\0", trusted(ring.public))


def test_another_name_is_refused(signed: bytes, ring: Ring) -> None:
    with pytest.raises(SignatureError, match=r"the signature is not for a file called shop-2\.0\.0\.tgz"):
        verify(signed, "shop-2.0.0.tgz", PACKED, trusted(ring.public))


def test_a_key_that_is_not_trusted_is_refused(signed: bytes, ring: Ring) -> None:
    with pytest.raises(SignatureError, match="the key of the signature is not among those that are trusted"):
        verify(signed, NAME, PACKED, trusted(ring.other))


def test_a_changed_text_is_refused(signed: bytes, ring: Ring) -> None:
    changed = signed.replace(package.digest(PACKED).encode(), package.digest(b"evil").encode())
    assert changed != signed
    with pytest.raises(SignatureError, match="the signature does not fit the text"):
        verify(changed, NAME, PACKED, trusted(ring.public))


@pytest.mark.parametrize(
    "prov",
    [b"", b"no signature\n", provenance.message(CHART, PACKED)],
    ids=["nothing", "text", "unsigned"],
)
def test_what_is_not_signed_is_refused(prov: bytes, ring: Ring) -> None:
    with pytest.raises(SignatureError):
        verify(prov, NAME, PACKED, trusted(ring.public))


@pytest.mark.parametrize("place", ["before", "after"])
def test_text_outside_of_the_signature_counts_for_nothing(place: str, signed: bytes, ring: Ring) -> None:
    lie = provenance.message(CHART, b"evil")
    both = lie + b"\n" + signed if place == "before" else signed + b"\n" + lie
    assert verify(both, NAME, PACKED, trusted(ring.public)).signer.startswith("rsa3072 ")
    with pytest.raises(SignatureError):
        verify(both, NAME, b"evil", trusted(ring.public))


@pytest.mark.parametrize(
    "text",
    [
        "hello\n",
        "a: 1\n...\nfiles: []\n",
        "a: 1\n...\nfiles: {\n",
        # Helm reads the second part, a person perhaps the last.
        f"a: 1\n...\nfiles: {{{NAME}: sha256:0}}\n...\nfiles: {{{NAME}: {package.digest(PACKED)}}}\n",
    ],
    ids=["no parts", "no mapping", "no YAML", "three parts"],
)
def test_a_good_signature_of_something_else_is_refused(text: str, ring: Ring) -> None:
    prov = ring.gpg("--local-user=rsa3072@example.com", "--clearsign", given=text.encode())
    with pytest.raises(SignatureError, match="what was signed is no provenance of a chart"):
        verify(prov, NAME, PACKED, trusted(ring.public))


def test_an_expired_key_is_refused(ring: Ring, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    gpg = [
        "gpg",
        "--homedir",
        str(home),
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--pinentry-mode=loopback",
    ]
    past = "--faked-system-time=1600000000"
    make = [*gpg, past, "--quick-generate-key", "Old <old@example.com>", "ed25519", "sign", "1d"]
    subprocess.run(make, check=True, capture_output=True)
    sign_ = [*gpg, past, "--clearsign"]
    text = provenance.message(CHART, PACKED)
    prov = subprocess.run(sign_, input=text, check=True, capture_output=True).stdout
    public = subprocess.run([*gpg, "--export"], check=True, capture_output=True).stdout
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
    with pytest.raises(SignatureError, match="the key of the signature has expired"):
        verify(prov, NAME, PACKED, Keys(public))


# Keys that cannot be used.


def test_a_wrong_passphrase_is_told_and_not_repeated(ring: Ring) -> None:
    with pytest.raises(SignatureError, match=r"gpg does not sign: .*Bad passphrase") as caught:
        sign(CHART, PACKED, keys(ring, passphrase="hunter2"))
    assert caught.value.hint.startswith("--passphrase-file names a file")
    assert "hunter2" not in str(caught.value) + repr(keys(ring, passphrase="hunter2"))


def test_a_key_that_is_not_there_is_told(ring: Ring) -> None:
    with pytest.raises(SignatureError, match=r"gpg does not sign: .*No secret key") as caught:
        sign(CHART, PACKED, Keys(ring.secret.read_bytes(), "nobody@example.com", b""))
    assert "gpg --export-secret-keys" in caught.value.hint


def test_a_keyring_without_secret_keys_is_told(ring: Ring) -> None:
    with pytest.raises(SignatureError, match="gpg does not sign: "):
        sign(CHART, PACKED, Keys(ring.public.read_bytes(), "rsa3072@example.com", b""))


@pytest.mark.parametrize("data", [b"", b"no keys", bytes(100)])
def test_a_keyring_that_is_none_is_told(data: bytes, signed: bytes) -> None:
    with pytest.raises(SignatureError, match="the keyring holds no key"):
        verify(signed, NAME, PACKED, Keys(data))


def test_without_gpg_nothing_is_known(signed: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="there is no gpg"):
        verify(signed, NAME, PACKED, Keys())


def test_no_agent_and_no_key_is_left(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not pytest's own folder: the path of a socket has at most 107 bytes (unix(7)).
    with tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr("tempfile.tempdir", None)
        sign(CHART, PACKED, keys(ring))
        assert list(Path(folder).iterdir()) == []
        # The pattern must not find pgrep itself, nor what runs this test.
        ended = subprocess.run(["pgrep", "-f", f"homedir {folder}/"], check=False, capture_output=True)
    assert ended.stdout == b""
