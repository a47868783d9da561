"""Every key of the Compose Specification is carried over, or listed with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.compose import schema
from chartgen.compose.carry import CARRIERS, EARLIER, amounts, left
from tests.compose.made import converted, told

KNOWN = {key for carrier in CARRIERS for key in carrier.KEYS} | {*EARLIER}
# A value of each key that is listed, in the form that the specification gives it.
VALUES: dict[str, Any] = {
    "attach": "true", "blkio_config": "{weight: 300}", "cgroup": "host", "cgroup_parent": "m",
    "cpu_count": "2", "cpu_percent": "50", "cpu_rt_period": "1400us", "cpu_rt_runtime": "400ms",
    "cpu_shares": "73",
    "cpuset": "0-3", "credential_spec": "{file: a.json}", "develop": "{watch: []}", "domainname": "a.b",
    "device_cgroup_rules": "['c 1:3 mr']", "devices": "['/dev/ttyUSB0:/dev/ttyUSB0']", "init": "true",
    "ipc": "host", "isolation": "hyperv", "logging": "{driver: syslog}", "mac_address": "02:42:ac:11:65:43",
    "mem_swappiness": "60", "memswap_limit": "2g", "models": "[llm]", "network_mode": "host",
    "oom_kill_disable": "true", "oom_score_adj": "100", "pid": "host", "pids_limit": "10",
    "platform": "linux/arm64", "pull_refresh_after": "24h", "runtime": "runc", "stdin_open": "true",
    "stop_signal": "SIGUSR1", "storage_opt": "{size: 1G}", "tty": "true", "ulimits": "{nproc: 65535}",
    "umask": "'0027'", "use_api_socket": "true", "userns_mode": "host", "uts": "host",
}  # fmt: skip


def test_every_key_of_a_service_has_somebody_who_answers_for_it() -> None:
    keys = schema.keys_of(schema.definition("service")) | schema.keys_of(schema.definition("job"))
    assert keys - KNOWN == frozenset()


def test_nothing_is_answered_for_that_the_specification_does_not_know() -> None:
    keys = schema.keys_of(schema.definition("service")) | schema.keys_of(schema.definition("job"))
    assert KNOWN - keys == {"x-ushadow"}


def test_no_key_has_two_who_answer_for_it() -> None:
    every = [key for carrier in CARRIERS for key in carrier.KEYS]
    assert sorted(every) == sorted(set(every))


@pytest.mark.parametrize("key", sorted(left.WHY))
def test_what_is_not_carried_over_is_listed_with_its_line_its_reason_and_an_advice(key: str) -> None:
    if key == "provider":
        text = "services:\n  a: {image: 'a:1'}\n  b:\n    provider: {type: model}\n"
        where, what = "compose.yaml:4", "b is provided by a program of the machine"
    else:
        text = (
            f"services:\n  a:\n    image: a:1\n    {key}: {VALUES[key]}\nmodels: {{llm: {{model: ai/m}}}}\n"
        )
        where, what = "compose.yaml:4", f"a: {key}: {left.WHY[key][0]}"
    (found,) = [n for n in converted(text).lost if "the model" not in n.what]
    assert (found.where, found.what, bool(found.advice)) == (where, what, True)


def test_every_key_of_deploy_is_carried_or_listed() -> None:
    keys = sorted(schema.keys_of(schema.definition("deployment")) - {"mode", "replicas", "resources"})
    assert sorted(amounts._ADVICE) == keys
    values = {"labels": "[a=b]", "endpoint_mode": "vip"}
    for key in keys:
        found = converted(f"services: {{a: {{image: 'a:1', deploy: {{{key}: {values.get(key, '{}')}}}}}}}")
        assert [n.what for n in found.lost] == [f"a: deploy.{key}"]


@pytest.mark.parametrize("group", ["networks", "volumes", "secrets", "configs"])
def test_every_key_of_what_stands_at_the_top_is_carried_listed_or_says_nothing(group: str) -> None:
    silent = {  # names and labels of compose's own objects, and what says where a secret comes from
        "networks": {"name", "external", "labels", "attachable"},
        "volumes": {"name", "labels"},
        "secrets": {"name", "labels", "file", "environment", "external"},
        "configs": {"name", "labels", "file", "environment", "external", "content"},
    }
    used = {
        "networks": "networks: [one]",
        "volumes": "volumes: ['one:/d']",
        "secrets": "secrets: [one]",
        "configs": "configs: [one]",
    }
    values = {"driver": "special", "driver_opts": "{a: b}", "ipam": "{driver: x}", "external": "true",
              "template_driver": "golang"}  # fmt: skip
    for key in sorted(schema.keys_of(schema.definition(group[:-1])) - silent[group]):
        top = f"{group}: {{one: {{{key}: {values.get(key, 'true')}}}}}"
        said = told(converted(f"services: {{a: {{image: 'a:1', {used[group]}}}}}\n{top}"))
        assert key in said or "outside of compose" in said, key
