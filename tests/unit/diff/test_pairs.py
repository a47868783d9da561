"""Each fault in an object is seen, and its harmless look-alike is not taken for it: see pairs.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chartgen import documents
from chartgen.changes import Effect
from chartgen.diff.levels import KINDS
from tests.unit.diff.stage import between, kinds

FILE = documents.load_all(Path(__file__).with_name("pairs.yaml").read_text(), "pairs.yaml")[0]
# Kinds whose effect is told by tests of their own: they are not about objects alone.
ELSEWHERE = {"values refused", "kubeVersion raised", "definition changed", "pod standard lowered"}


class Pair(NamedTuple):
    """A fault and its look-alike, each as the texts of an object before and after."""

    name: str
    kind: str
    verdict: str
    fault: tuple[str, str]
    harmless: tuple[str, str]


def texts(said: dict[str, Any]) -> tuple[str, str]:
    if "old" in said:
        return said["old"], said["new"]
    old = FILE["objects"][said["of"]]
    if said.get("gone"):
        return old, ""
    assert said["replace"] in old, said
    return old, old.replace(said["replace"], said["by"], 1)


def pairs() -> Iterator[Pair]:
    for group in FILE["pairs"]:
        for name, case in group["cases"].items():
            sides = texts(case["fault"]), texts(case["harmless"])
            yield Pair(name, group["kind"], group["verdict"], *sides)


every = pytest.mark.parametrize("pair", [pytest.param(pair, id=pair.name) for pair in pairs()])


@every
def test_the_fault_is_seen(pair: Pair) -> None:
    found = between(*pair.fault)
    assert pair.kind in kinds(found)
    assert pair.verdict in found.verdict


@every
def test_its_look_alike_is_not_taken_for_it(pair: Pair) -> None:
    found = between(*pair.harmless)
    assert pair.kind not in kinds(found)
    told = [effect.value for effect in found.effects]
    # A custom resource of another version is not known to be safe either.
    assert pair.verdict not in told or pair.kind == "group changed"


def test_every_kind_of_change_that_does_something_to_a_release_has_a_pair() -> None:
    harmful = {kind for kind, line in KINDS.items() if line.effects}
    assert harmful - ELSEWHERE - {pair.kind for pair in pairs()} == set()
    assert {pair.verdict for pair in pairs()} == {effect.value for effect in Effect}
