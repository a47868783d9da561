"""The space of a chart: every setting, every value, the same every time, and mostly accepted."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from chartgen import values
from chartgen.schema import Validator, compiled
from chartgen.verify import Space, space
from chartgen.verify.document import Settled
from tests.apps import made

NAMES = ("web", "cron", "own")


@cache
def spaced(name: str) -> Space:
    overlays = {key: given for key, given in made.overlays(name).items() if given}
    return space(made.declared(name), made.chart(name).default_values, name=name, overlays=overlays, count=50)


def of(name: str, group: str) -> list[Any]:
    return [trial for trial in spaced(name) if trial.group == group]


def fits(name: str, document: Any) -> bool:
    defaults = made.chart(name).default_values
    return validator(name).accepts(values.coalesce(defaults, document))


@cache
def validator(name: str) -> Validator:
    return compiled(made.declared(name).schema)


def refusals(name: str, document: Any) -> list[Any]:
    return settled(name).refusals(document)


@cache
def settled(name: str) -> Settled:
    return Settled(made.declared(name), made.chart(name).default_values, lambda _: ())


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_single_values_and_all_fit_the_schema(name: str) -> None:
    singles = of(name, "singles")
    assert {trial.about[0] for trial in singles} == {setting.path for setting in made.declared(name).settings}
    assert [trial.name for trial in singles if not fits(name, trial.values)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_pair_is_refused_by_a_rule_and_few_single_values_are(name: str) -> None:
    assert [trial.name for trial in of(name, "pairs") if refusals(name, trial.values)] == []
    singles = of(name, "singles")
    refused = [trial.name for trial in singles if refusals(name, trial.values)]
    assert len(refused) < len(singles) / 50, refused


def test_the_space_is_the_same_every_time_and_as_long_as_it_says() -> None:
    trials = list(spaced("web"))
    assert trials == list(spaced("web"))
    assert len(trials) == len(spaced("web"))
    assert [group.name for group in spaced("web").groups if not group.count] == []


def test_trials_are_told_apart_by_their_names() -> None:
    names = [trial.name for trial in spaced("ushadow") if len(trial.name) < 60]
    assert len(names) == len(set(names))
    assert 'singles: backend.image.pullPolicy = "Always"' in names


def test_what_a_setting_is_a_part_of_is_switched_on() -> None:
    trials = [
        t for t in of("ushadow", "singles") if t.about[0][0] == "ingress" and t.about[0][1] != "enabled"
    ]
    assert {trial.values["ingress"]["enabled"] for trial in trials} == {True}
    # A Rule wants a host, so what has none is there to be refused with the sentence of the Rule.
    refused = {trial.name for trial in trials if refusals("ushadow", trial.values)}
    assert refused == {"singles: ingress.hosts = []"}


def test_bounds_choices_and_texts_that_break_templates_are_among_the_values() -> None:
    found: dict[str, list[Any]] = {}
    for trial in of("ushadow", "singles"):
        path = trial.about[0]
        found.setdefault(".".join(path), []).append(values.get(trial.values, path))
    assert {1, 2, 65534, 65535} <= set(found["backend.containerPorts.http"])
    assert set(found["secrets.auth.generate"]) == {"job", "lookup", "none"}
    assert {"", "1e3", "null", "é€😀", "{{ .Release.Name }}", "a: b"} <= set(
        found["secrets.auth.externalSecret.remoteKey"]
    )
    assert {len(key) for key in found["backend.priorityClassName"]} >= {0, 1, 63, 253}
    assert {len(key) for key in found["backend.args"]} >= {0, 1, 3}


def test_a_chart_that_wants_something_brought_is_brought_it() -> None:
    assert refusals("cron", {})
    assert [trial.name for trial in of("cron", "releases") if refusals("cron", trial.values)] == []
