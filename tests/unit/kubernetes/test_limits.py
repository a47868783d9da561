"""Limits say nothing of what a server takes, and in a sentence what it would refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chartgen.kubernetes import limits
from tests.unit.kubernetes.test_scalars import ACCEPTED, REFUSED

BY_SCALAR: dict[str, Callable[[str], str]] = {
    "annotationKey": limits.annotation_key,
    "configKey": limits.config_key,
    "cron": limits.schedule,
    "dnsLabel": limits.dns_label,
    "dnsSubdomain": limits.dns_subdomain,
    "envName": limits.env_name,
    "hostnameOrWildcard": limits.host_name,
    "ip": limits.ip,
    "cidr": limits.cidr,
    "labelKey": limits.label_key,
    "labelValue": limits.label_value,
    "mountPath": limits.mount_path,
    "portName": limits.port_name,
    "serviceName": limits.service_name,
    "subPath": limits.sub_path,
    "timeZone": limits.time_zone,
}


@pytest.mark.parametrize("name", BY_SCALAR)
def test_a_limit_agrees_with_the_schema_of_the_same_thing(name: str) -> None:
    limit = BY_SCALAR[name]
    assert {text: limit(text) for text in ACCEPTED[name]} == dict.fromkeys(ACCEPTED[name], "")
    assert [text for text in REFUSED[name] if isinstance(text, str) and not limit(text)] == []


PORT_NAME = "a port name: lower case letters, digits and single '-', with a letter in it"


@pytest.mark.parametrize(
    "said,sentence",
    [
        (limits.port_name("80"), f"'80' is not {PORT_NAME}"),
        (limits.dns_label(""), "must not be empty"),
        (limits.dns_label("a" * 64), f"'{'a' * 57}...' has 64 characters, at most 63 are allowed"),
        (limits.port(70000), "70000 is not a port, which is 1 to 65535"),
        (limits.quantity("abc"), "'abc' is not a quantity such as 100m, 1.5 or 2Gi"),
        (limits.quantity(-1), "-1 is below zero"),
        (limits.quantity(True), "True is not a quantity such as 100m, 1.5 or 2Gi"),
        (limits.quantity(None), "None is not a quantity such as 100m, 1.5 or 2Gi"),
        (limits.time_zone("local"), "'Local' is not a time zone: name one, such as Etc/UTC"),
        (
            limits.time_zone("Europe/Berlni"),
            "no time zone is called 'Europe/Berlni'; did you mean 'Europe/Berlin'?",
        ),
        (limits.time_zone("MQ/Hm"), "no time zone is called 'MQ/Hm'"),
        (limits.host_name("10.0.0.1"), "'10.0.0.1' is an IP address, and a host name is wanted"),
        (limits.cidr("10.0.0.1/8"), "'10.0.0.1/8' is not a network: 10.0.0.1/8 has host bits set"),
        (limits.item_path("..a"), "'..a' begins with '..'"),
        (limits.label_key("a" * 254 + "/b"), f"'{'a' * 57}...' before '/' has more than 253 characters"),
    ],
)
def test_a_sentence_says_what_is_wrong_and_what_is_wanted(said: str, sentence: str) -> None:
    assert said == sentence


@pytest.mark.parametrize("value", ["1", "100m", 0, 0.5, "1.5Gi"])
def test_a_quantity_is_a_number_or_a_string(value: object) -> None:
    assert limits.quantity(value) == ""


@pytest.mark.parametrize(
    "text,wrong",
    [
        ("* * * *", "has 4 fields"),
        ("60 * * * *", "the minute '60' is not within 0 to 59"),
        ("5-1 * * * *", "the minute '5-1' runs backwards"),
        ("*/0 * * * *", "has a step that is not a number above zero"),
        ("* * * * fri-sun", "runs backwards"),
        ("* * * * 7", "the day of the week '7' is not within 0 to 6"),
        ("* * * smarch *", "the month 'smarch' is not a number or one of jan, feb"),
        ("x * * * *", "the minute 'x' is not a number"),
        ("CRON_TZ=UTC 0 0 * * *", "has a time zone in it: that belongs in timeZone"),
        ("@reboot", "is no schedule"),
        ("@every soon", "is no schedule"),
    ],
)
def test_a_schedule_that_the_controller_cannot_read_says_where(text: str, wrong: str) -> None:
    assert wrong in limits.schedule(text)


@pytest.mark.parametrize(
    "text", ["@every 1h30m", "1,2,3 * * * *", "0-59/7 * * * *", "0 0 1 JAN Sun", "*/61 * * * *"]
)
def test_a_schedule_that_the_controller_reads_is_fine(text: str) -> None:
    assert limits.schedule(text) == ""


def test_environment_names_are_free_from_1_32_on() -> None:
    assert limits.env_name("1 a:b", "1.31") != ""
    assert limits.env_name("1 a:b", "1.32") == ""
    assert limits.env_name("", "1.37") == "must not be empty"
    assert limits.env_name("a=b", "1.37") == "'a=b' is not a variable name: printable ASCII without '='"
    assert limits.env_name("ä", "1.37") != ""


def test_a_port_is_found_by_number_or_by_name() -> None:
    assert limits.port_to_be_found(80, ["http"]) == ""
    assert limits.port_to_be_found("http", ["http"]) == ""
    assert limits.port_to_be_found(0, ["http"]) != ""
    said = "no port of the container is called 'htp'; did you mean 'http'?"
    assert limits.port_to_be_found("htp", ["http"]) == said
    assert limits.port_to_be_found("http", []) == "no port of the container is called 'http'; it names none"


@pytest.mark.parametrize("more,fine", [(0, True), (1, False)])
def test_sizes_are_allowed_to_the_last_byte(more: int, fine: bool) -> None:
    text = "a" * (1024 * 1024 - 3 + more)
    assert (limits.config_map_size({"data": {"a": text}, "binaryData": {"b": "YWJj"}}) == "") is fine
    assert (
        limits.secret_size({"stringData": {"a": text}, "data": {"a": "YWJj" * 99, "b": "YWJj"}}) == ""
    ) is fine
    assert (limits.annotations_size({"abc": "a" * (256 * 1024 - 3 + more)}) == "") is fine


def test_bytes_count_and_not_letters() -> None:
    said = limits.config_map_size({"data": {"a": "ä" * (1024 * 512 + 1)}})
    assert said == "the values of the ConfigMap: 1048578 bytes, at most 1048576 are allowed"


def test_an_object_without_values_is_no_fault() -> None:
    assert (
        limits.config_map_size({}) == limits.secret_size({"data": None}) == limits.config_map_keys({}) == ""
    )


def test_a_key_is_in_one_of_the_two_maps() -> None:
    assert (
        limits.config_map_keys({"data": {"a": ""}, "binaryData": {"a": ""}})
        == "'a' in both data and binaryData"
    )


@pytest.mark.parametrize(
    "kind,name,fine",
    [
        ("Service", "a", True),
        ("Service", "1a", False),
        ("Namespace", "a.b", False),
        ("ConfigMap", "a.b", True),
        ("ConfigMap", "A", False),
        ("CronJob", "a" * 52, True),
        ("CronJob", "a" * 53, False),
        ("StatefulSet", "a" * 53, False),
        ("Job", "a" * 63, True),
        ("Job", "a" * 64, False),
        ("Role", "system:a", True),
        ("Role", "a/b", False),
        ("ClusterRole", "", False),
    ],
)
def test_the_name_of_an_object_follows_the_rule_of_its_kind(kind: str, name: str, fine: bool) -> None:
    assert (limits.object_name(kind, name) == "") is fine
