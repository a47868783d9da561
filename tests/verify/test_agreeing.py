"""Other Helms accept, refuse and make the same; one that does not is told by its version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chartgen import contract
from chartgen.chart import Chart
from chartgen.engine.choose import choose
from chartgen.package import archive
from chartgen.verify import Trial, agreeing
from chartgen.verify.judge import Judge
from tests.need import need
from tests.verify.stage import chart, engine, session

DOCUMENTS: tuple[dict[str, Any], ...] = ({}, {"text": "b"}, {"extra": {"enabled": True}}, {"text": 3})


class Other:
    """A Helm that has another chart than it was given."""

    name, version = "/somewhere/helm", "9.9.9"

    def __init__(self, of: Chart) -> None:
        self._of = of

    def open(self, _archive: bytes) -> object:
        return session(self._of)


def told(of: Chart, *others: object) -> Iterator[tuple[str, object]]:
    judge = Judge(of, contract.read(of))
    trials = agreeing.sample(map(Trial, DOCUMENTS), judge)
    assert len(trials) == len(DOCUMENTS)
    for finding, trial in agreeing.findings(others, archive(of), session(of), judge, trials):  # type: ignore[arg-type]
        yield finding.what, trial.values


@pytest.mark.usefixtures("embedded")
def test_another_helm_that_makes_or_accepts_something_else_is_told() -> None:
    assert list(told(chart(), engine())) == []
    louder = chart({"config": ("| toJson", "| upper | toJson")})
    what = "Helm 9.9.9: it makes ConfigMap/release-name otherwise"
    assert list(told(chart(), Other(louder))) == [(what, {}), (what, {"text": "b"})]
    lax = chart({"rules": ("fail", "$_ := print")})
    (said,) = told(chart(), Other(lax))
    assert "renders what must be refused: extra.name" in said[0]
    assert said[1] == {"extra": {"enabled": True}}


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
@pytest.mark.usefixtures("embedded")
def test_the_real_ones_agree(helm: str) -> None:
    assert list(told(chart(), choose(need(helm)))) == []
