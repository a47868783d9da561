"""Every Helm judges values by our definitions as we do: right ones pass, each wrong one is named."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chartgen.kubernetes.definitions import definitions, names, ref
from tests.need import need
from tests.unit.kubernetes.test_definitions import TABLE
from tests.unit.kubernetes.test_scalars import ACCEPTED, REFUSED

DRAFT = "http://json-schema.org/draft-07/schema#"
# Helm names the key of a map that is wrong without saying in which map it stands
KEYS = {'{"a b": "c"}', '{"": "a"}', '{"a b": "x"}', '{"matchLabels": {"a b": "c"}}'}
KEYS |= {'{"limits": {"gpu": 1}}', '{"limits": {"null": 1}}'}


def template(helm: str, chart: Path, values: dict[str, list[Any]]) -> subprocess.CompletedProcess[str]:
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 0.1.0\n", "utf-8")
    lists = {name: {"type": "array", "items": ref(name)} for name in names()}
    schema = {"$schema": DRAFT, "properties": lists, "definitions": definitions(names())}
    (chart / "values.schema.json").write_text(json.dumps(schema), "utf-8")
    (chart / "values.yaml").write_text(json.dumps(values), "utf-8")
    return subprocess.run([helm, "template", str(chart)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_values_that_are_right_pass(tool: str, tmp_path: Path) -> None:
    done = template(need(tool), tmp_path, TABLE["accepted"] | ACCEPTED)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_each_value_that_is_wrong_is_named(tool: str, tmp_path: Path) -> None:
    helm = need(tool)
    refused = {name: [case[0] for case in cases] for name, cases in TABLE["refused"].items()} | REFUSED
    said = template(helm, tmp_path, refused).stderr
    named = set(re.findall(r"/(\w+)/(\d+)(?=[/'])", said))
    unnamed = [
        (name, value)
        for name, values in refused.items()
        for number, value in enumerate(values)
        if (name, str(number)) not in named
    ]
    assert [value for _, value in unnamed if json.dumps(value) not in KEYS] == []
    for name, value in unnamed:
        alone = template(helm, tmp_path, {name: [value]})
        assert (alone.returncode, "does not match pattern" in alone.stderr) == (1, True), (name, value)
