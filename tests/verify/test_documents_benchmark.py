"""The benchmark of documents does what it says: the same work, and it fails where counts differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.documents import CHART, accepted, work
from benchmarks.documents import _told as told
from benchmarks.measure import Cost, Measured
from chartgen.disk import read_chart

pytestmark = pytest.mark.usefixtures("embedded")


def test_as_many_documents_as_were_asked_for_are_rendered_and_none_is_refused() -> None:
    chart = read_chart(CHART)
    counts = work(chart, accepted(chart, 3))
    assert (counts["documents"], counts["refused"]) == (3, 0)
    assert counts["objects"] > 3 * 10


@pytest.mark.parametrize("theirs, code", [(57, 0), (56, 1)])
def test_another_number_of_objects_is_no_comparison(tmp_path: Path, theirs: int, code: int) -> None:
    for name, objects in (("chartgen", 57), ("twin", theirs)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"objects": objects}), "utf-8")
    results = dict.fromkeys(("chartgen", "Go program"), Measured((Cost(1, 1, 50),)))
    assert told(tmp_path, results, 3) == code
