"""Patterns of addresses and schedules take exactly what a parser of them takes."""

from __future__ import annotations

import ipaddress
import random
import re

import pytest

from chartgen.kubernetes import addresses, cron

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun Mon TUE wed thu fri sat".split()


def matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def parsed(kind: type, text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("length", range(33))
def test_a_network_of_ipv4_has_no_bits_behind_its_length(length: int) -> None:
    chance = random.Random(length)
    some = [chance.getrandbits(32) for _ in range(60)]
    some += [n & (0xFFFFFFFF << (32 - length)) for n in some] + [1 << (32 - length) & 0xFFFFFFFF]
    for number in some:
        text = f"{ipaddress.IPv4Address(number)}/{length}"
        assert matches(addresses.NETWORK, text) == parsed(ipaddress.IPv4Network, text), text


def test_an_address_of_ipv6_has_eight_groups_or_one_place_where_some_are_left_out() -> None:
    chance = random.Random(0)
    for _ in range(4000):
        groups = [chance.choice(("", "", "0", "1", "ab", "FFFF", "12345", "g")) for _ in range(9)]
        text = ":".join(groups[: chance.randint(2, 9)])
        assert matches(addresses.IPV6, text) == parsed(ipaddress.IPv6Address, text), text


@pytest.mark.parametrize(
    "place, ends",
    [
        (0, [str(n) for n in range(60)] + ["00", "07"]),
        (1, [str(n) for n in range(25)] + ["09"]),
        (2, [str(n) for n in range(33)]),
        (3, [str(n) for n in range(14)] + MONTHS),
        (4, [str(n) for n in range(8)] + DAYS),
    ],
)
def test_the_patterns_of_a_schedule_say_what_the_controller_says(place: int, ends: list[str]) -> None:
    for first in ends:
        for last in ends:
            fields = ["*"] * 5
            fields[place] = f"1,{first}-{last}/2"
            text = " ".join(fields)
            fine = matches(cron.PATTERN, text) and not re.search(cron.BACKWARDS, text)
            assert fine == (not cron.refused(text)), text
