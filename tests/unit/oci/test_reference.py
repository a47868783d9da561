"""References: what Helm takes, and why something is none."""

from __future__ import annotations

import pytest

from chartgen.errors import UsageError
from chartgen.oci.reference import Reference, folder, parse, version_of

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    "text,expected",
    [
        ("oci://ghcr.io/acme/charts/shop", Reference("ghcr.io", "acme/charts/shop")),
        ("oci://localhost:5000/shop:0.1.0", Reference("localhost:5000", "shop", "0.1.0")),
        ("oci://[::1]:5000/shop:0.1.0", Reference("[::1]:5000", "shop", "0.1.0")),
        (f"oci://h/a/b@{DIGEST}", Reference("h", "a/b", "", DIGEST)),
        (f"oci://h/a/b:1.0.0@{DIGEST}", Reference("h", "a/b", "1.0.0", DIGEST)),
        ("oci://h/a:1.0.0+build.5", Reference("h", "a", "1.0.0_build.5")),
    ],
)
def test_a_reference_is_read_and_written(text: str, expected: Reference) -> None:
    assert parse(text) == expected
    assert str(expected) == text.replace("+", "_")


@pytest.mark.parametrize(
    "text,why",
    [
        ("ghcr.io/acme/shop", "it does not start with oci://"),
        ("https://ghcr.io/acme/shop", "it does not start with oci://"),
        ("oci://gh cr.io/acme", "'gh cr.io' is no host of a registry"),
        ("oci:///acme", "'' is no host of a registry"),
        ("oci://ghcr.io/Acme/shop", "'Acme/shop' is no path of a registry: lower case, no empty part"),
        ("oci://ghcr.io/acme//shop", "'acme//shop' is no path of a registry: lower case, no empty part"),
        ("oci://ghcr.io/../shop", "'../shop' is no path of a registry: lower case, no empty part"),
        ("oci://ghcr.io/shop:", "'' is no tag"),
        ("oci://ghcr.io/shop:a b", "'a b' is no tag"),
        ("oci://ghcr.io/shop@sha256:12", "'sha256:12' is no sha256 digest"),
        ("oci://ghcr.io", "no chart is named in it"),
    ],
)
def test_what_is_no_reference_is_told_why(text: str, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    assert raised.value.message == f"{text}: {why}"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as raised:
        folder("oci://me:s3cret@ghcr.io/acme")
    assert "s3cret" not in str(raised.value)


def test_a_chart_lies_below_a_folder_that_may_be_the_root() -> None:
    assert str(folder("oci://h/a/").chart("shop", "1.0.0+b")) == "oci://h/a/shop:1.0.0_b"
    assert str(folder("oci://h").chart("shop", "1.0.0")) == "oci://h/shop:1.0.0"
    with pytest.raises(UsageError, match="the tag is the version of the chart"):
        folder("oci://h/a:1.0.0")


def test_a_tag_stands_for_a_version() -> None:
    assert version_of("1.0.0-rc.1_b.5") == "1.0.0-rc.1+b.5"
