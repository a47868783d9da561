"""What `chartgen verify` says of a chart whose schema asks for less, or which carries a Rule less.

Only what the mutant takes and the chart as it is refuses can matter, of the values that the search has for
the settings that the fault is about.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from chartgen import contract as contracts
from chartgen import values
from chartgen.verify import outside
from chartgen.verify.document import above, alone, put, switches
from chartgen.verify.draw import Drawing
from chartgen.verify.expect import Expectation
from chartgen.verify.space import Trial
from chartgen.verify.typical import typical

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.contract import Contract
    from chartgen.settings import Path, Setting
    from ci.mutation.mutant import Mutant
    from ci.mutation.verifying import Verifying

_SETTINGS = 3  # that lead to a definition
_DRAWN = 12  # more values by chance of each


def said(judge: Verifying, changed: Chart, mutant: Mutant) -> tuple[str, str]:
    """What is found, and else the document in which it matters; "" for none."""
    weak = contracts.read(changed)
    for finding in islice(outside.loose(weak), 1):
        return f"{finding.check}: {finding.place.path}: {finding.what}", ""
    where = mutant.operator.partition(" at ")[2]
    if where.startswith("x-chartgen"):
        return _without_rule(judge, weak)
    about = [s for s in weak.settings if _concerns(s, where.split("/"), weak.schema)][:_SETTINGS]
    expectation = Expectation(weak, judge.defaults)
    for path, document in outside.documents(replace(weak, settings=tuple(about))):
        if wrong := outside.wrong(weak, expectation, path, document):
            return f"{wrong.check}: {wrong.what}", ""
    effect = ""
    for trial in _taken(judge, weak, about, expectation):
        effect = effect or trial.name
        if found := judge.judged(trial):
            return found, ""
    return "", effect


def _taken(
    judge: Verifying, weak: Contract, about: list[Setting], expectation: Expectation
) -> Iterator[Trial]:
    """Documents that only the mutant takes."""
    drawing, known = Drawing(weak.schema, random.Random(0)), switches(weak.settings)
    for setting in about:
        drawn = [drawing.value(setting.schema) for _ in range(_DRAWN)]
        for value in (*typical(setting, drawing), *drawn):
            document = values.merge([judge.base])
            for switch in above(setting.path, known):
                put(document, switch, True)
            put(document, setting.path, alone(setting.default, value))
            if judge.expected.of(document).verdict == "schema" and expectation.accepts(document):
                yield Trial(document, judge.release, f"{setting.dotted} = {json.dumps(value):.60}")


def _without_rule(judge: Verifying, weak: Contract) -> tuple[str, str]:
    """The pairs of settings, none of which is changed for the Rule's sake any more."""
    expectation = Expectation(weak, judge.defaults)
    for trial in judge.space_of(weak).of("pairs"):
        if expectation.accepts(trial.values) and not judge.expected.accepts(trial.values):
            return judge.judged(trial) or "", trial.name
    return "", ""


def _concerns(setting: Setting, where: list[str], schema: Any) -> bool:
    """Whether the schema of a setting has the place of a fault in it, or refers to its definition."""
    if where[0] != "definitions":
        place: Path = tuple(part for key in setting.path for part in ("properties", key))
        return tuple(where[: len(place)]) == place or place[: len(where) - 1] == tuple(where[:-1])
    wanted, seen, waiting = where[1], set[str](), list(_names(setting.schema))
    while waiting:
        name = waiting.pop()
        if name == wanted:
            return True
        if name not in seen:
            seen.add(name)
            waiting += _names(schema["definitions"].get(name, {}))
    return False


def _names(schema: Any) -> Iterator[str]:
    from chartgen.kubernetes.definitions import references

    yield from references(dict(schema))
