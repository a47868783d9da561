"""A Job's name says what it does, so that no Job is asked to become another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chartgen.manifest import Manifest, parse
from chartgen.raw import without_helm
from chartgen.raw.jobs import KEPT

CONTAINER = "{name: a, image: IMAGE}"
POD = f"restartPolicy: Never, containers: [{CONTAINER}], volumes: [{{name: a, configMap: {{name: given}}}}]"
TEXT = f"""
apiVersion: batch/v1
kind: Job
metadata: {{name: NAME}}
spec: {{template: {{spec: {{{POD}}}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: given}}
data: {{a: CONTENT}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: another}}
data: {{a: OTHER}}
"""


def job(**words: str) -> Manifest:
    text = TEXT
    for word, meaning in {"NAME": "init", "IMAGE": "a:1", "CONTENT": "x", "OTHER": "x", **words}.items():
        text = text.replace(word, meaning)
    return without_helm(parse(text, "templates/x.yaml"), "shop")[0]


def test_the_same_job_has_the_same_name() -> None:
    assert job() == job(OTHER="y")
    assert job().name == "init-c8153f63"


def test_another_image_and_other_content_are_another_job() -> None:
    assert len({job().name, job(IMAGE="a:2").name, job(CONTENT="y").name}) == 3


def test_a_name_is_never_longer_than_a_label_may_be() -> None:
    long = ["a" * 60 + each for each in "bc"]
    found = [job(NAME=name).name for name in long]
    assert [len(name) for name in found] == [63, 63]
    assert found[0] != found[1]
    assert job(NAME="a" * 53 + "-b").name.startswith("a" * 53 + "-"), "no two dashes"


def spec_of(manifest: Manifest) -> Any:
    return manifest.data["spec"]


def test_a_job_goes_when_it_has_ended_but_for_its_own_word() -> None:
    assert spec_of(job())["ttlSecondsAfterFinished"] == KEPT == 3600
    given = parse(TEXT.replace("spec: {template", "spec: {ttlSecondsAfterFinished: 5, template"), "t")
    assert spec_of(without_helm(given, "shop")[0])["ttlSecondsAfterFinished"] == 5


def test_a_map_of_the_same_name_elsewhere_does_not_count() -> None:
    first, given, _ = parse(TEXT, "t")
    away = replace(given, data={**given.data, "metadata": {"name": "given", "namespace": "other"}})
    alone = without_helm([first], "shop")[0].name
    assert without_helm([first, away], "shop")[0].name == alone
    assert without_helm([first, given], "shop")[0].name != alone


def test_a_job_that_the_server_would_name_gets_a_name_that_can_be_applied() -> None:
    given = parse(TEXT.replace("{name: NAME}", "{generateName: init-}"), "t")
    metadata = without_helm(given, "shop")[0].metadata
    assert "generateName" not in metadata
    assert metadata["name"].startswith("init-")
