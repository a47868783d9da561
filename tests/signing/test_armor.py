"""A signature without checksum and padding, as one in a hundred of Helm's is, is read to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartgen.signing import Keys, SignatureError, gpg
from chartgen.signing.armor import complete
from tests.need import need

KEPT = Path(__file__).resolve().parent / "kept"
# "123456789" and its CRC-24, 0x21CF02, the check value of catalogues.
DATA, CHECKSUM = b"MTIzNDU2Nzg5\n", b"=Ic8C\n"
BEGIN, END = b"-----BEGIN PGP SIGNATURE-----\nComment: a\n\n", b"-----END PGP SIGNATURE-----"


def test_the_checksum_is_added_where_neither_it_nor_padding_is_there() -> None:
    assert complete(b"text\n" + BEGIN + DATA + END) == b"text\n" + BEGIN + DATA + CHECKSUM + END


@pytest.mark.parametrize("data", [DATA + CHECKSUM, b"MTIzNDU2Nzg=\n", b"MTIzNDU2Nz\n", b""])
def test_any_other_signature_is_left_as_it_is(data: bytes) -> None:
    assert complete(BEGIN + data + END) == BEGIN + data + END


def test_one_that_helm_made_is_good_and_one_that_was_changed_is_not() -> None:
    """It was made by Helm 3.22 for a key of the tests, whose secret half is gone."""
    need("gpg")
    signed, keys = (KEPT / "unpadded.prov").read_bytes(), Keys(ring=(KEPT / "unpadded.asc").read_bytes())
    text, status = gpg.verified(signed, keys)
    assert (text.startswith("apiVersion: v2\n"), status.signer) == (True, "rsa3072 <rsa3072@example.com>")
    with pytest.raises(SignatureError, match="one of them was changed"):
        gpg.verified(signed.replace(b"apiVersion: v2", b"apiVersion: v1"), keys)
