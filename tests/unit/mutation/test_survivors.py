"""The survivors that are written down are mutants of the chart as it is, each with a reason."""

from __future__ import annotations

from chartgen.disk import read_chart
from ci.mutation import record, report
from tests.apps.made import ROOT

KEPT = ROOT / "ci" / "mutation" / "survivors.txt"


def test_every_survivor_is_a_mutant_of_the_chart_and_has_its_reason() -> None:
    kept = report.kept(KEPT.read_text())
    known = {record.key(mutant) for mutant in record.ordered(read_chart(ROOT / "charts" / "ushadow"))}
    assert [key for key in kept if key not in known] == [], "stale: make mutants ARGS='--report ...'"
    assert [key for key, reason in kept.items() if not reason] == []
