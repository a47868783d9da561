from __future__ import annotations

import pytest

from chartgen.checks.amounts import check
from tests.unit.checks.stage import item, told

POD = """
kind: Pod
metadata: {name: a}
spec:
  initContainers: [{name: b, resources: {limits: {hugepages-2Mi: %s}}}]
  containers: [{name: c, resources: {requests: {cpu: %s}, limits: {cpu: 1}}}]
"""


def test_requests_above_limits_and_pages_alone_are_told_of_every_container() -> None:
    assert told(check(item(POD % ("2Mi", "2")))) == [
        (
            "error",
            "Pod/a spec.initContainers[0].resources",
            "'hugepages-2Mi' needs cpu or memory beside it",
        ),
        (
            "error",
            "Pod/a spec.containers[0].resources.requests.cpu",
            "a request of '2' is above its limit, '1'",
        ),
    ]


@pytest.mark.parametrize("resources", ["", "[]", "{limits: 1}", "{limits: {cpu: 2}, requests: {cpu: 500m}}"])
def test_what_is_fine_or_of_no_known_shape_is_left_alone(resources: str) -> None:
    text = (
        f"{{kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: b, resources: {resources}}}]}}}}"
    )
    assert told(check(item(text))) == []
