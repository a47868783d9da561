"""What a person's own values contradict is left out, and not held against the chart."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.verify.judge import Judge
from ci.dry_run.objects import contradicts
from tests.apps import made


def egress(first: object, last: object) -> dict[str, Any]:
    ports = [{"port": first, "endPort": last}]
    return {"networkPolicy": {"enabled": True, "egress": {"enabled": True, "to": [{"ports": ports}]}}}


@pytest.mark.parametrize(
    "values,left",
    [
        (egress(7, 8), 0),
        (egress(7, 2), 1),
        (egress(7.0, 2.0), 1),  # which Helm writes as 7 and 2
        ({"api": {"resources": {"requests": {"cpu": 2}, "limits": {"cpu": "1"}}}}, 1),
    ],
)
def test_what_a_person_contradicts_is_left_out(values: dict[str, Any], left: int) -> None:
    judge = Judge(made.chart("own"), made.declared("own"), ("1.34",))
    assert judge(made.render("own", values)) == []
    assert judge.left.total() == left
    assert contradicts(judge, made.render("own", values)) == bool(left)  # and the dry run does not send it
