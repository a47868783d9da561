"""A scalar schema takes what Kubernetes takes and refuses what it refuses, whichever library judges."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from chartgen.kubernetes import scalars
from chartgen.schema import Library, compiled

LIBRARIES: tuple[Library, ...] = get_args(Library)

ACCEPTED: dict[str, list[Any]] = {
    "annotationKey": ["a", "helm.sh/resource-policy", "EXAMPLE.com/x", "a" * 63],
    "annotations": [{}, {"a.b/c": "anything\nat all", "d": ""}],
    "anyQuantity": ["-1", "+1.5Gi", -3, "100m", "1e3"],
    "base64": ["", "YQ==", "YWI=", "YWJj", "YWJj\nYWJj\n", "+/+/"],
    "bytes": ["512Mi", "1.5Gi", ".5k", "1e9", "0", "+1", 0, 1048576],
    "cidr": ["10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "::/0", "192.168.1.1/32", "10.4.0.0/14", "1::/16"],
    "configKey": ["a", ".env", "A_b-c.d", ".a", "a..b", "a" * 253],
    "countOrPercent": [0, 2147483647, "25%", "0%", "100%"],
    "cron": ["* * * * *", "*/5 0-6/2 1,15 jan-mar MON", "0 0 * * ?", "@daily", "0  3 * * 6", "05 03 01 01 0"],
    "dnsLabel": ["a", "a-b", "0", "a" * 63],
    "dnsSubdomain": ["a", "a.b-c.d", "1.2", "a" * 253],
    "duration": ["30s", "5m", "1h30m", "1h2m3s4ms", "100ms"],
    "envName": ["A", "_a", "a.b-c", ".a", "a..b"],
    "fileMode": [0, 420, 511],
    "hostname": ["example.com"],
    "hostnameOrWildcard": ["example.com", "*.example.com"],
    "httpPath": ["/", "/api/v1?x=1"],
    "httpUrl": ["http://a", "https://a.b:8443/c?d", "http://[::1]:80"],
    "imageDigest": ["sha256:" + "0a" * 32, "sha512:" + "0" * 128],
    "imageRegistry": ["localhost:5000", "ghcr.io", "[::1]:5000", "registry"],
    "imageRepository": ["nginx", "ghcr.io/a/b", "a/b__c/d-e.f", "localhost:5000/x"],
    "imageTag": ["1", "v1.2.3-rc_1", "_", "a" * 128],
    "ip": ["1.2.3.4", "::1", "fe80::1", "::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::"],
    "labelKey": ["a", "app.kubernetes.io/name", "A_b.c-D", "x/" + "a" * 63],
    "labelValue": ["", "a", "A_b.c-D", "1", "a" * 63],
    "labels": [{}, {"app.kubernetes.io/name": "x", "y": ""}],
    "mountPath": ["/", "/a b/c", "/var/lib"],
    "port": [1, 65535],
    "portName": ["http", "a", "1a", "8-b", "a-1", "a" * 15],
    "portOrName": [1, 65535, "http"],
    "positive": [1, 2147483647],
    "quantity": ["0", "100m", "1.5Gi", ".5", "1.", "+1", "1e3", "1E", "1E3", 0, 1, 0.5],
    "resourceName": ["cpu", "memory", "ephemeral-storage", "hugepages-2Mi", "nvidia.com/gpu", "a/b"],
    "seconds": [0, 2147483647],
    "serviceName": ["a", "a-1"],
    "storageSize": ["1", "10Gi", "0.5Gi", ".5G", "1e9", "010Gi", 1],
    "subPath": ["a", "a/b", "a/", ".a", "...", "a/..b", "."],
    "timeZone": ["Etc/UTC", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"],
    "url": ["redis://host:6379", "mongodb+srv://u@h/db?x=y"],
    "userId": [0, 2147483647],
}
CRON_REFUSED = (
    "|* * * *|* * * * * *|60 * * * *|* 24 * * *|* * 0 * *|* * * 13 *|* * * * 7|*/0 * * * *"
    "|TZ=UTC * * * * *|@reboot|a * * * *|* * * foo *|1- * * * *|5-1 * * * *|* * * 3-feb *|* * * * 1,mon-SUN"
)
REFUSED: dict[str, list[Any]] = {
    "annotationKey": ["", "a/b/c", "-a", "a b", "/a", "a/", "a" * 64],
    "annotations": [{"a b": "x"}, {"a": 1}, {"a": None}, []],
    "anyQuantity": ["", "a", "1 Gi", "--1", "1KiB", True, None],
    "bytes": ["", "1e1000", "512m", "0.5", "1e-3", "1.", "100u", "1KiB", 0.5, -1, None],
    "base64": ["a", "abc", "YQ=", "a b c d e f", "====", "YQ==YQ==", 1],
    "cidr": [
        "10.0.0.0",
        "10.0.0.0/33",
        "256.0.0.0/8",
        "fd00::/129",
        "x/8",
        "10.0.0/8",
        "10.0.0.1/8",
        "1:2/8",
        "01.0.0.0/8",
    ],
    "configKey": ["", ".", "..", "..a", "a/b", "a b", "a" * 254],
    "countOrPercent": [-1, 2147483648, "25", "101%", "-1%", "1.5%", "%"],
    "cron": CRON_REFUSED.split("|"),
    "dnsLabel": ["", "A", "a.b", "a_b", "-a", "a-", "a" * 64, "wait-for-x_y", "a\n"],
    "dnsSubdomain": ["", "A.b", "a..b", ".a", "a.", "a_b", "a" * 254],
    "duration": ["", "5", "m", "1m1h", "1.5h", "-1s", "1d", "1 s"],
    "envName": ["", "1A", ".", "..", "..a", "A B", "A=B", "ä"],
    "fileMode": [-1, 512, "0644", 1.5],
    "hostname": ["*.a", "a_b", "a:80"],
    "hostnameOrWildcard": ["*", "*.*.a", "a.*.b", "*a.b", "http://a"],
    "httpPath": ["", "a", "/a b", "/ä"],
    "httpUrl": ["", "a", "ftp://a", "http://", "http:// a", "http://a b"],
    "imageDigest": ["", "sha256:", "sha256:" + "g" * 64, "0a" * 32, "sha256:" + "A" * 64],
    "imageRegistry": ["", "https://a", "a/b", "a:b", "-a"],
    "imageRepository": ["", "Nginx", "a:b", "a//b", "/a", "a/", "a@sha256:b", "a---B"],
    "imageTag": ["", "-a", ".a", "a b", "a:b", "a" * 129],
    "ip": ["", "a", "1.2.3", "1.2.3.256", "1:2"],
    "labelKey": ["", "a/b/c", "-a", "a b", "/a", "A.b/c", "a" * 64, "a_b/c"],
    "labelValue": ["-a", "a-", "a b", "a/b", "a" * 64, "ä", 1, None],
    "labels": [{"a": 1}, {"a b": "c"}, {"a": "b c"}, [], {"": "a"}],
    "mountPath": ["", "a", "a/b", "/a:b"],
    "port": [0, 65536, "80", 1.5],
    "portName": ["", "80", "a--b", "-a", "a-", "A", "a_b", "a" * 16, "1-2"],
    "portOrName": [0, 65536, "", "80", "a" * 16],
    "positive": [0, -1, 2147483648, "1"],
    "quantity": [
        "",
        "1e1000",
        "abc",
        "-1",
        "1 Gi",
        "1KiB",
        "1mi",
        "1.2.3",
        ".",
        "Gi",
        -1,
        True,
        None,
        [],
        "1" * 65,
    ],
    "resourceName": ["", "gpu", "null", "D0", "0x1F", "hugepages-", "requests.a/b", "a/b/c", "storage"],
    "seconds": [-1, "1", 2147483648],
    "serviceName": ["", "1a", "a.b", "a_b", "A", "a" * 64],
    "storageSize": ["", "0", "67.5", "0Gi", "0.0", "abc", "-1Gi", "1m", "10GiB", 0, -1, 1.5],
    "subPath": ["", "/a", "..", "../a", "a/..", "a/../b", "a//b"],
    "timeZone": ["", "utc/", "/UTC", "Local time", "a/b"],
    "url": ["", "host:6379", "http://", "a b://c", "redis://a b"],
    "userId": [-1, 2147483648, "1000"],
}


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name}-{json.dumps(value)[:40]}")
        for name, values in table.items()
        for value in values
    ]


def test_every_scalar_has_accepted_and_refused_examples() -> None:
    assert set(ACCEPTED) == set(REFUSED) == set(scalars.ALL)


@pytest.mark.parametrize("name,value", cases(ACCEPTED))
def test_a_value_that_kubernetes_takes_is_taken(name: str, value: object) -> None:
    for library in LIBRARIES:
        assert compiled(scalars.ALL[name], library=library).errors(value) == ()


@pytest.mark.parametrize("name,value", cases(REFUSED))
def test_a_value_that_kubernetes_refuses_is_refused_in_the_same_words(name: str, value: object) -> None:
    fast, plain = (compiled(scalars.ALL[name], library=library).errors(value) for library in LIBRARIES)
    assert fast == plain
    assert fast != ()


def test_a_pattern_that_is_not_met_is_told_in_words() -> None:
    (error,) = compiled(scalars.QUANTITY).errors("abc")
    assert error.message == 'must be a quantity such as 100m, 1.5 or 2Gi, not "abc"'


def test_no_pattern_uses_what_only_some_engines_know() -> None:
    """Go's RE2 has no look-around and no back-references, and repeats at most 1,000 times."""
    for name, schema in scalars.ALL.items():
        pattern = schema.get("pattern", "")
        assert "(?" not in pattern, name
        assert not any(f"\\{letter}" in pattern for letter in "dwsbDWSBAZ123"), name
        assert pattern == "" or (pattern[0], pattern[-1]) == ("^", "$"), name


def test_empty_may_mean_not_set() -> None:
    name = compiled(scalars.or_empty(scalars.DNS_LABEL))
    assert [name.accepts(text) for text in ("", "a", "A")] == [True, True, False]
    (error,) = name.errors("A")
    assert error.message.startswith("must be a DNS label")


def test_empty_is_allowed_where_only_the_length_forbade_it() -> None:
    assert scalars.or_empty({"type": "string", "minLength": 1}) == {"type": "string"}


def test_a_template_is_judged_when_it_is_rendered_and_not_before() -> None:
    name = compiled(scalars.or_template(scalars.DNS_LABEL))
    assert [name.accepts(text) for text in ("{{ .Release.Name }}-x", "a", "A b", "")] == [
        True,
        True,
        False,
        False,
    ]
