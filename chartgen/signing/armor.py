"""The armor of a signature, made such that gpg reads it to its end.

Its checksum may be left out (RFC 9580, 6.1), and Helm leaves it out since it signs with another library. gpg
finds the end of the data by the padding then, and says that there is no signature where there is none either:
in one of a hundred signatures with RSA.
"""

from __future__ import annotations

import base64
import binascii
import re

_BLOCK = re.compile(
    rb"(-----BEGIN PGP SIGNATURE-----\r?\n(?:[^\r\n]+\r?\n)*?\r?\n)((?:[A-Za-z0-9+/]+\r?\n)+)"
    rb"(-----END PGP SIGNATURE-----)"
)
_START, _POLYNOMIAL = 0xB704CE, 0x1864CFB  # RFC 4880, 6.1


def complete(signed: bytes) -> bytes:
    """What was signed, with the checksum of its signature where neither that nor padding is there."""
    return _BLOCK.sub(_checked, signed)


def _checked(block: re.Match[bytes]) -> bytes:
    head, data, end = block.groups()
    try:
        raw = base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        return block[0]
    checksum = base64.b64encode(_crc24(raw).to_bytes(3, "big"))
    return b"".join((head, data, b"=", checksum, b"\n", end))


def _crc24(data: bytes) -> int:
    crc = _START
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= _POLYNOMIAL
    return crc
