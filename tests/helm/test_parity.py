"""Every Helm sees the same objects: for each chart, each overlay, and a hundred random values documents.

The embedded engine is the measure; known differences are in chartgen/engine/differences.py, each with
a test of its own in test_engine_differences.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from chartgen.engine import Answer, Refusal, Session
from chartgen.engine.archive import read
from chartgen.manifest import Case, Release
from tests.helm.conftest import BINARIES
from tests.helm.corpus import CHARTS, Subject, random_values

KUBERNETES = "1.31"  # named, because every Helm has its own default
Sessions = Callable[[str, str], Session]


@cache
def cases(chart: str) -> tuple[Case, ...]:
    """The default values, every overlay, an upgrade of each, and the random documents."""
    subject = next(s for s in CHARTS if s.name == chart)
    named = {"": {}, **subject.overlays}
    upgrade = Release("other", "elsewhere", is_upgrade=True)
    overlays = [Case(v, overlay=name, kube_version=KUBERNETES) for name, v in named.items()]
    upgrades = [Case(v, upgrade, f"{name} upgraded", KUBERNETES) for name, v in named.items()]
    documents = random_values(read(subject.archive()).defaults, chart)
    chance = [Case(v, overlay=f"random {n}", kube_version=KUBERNETES) for n, v in enumerate(documents)]
    return (*overlays, *upgrades, *chance)


_SEEN: dict[str, list[Answer]] = {}


def embedded(session_of: Sessions, chart: str) -> list[Answer]:
    if chart not in _SEEN:
        _SEEN[chart] = list(session_of("embedded", chart).render(cases(chart)))
    return _SEEN[chart]


def told(answer: Answer) -> Any:
    """What two engines must agree on."""
    if isinstance(answer, Refusal):
        return answer.kind, answer.message if answer.kind == "rule" else ""
    return [(m.source, m.label, m.data) for m in answer.manifests], answer.notes


@pytest.mark.parametrize("binary", BINARIES)
@pytest.mark.parametrize("subject", CHARTS, ids=lambda subject: subject.name)
def test_a_binary_gives_the_same_objects(session_of: Sessions, subject: Subject, binary: str) -> None:
    expected = embedded(session_of, subject.name)
    answers = session_of(binary, subject.name).render(cases(subject.name))
    different = [
        (a.case.name, told(a), told(b)) for a, b in zip(expected, answers, strict=True) if told(a) != told(b)
    ]
    assert different == []


@pytest.mark.parametrize("subject", CHARTS, ids=lambda subject: subject.name)
def test_the_same_values_give_the_same_bytes_twice(session_of: Sessions, subject: Subject) -> None:
    again = list(session_of("embedded", subject.name).render(cases(subject.name)))
    assert again == embedded(session_of, subject.name)


@pytest.mark.parametrize("subject", CHARTS, ids=lambda subject: subject.name)
def test_the_random_documents_are_worth_rendering(session_of: Sessions, subject: Subject) -> None:
    answers = embedded(session_of, subject.name)[-100:]
    rendered = [a for a in answers if not isinstance(a, Refusal)]
    objects = {tuple(m.digest for m in a.manifests) for a in rendered}
    assert len(rendered) >= 25
    assert len(objects) >= 15


@pytest.mark.parametrize("binary", BINARIES)
def test_the_schema_is_judged_alike(session_of: Sessions, binary: str) -> None:
    session = session_of(binary, "stock")
    documents: list[dict[str, Any]] = [
        {},
        {"replicaCount": 0},
        {"replicaCount": 51},
        {"service": {"port": "80"}},
    ]
    documents += [
        {"ingress": {"enabled": True, "host": ""}},
        {"image": None},
        {"image": {"repository": None}},
    ]
    ours = [bool(session_of("embedded", "stock").validate(values)) for values in documents]
    assert ours == [bool(session.validate(values)) for values in documents]
    assert ours == [False, False, True, True, True, False, False]
