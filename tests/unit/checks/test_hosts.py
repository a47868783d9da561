from __future__ import annotations

import pytest

from chartgen.checks.hosts import check
from chartgen.findings import Finding
from tests.unit.checks.stage import scene

POD = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  template:
    spec:
      dnsConfig: {options: [{name: ndots, value: "%s"}, {name: edns0}]}
      containers: [{name: main, env: [{name: %s, value: '%s'}], args: [%s]}]
---
kind: Service
apiVersion: v1
metadata: {name: shop-api}
spec: {ports: [{port: 8000}]}
"""
ENV = "Deployment/web spec.template.spec.containers[0].env[0].value"


def findings(value: str, *, name: str = "URL", ndots: int = 5, arg: str = "", **values: str) -> list[Finding]:
    return list(check(scene(POD % (ndots, name, value, arg), values=values)))


def found(value: str, *, name: str = "URL", ndots: int = 5, arg: str = "", **values: str) -> list[str]:
    return [finding.what for finding in findings(value, name=name, ndots=ndots, arg=arg, **values)]


@pytest.mark.parametrize(
    "value",
    [
        "http://shop-api:8000/x",
        "http://shop-api",
        "http://shop-api.shop:8000",
        "http://shop-api.shop.svc.cluster.local.:8000",
        "redis://redis.other.svc.cluster.local:6379/0",
        "mongodb://user@mongo.other:27017/x",
        "http://localhost:3000,http://127.0.0.1",
        "https://api.example.com/v1",
        "http://$(API_HOST):8000",
        "no host here, and.no.svc",
        "file:///etc/x",
    ],
)
def test_hosts_that_resolve(value: str) -> None:
    assert found(value) == []


def test_a_url_to_a_service_that_nobody_made() -> None:
    (finding,) = findings("http://shop-apu:8000")
    assert finding.place.path == ENV
    assert finding.what == "nothing answers at shop-apu"
    assert finding.hint == "no Service of this chart has that name; did you mean 'shop-api'?"
    assert found("http://api.shop.svc:1") == ["nothing answers at api.shop.svc"]
    assert found("http://api.shop/x") == ["nothing answers at api.shop"]


def test_a_variable_that_holds_a_host_alone() -> None:
    assert found("shop-apu", name="BACKEND_HOST") == ["nothing answers at shop-apu"]
    assert found("shop-api:80", name="API_ADDR") == ["shop-api:80: Service/shop-api has no port 80"]
    assert found("0.0.0.0", name="HOST") == []
    assert found("shop-apu", name="COLOUR") == []


def test_an_argument_is_read_like_a_url_and_a_script_is_not() -> None:
    assert found("", arg="--api=http://shop-apu/x") == ["nothing answers at shop-apu"]
    assert found("", arg="shop-apu") == []
    assert found("", arg='"set -e\\ncurl http://shop-apu/x"') == []


def test_the_port_of_a_url_is_a_port_of_the_service() -> None:
    (finding,) = findings("http://shop-api:80/x")
    assert finding.what == "shop-api:80: Service/shop-api has no port 80"
    assert finding.hint == "its ports: 8000"


def test_a_host_from_the_values_is_the_persons_to_know() -> None:
    assert found("redis://cache:6379", url="redis://cache:6379") == []


@pytest.mark.parametrize("host", ["shop-api.shop", "shop-api.shop.svc", "mongo.other.svc"])
def test_a_partly_qualified_name_under_ndots_1(host: str) -> None:
    (finding,) = findings(f"http://{host}", ndots=1)
    assert finding.severity.value == "error"
    assert finding.what == f"{host} is partly qualified: under ndots 1 musl never resolves it"
    full = f"{'.'.join(host.split('.')[:2])}.svc.cluster.local"
    assert finding.hint.startswith(f"write {full}, ")


def test_what_only_looks_partly_qualified_is_a_warning() -> None:
    (finding,) = findings("mongodb://mongo.data:27017", ndots=1)
    assert finding.severity.value == "warning"
    assert found("https://example.com", ndots=1) == []
    assert found("https://example.de", ndots=1) == []


def test_bare_and_full_names_resolve_under_ndots_1() -> None:
    assert found("http://shop-api:8000", ndots=1) == []
    assert found("http://mongo.other.svc.cluster.local", ndots=1) == []


def test_a_pod_without_the_clusters_search_list_has_ndots_1() -> None:
    text = (POD % (5, "URL", "http://mongo.other.svc", "")).replace(
        "dnsConfig: {options", "dnsPolicy: None # "
    )
    assert [f.what for f in check(scene(text))] == [
        "mongo.other.svc is partly qualified: under ndots 1 musl never resolves it"
    ]
