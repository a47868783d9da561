"""The next version: the table, pre-releases, and the order of branches."""

from __future__ import annotations

import random

import pytest
from semver import Version

from chartgen.changes import Level
from chartgen.versions import development, following, parsed

TABLE = {
    "1.2.3": ("2.0.0", "1.3.0", "1.2.4", "1.2.3"),
    "0.2.3": ("0.3.0", "0.2.4", "0.2.4", "0.2.3"),
    "0.0.3": ("0.0.4", "0.0.4", "0.0.4", "0.0.3"),
    # A pre-release is followed by what it is for, when that is enough.
    "2.0.0-rc.1": ("2.0.0", "2.0.0", "2.0.0", "2.0.0-rc.1"),
    "1.3.0-rc.1": ("2.0.0", "1.3.0", "1.3.0", "1.3.0-rc.1"),
    "1.2.4-rc.1": ("2.0.0", "1.3.0", "1.2.4", "1.2.4-rc.1"),
    "0.3.0-rc.1": ("0.3.0", "0.3.0", "0.3.0", "0.3.0-rc.1"),
    "0.2.4-rc.1": ("0.3.0", "0.2.4", "0.2.4", "0.2.4-rc.1"),
    "1.2.3+build": ("2.0.0", "1.3.0", "1.2.4", "1.2.3+build"),
}


@pytest.mark.parametrize("base", TABLE)
def test_the_table(base: str) -> None:
    for level, wanted in zip((*Level, None), TABLE[base], strict=True):
        assert str(following(Version.parse(base), level)) == wanted


def test_what_follows_is_never_lower_and_a_heavier_change_never_gives_less() -> None:
    chance = random.Random(0)
    for _ in range(2000):
        numbers = [chance.choice((0, 1, 2, 10)) for _ in range(3)]
        base = Version(*numbers).replace(prerelease=chance.choice((None, None, "rc.1", "0.dev.3")))
        major, minor, patch = (following(base, level) for level in Level)
        assert base < patch <= minor <= major


def test_branches_sort_by_their_number_before_every_candidate_and_after_the_last_release() -> None:
    release = Version.parse("1.3.0")
    ordered = [development(release, n) for n in (2, 10, 100)]
    others = [Version.parse(f"1.3.0-{name}") for name in ("alpha", "beta.1", "dev.1", "rc.1")]
    assert sorted([*others, *ordered, release, Version.parse("1.2.9")]) == [
        Version.parse("1.2.9"), *ordered, *others, release
    ]  # fmt: skip
    assert str(ordered[1]) == "1.3.0-0.dev.10"


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "latest", "1.2.3 "]
)
def test_what_is_no_version(text: str) -> None:
    assert parsed(text) is None
