"""The objects that charts make of values which they accept, and with which values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from chartgen.engine import Engine
from chartgen.frozen import Frozen
from chartgen.manifest import Rendering
from chartgen.package import archive, digest
from chartgen.verify.judge import Judge
from chartgen.verify.quick import quick
from chartgen.verify.space import Trial, space
from tests.apps import made

Object = dict[str, Any]
KUBE_VERSIONS = (
    "1.34",
)  # the judge here is the server; this one only tells what a person's values contradict


class Given(Frozen):
    """An object as it is sent, and the values that made it."""

    data: Object
    values: Mapping[str, Any]
    trial: str

    @property
    def label(self) -> str:
        return f"{self.data['kind']}/{self.data['metadata'].get('name', '')}"

    @property
    def digest(self) -> str:
        return digest(json.dumps(self.data, sort_keys=True).encode())


# Bare pods have one of their own: their accounts must be there, in the way of objects of that name.
BY_CHANCE = 100_000  # more than is ever asked for
NAMESPACE, OF_PODS = "chartgen-dry-run", "chartgen-dry-run-pods"


def objects(app: str, engine: Engine, seed: int) -> Iterator[Given]:
    """What the chart of an application of the tests makes of the documents that `chartgen verify` tries.

    A document counts when the schema and the Rules accept it, it renders, and a person's own values do not
    contradict themselves in ways no schema has words for. Every object is put into a namespace that is
    there: a dry run makes none.
    """
    chart, declared = made.chart(app), made.declared(app)
    judge = Judge(chart, declared, KUBE_VERSIONS)
    tried = space(
        declared, chart.default_values, name=app, overlays=made.overlays(app), seed=seed, count=100_000
    )
    session = quick(engine, engine.open(archive(chart)), chart, lambda case: _accepts(judge, case))
    for answer in session.render(iter(tried)):
        if not isinstance(answer, Rendering) or not _accepts(judge, answer.case):
            continue
        left = judge.left
        judge(answer)
        if judge.left == left:
            for manifest in answer.manifests:
                yield Given(_placed(manifest.data), answer.case.values, _name(answer.case))


def _accepts(judge: Judge, case: Any) -> bool:
    return judge.expectation.of(case.values).verdict == "accepted"


def _name(case: Any) -> str:
    return case.overlay if isinstance(case, Trial) else case.name


def _placed(data: Mapping[str, Any]) -> Object:
    """The object in our namespace, accounts that it binds to a role too."""
    found: Object = deepcopy(dict(data))
    found.setdefault("metadata", {})["namespace"] = OF_PODS if found["kind"] == "Pod" else NAMESPACE
    for subject in found.get("subjects") or ():
        subject["namespace"] = NAMESPACE
    return found
