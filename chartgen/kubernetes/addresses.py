"""Patterns of addresses and networks, as strict as a server of any supported version.

A network has no address bits behind its length. Of IPv4 a pattern can say that; of IPv6 it says that the
address is one, and `limits.cidr` looks at the bits. Leading zeros and IPv4 inside of IPv6 are left out: newer
servers refuse both (KEP-4858). Every pattern means the same in RE2, ECMA 262 and Python.
"""

from __future__ import annotations

from collections.abc import Iterator

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_HEX = "[0-9a-fA-F]{1,4}"


def _ipv6() -> Iterator[str]:
    """The address in full, and with `::` behind so many groups."""
    yield f"({_HEX}:){{7}}{_HEX}"
    yield f":(:{_HEX}){{1,7}}"
    for before in range(6, 0, -1):
        yield f"({_HEX}:){{1,{before}}}(:{_HEX}){{1,{7 - before}}}"
    yield f"({_HEX}:){{1,7}}:"
    yield "::"


def _networks() -> Iterator[str]:
    """IPv4 networks by how many bits of their last octet count: those of the octets behind are zero."""
    yield r"0\.0\.0\.0/0"
    for bits in range(1, 9):
        last = _OCTET if bits == 8 else f"({'|'.join(map(str, range(0, 256, 1 << (8 - bits))))})"
        if bits == 7:  # every even number
            last = "([1-9]?[02468]|1[0-9][02468]|2[0-4][02468]|25[024])"
        for octets in range(4):
            before = rf"({_OCTET}\.){{{octets}}}" if octets else ""
            behind = r"\.0" * (3 - octets)
            yield f"{before}{last}{behind}/{8 * octets + bits}"


IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
IPV6 = f"({'|'.join(_ipv6())})"
NETWORK = f"({'|'.join(_networks())}|{IPV6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))"
