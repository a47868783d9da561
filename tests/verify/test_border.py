"""Each Rule is broken by one document, and by none that differs in one of its clauses alone."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen import contract
from chartgen.rules import Rule
from chartgen.verify import space
from chartgen.verify.expect import Expectation
from tests.apps import made
from tests.verify.stage import chart


def rules_of(name: str) -> tuple[Expectation, list[Any], tuple[Rule, ...]]:
    of = chart() if name == "small" else made.chart(name)
    declared = contract.read(of)
    trials = list(space(declared, of.default_values, count=0).of("rules"))
    return Expectation(declared, of.default_values), trials, declared.rules


@pytest.mark.parametrize("name", ["small", "own", "cron"])
def test_every_rule_is_broken_and_each_of_its_clauses_spared(name: str) -> None:
    expected, trials, rules = rules_of(name)
    for number, rule in enumerate(rules, 1):
        named = [t for t in trials if t.name.startswith(f"rules: {number}, ")]
        refused = [t for t in named if t.name.endswith("refused")]
        assert [expected.of(t.values).sentences for t in refused] == [(rule.sentence,)]
        assert [t for t in named if t not in refused], rule.sentence
        spared = [expected.of(t.values).sentences for t in named if t not in refused]
        assert [sentences for sentences in spared if rule.sentence in sentences] == []


def test_two_names_of_one_setting_are_given_at_once() -> None:
    expected, trials, _ = rules_of("own")
    both = [t for t in trials if t.name.endswith("by both of its names")]
    assert len(both) == 4
    assert {expected.of(t.values).verdict for t in both} == {"rule"}
