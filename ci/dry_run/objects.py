"""The objects that charts make of values which they accept, and with which values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from chartgen.engine import Engine
from chartgen.frozen import Frozen
from chartgen.manifest import Rendering
from chartgen.package import archive, digest
from chartgen.verify.judge import Judge
from chartgen.verify.quick import quick
from chartgen.verify.space import Group, Trial, space
from tests.apps import made

Object = dict[str, Any]
# The judge here is the server; ours only tells what a person's values contradict.
KUBE_VERSIONS = ("1.34",)
BY_CHANCE = 100_000  # more than is ever asked for
# Bare pods have one of their own: their accounts must be there, in the way of objects of that name.
NAMESPACE, OF_PODS = "chartgen-dry-run", "chartgen-dry-run-pods"


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


def objects(app: str, engine: Engine, seed: int) -> Iterator[Given]:
    """What the chart of an application of the tests makes of the documents that `chartgen verify` tries.

    A document counts when the schema and the Rules accept it, it renders, and a person's own values do not
    contradict themselves in ways no schema has words for. Every object is put into a namespace that is
    there: a dry run makes none.
    """
    chart, declared = made.chart(app), made.declared(app)
    judge = Judge(chart, declared, KUBE_VERSIONS)
    overlays = made.overlays(app)
    tried = space(declared, chart.default_values, name=app, overlays=overlays, seed=seed, count=BY_CHANCE)
    session = quick(engine, engine.open(archive(chart)), chart, lambda case: _accepts(judge, case))
    for answer in session.render(_in_turn(tried.groups)):
        if not isinstance(answer, Rendering) or not _accepts(judge, answer.case):
            continue
        if not contradicts(judge, answer):
            for manifest in answer.manifests:
                yield Given(placed(manifest.data), answer.case.values, _name(answer.case))


def contradicts(judge: Judge, answer: Rendering) -> bool:
    """Whether a person's own values contradict themselves in a way that no schema has words for."""
    before = judge.left.total()
    judge(answer)
    return judge.left.total() > before


def _in_turn(groups: Iterable[Group]) -> Iterator[Trial]:
    """A trial of each group after the other, so that few of them are of every kind."""
    waiting = [iter(group.make()) for group in groups]
    while waiting:
        for trials in tuple(waiting):
            trial = next(trials, None)
            if trial is None:
                waiting.remove(trials)
            else:
                yield trial


def _accepts(judge: Judge, case: Any) -> bool:
    return judge.expected(case.values).verdict == "accepted"


def _name(case: Any) -> str:
    return case.overlay if isinstance(case, Trial) else case.name


def placed(data: Mapping[str, Any]) -> Object:
    """The object in our namespace, accounts that it binds to a role too, without what a cluster gives out.

    Addresses of Services and ports of nodes lie in ranges that each cluster has of its own, and the server
    looks for the classes that a bare pod names.
    """
    found: Object = deepcopy(dict(data))
    found.setdefault("metadata", {})["namespace"] = OF_PODS if found["kind"] == "Pod" else NAMESPACE
    if found["kind"] == "Pod":
        for key in ("priorityClassName", "runtimeClassName"):
            found["spec"].pop(key, None)
    for subject in found.get("subjects") or ():
        subject["namespace"] = NAMESPACE
    if found["kind"] == "Service":
        if found["spec"].get("clusterIP") != "None":
            found["spec"].pop("clusterIP", None)
        for port in found["spec"].get("ports") or ():
            port.pop("nodePort", None)
    return found
