from __future__ import annotations

import pytest

from chartgen.checks.secrets import check
from tests.unit.checks.stage import chart, item, scene, told

POD = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec: {template: {spec: {containers: [{name: main, env: [%s]}]}}}
---
"""
ENV = "Deployment/web spec.template.spec.containers[0].env[0].value"


def found(name: str, value: str) -> list[tuple[str, str, str]]:
    return told(check(scene(POD % f"{{name: {name}, value: {value!r}}}")))


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "API_TOKEN",
        "AUTH_SECRET_KEY",
        "GITHUB_PAT_KEY",
        "db_password",
        "CLIENT_SECRET",
    ],
)
def test_a_variable_whose_name_says_secret(name: str) -> None:
    what = f"{name} is a literal that everybody who sees the object can read"
    assert found(name, "hunter2") == [("error", ENV, what)]


@pytest.mark.parametrize(
    "name, value",
    [
        ("SECRET_NAME", "shop-keys"),
        ("TOKEN_URL", "https://example.org"),
        ("PUBLIC_KEY", "abc"),
        ("PASSWORD_FILE", "/run/x"),
        ("MONKEY", "x"),
        ("PASSWORD", ""),
        ("PASSWORD", "$(OTHER)"),
        ("ACCEPT_NEW_KEY", "false"),
        ("URL", "mongodb://$(USER):$(PASSWORD)@host/db"),
        ("URL", "mongodb://user@host/db"),
        ("URL", "https://host:8080/a:b@c"),
    ],
)
def test_what_is_no_secret(name: str, value: str) -> None:
    assert found(name, value) == []


def test_a_reference_is_the_right_way() -> None:
    reference = "{name: PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}"
    assert list(check(scene(POD % reference))) == []


def test_a_url_with_a_password() -> None:
    assert found("MONGODB_URI", "mongodb://app:hunter2@db:27017/x") == [
        ("error", ENV, "a URL with a password in it")
    ]
    config = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: 'url: redis://:hunter2@db'}"
    assert told(check(scene(config))) == [("error", "ConfigMap/a data.x", "a URL with a password in it")]


def test_a_secret_may_hold_all_of_it() -> None:
    secret = "kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {x: 'redis://:hunter2@db'}"
    assert list(check(scene(secret, values={"key": "hunter2"}, secrets=[("key",)]))) == []


CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x.conf: 'key=hunter2'}"


def test_the_value_of_a_secret_setting_outside_a_secret_and_never_told() -> None:
    findings = list(check(scene(CONFIG, values={"auth": {"key": "hunter2"}}, secrets=[("auth", "key")])))
    assert told(findings) == [
        ("error", "ConfigMap/a data[x.conf]", "shows the value of the secret setting auth.key")
    ]
    assert "hunter2" not in f"{findings}"


def test_a_default_of_a_secret_setting_counts_too_and_a_short_one_does_not() -> None:
    ours = chart(values_yaml="auth: {key: hunter2}")
    assert len(list(check(scene(CONFIG, chart=ours, secrets=[("auth", "key"), ("auth", "none")])))) == 1
    assert list(check(scene(CONFIG, values={"auth": "key"}, secrets=[("auth",), ("a", "b")]))) == []


def test_notes_that_show_a_secret() -> None:
    (finding,) = check(
        scene(POD % "", notes="your key: hunter2", values={"key": "hunter2"}, secrets=[("key",)])
    )
    assert finding.place.file == "templates/NOTES.txt"
    assert finding.what == "the notes show the value of the secret setting key"


def test_what_a_person_adds_is_theirs_so_it_is_a_warning() -> None:
    assert item(CONFIG).kind == "ConfigMap"
    findings = check(scene("", extra=CONFIG, values={"key": "hunter2"}, secrets=[("key",)]))
    assert [f.severity.value for f in findings] == ["warning"]
