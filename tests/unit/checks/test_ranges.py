from __future__ import annotations

import pytest

from chartgen.checks.ranges import check
from tests.unit.checks.stage import item, told

POLICY = """
kind: NetworkPolicy
metadata: {name: a}
spec:
  ingress: [{from: [{ipBlock: {cidr: %s, except: ["%s"]}}]}]
  egress: [{ports: [{port: %s, endPort: %s}]}]
"""
ROUTE = (
    "{kind: HTTPRoute, metadata: {name: a}, spec: {rules: [{timeouts: {request: %s, backendRequest: %s}}]}}"
)
EXCEPT, END = "spec.ingress[0].from[0].ipBlock.except[0]", "spec.egress[0].ports[0].endPort"


@pytest.mark.parametrize("inner", ["10.1.0.0/16", "10.0.0.0/9", "nonsense"])
def test_an_exception_inside_of_its_network_is_fine(inner: str) -> None:
    assert told(check(item(POLICY % ("10.0.0.0/8", inner, 80, 80)))) == []


@pytest.mark.parametrize("inner", ["10.0.0.0/8", "11.0.0.0/16", "0.0.0.0/0", "fd00::/16"])
def test_an_exception_outside_of_its_network_is_told(inner: str) -> None:
    what = f"'{inner}' is no smaller network within '10.0.0.0/8'"
    found = told(check(item(POLICY % ("10.0.0.0/8", inner, 80, 90))))
    assert found == [("error", f"NetworkPolicy/a {EXCEPT}", what)]


def test_a_range_of_ports_that_runs_backwards_is_told() -> None:
    found = told(check(item(POLICY % ("10.0.0.0/8", "10.1.0.0/16", 80, 79))))
    assert found == [("error", f"NetworkPolicy/a {END}", "the range ends at 79, below its first port, 80")]


def test_a_port_by_name_has_no_range_for_us_to_judge() -> None:
    assert told(check(item(POLICY % ("10.0.0.0/8", "10.1.0.0/16", "http", 79)))) == []


@pytest.mark.parametrize("request_,backend", [("10s", "10s"), ("1m", "59s999ms"), ("0s", "1h"), ("1", "2s")])
def test_a_timeout_within_the_whole_is_fine(request_: str, backend: str) -> None:
    assert told(check(item(ROUTE % (request_, backend)))) == []


def test_a_timeout_longer_than_the_whole_is_told() -> None:
    found = told(check(item(ROUTE % ("1m30s", "91s"))))
    what = "'91s' is longer than the whole request, '1m30s'"
    assert found == [("error", "HTTPRoute/a spec.rules[0].timeouts.backendRequest", what)]
