"""Requests and limits are held against each other as the API server does; each case was asked of one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from chartgen.kubernetes.amounts import against, amount

GPU, PAGES = "nvidia.com/gpu", "hugepages-2Mi"


@pytest.mark.parametrize(
    "text,number",
    [
        *(("100m", Fraction(1, 10)), ("1Ki", 1024), ("1.5Gi", 3 * 2**29), ("1E", 10**18), ("1E3", 1000)),
        *(("1e-3", Fraction(1, 1000)), ("500u", Fraction(1, 2000)), (".5", Fraction(1, 2)), ("+1.", 1)),
        *((2, 2), (0.5, Fraction(1, 2)), (1e21, 10**21), ("", None), ("Gi", None), ("1e", None)),
        *((True, None), (None, None), ("1e9999", None), ([], None)),
    ],
)
def test_a_quantity_is_a_number(text: object, number: Fraction | int | None) -> None:
    assert amount(text) == number


@pytest.mark.parametrize(
    "resources",
    [
        {},
        {"requests": {"cpu": "1"}, "limits": {"cpu": "1000m"}},
        {"requests": {"memory": "1Gi"}},
        {"requests": {GPU: 1}, "limits": {GPU: "1"}},
        {"limits": {GPU: 1}},
        {"requests": {"cpu": 1}, "limits": {PAGES: "4Mi"}},
        {"requests": {"example.kubernetes.io/x": 1}},
    ],
)
def test_what_the_server_takes_is_taken(resources: dict[str, Any]) -> None:
    assert list(against(resources)) == []


@pytest.mark.parametrize(
    "resources,where,what",
    [
        (
            {"requests": {"cpu": "1.1"}, "limits": {"cpu": "1"}},
            "requests.cpu",
            "a request of '1.1' is above its limit, '1'",
        ),
        (
            {"requests": {GPU: 1}},
            f"requests.{GPU}",
            f"a request of '{GPU}' needs a limit: it is given out once",
        ),
        (
            {"requests": {GPU: 1}, "limits": {GPU: 2}},
            f"requests.{GPU}",
            f"a request of '1' of '{GPU}' is not its limit, '2': it is given out once",
        ),
        (
            {"limits": {PAGES: "3Mi", "cpu": 1}},
            f"limits.{PAGES}",
            f"'3Mi' is not a multiple of the pages of '{PAGES}'",
        ),
        ({"limits": {PAGES: "2Mi"}}, "", f"'{PAGES}' needs cpu or memory beside it"),
    ],
)
def test_what_the_server_refuses_is_told_where_it_stands(
    resources: dict[str, Any], where: str, what: str
) -> None:
    assert list(against(resources)) == [(where, what)]
