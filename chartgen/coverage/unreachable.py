"""Ways that nobody can go, each with the reason: the schema closes them, or nothing calls their helper.

Where that takes more than is proven here, a template says so itself, in a comment before the branch:
`{{- /* chartgen:never none: a Rule wants a host */ -}}`. What it says is shown, and must not be taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.chart import Chart
from chartgen.coverage.closed import closed
from chartgen.coverage.known import Known
from chartgen.coverage.points import Point
from chartgen.template import Template, calls
from chartgen.template.tree import Comment
from chartgen.template.walk import definitions, walk

SCHEMA = "values.schema.json"
_CLAIM = re.compile(r"chartgen:never ([a-z0-9 ]+): (.*?)\s*\*/", re.DOTALL)


def unreachable(chart: Chart, templates: Iterable[Template], points: Iterable[Point]) -> dict[int, str]:
    """The numbers of ways that cannot be gone while the schema holds, with the reason of each.

    What is proven follows from conditions on `.Values` in the chart's own files, read through `not`, `and`,
    `or` and `eq`, and from who calls whom. What is not proven may be unreachable all the same.
    """
    given = tuple(templates)
    uncalled, known = _uncalled(given), Known(_schema(chart))
    found: dict[int, str] = {}
    for template in given:
        own = [point for point in points if point.template == template.name]
        is_own = template.name.startswith("templates/")
        reasons = dict(closed(template, known)) if is_own else {}
        for point in own:
            if point.at.inside in uncalled:
                found |= dict.fromkeys(point.numbers, f"no template calls {point.at.inside}")
            place = (point.at.kind, point.at.start, point.at.end)
            told = zip(point.numbers, reasons.get(place, ()), strict=False)
            found |= {number: reason for number, reason in told if reason}
        said = claims(template, own)
        found |= {n: f"the template says: {why}" for n, why in said.items() if n not in found}
        found |= dict(_within(own, found))
    return found


def claims(template: Template, points: Iterable[Point]) -> dict[int, str]:
    """The ways of which the template itself says that they are never taken, with what it says."""
    found: dict[int, str] = {}
    ways = [
        (point.at.start, way.what, number)
        for point in points
        for number, way in zip(point.numbers, point.at.ways, strict=True)
    ]
    for node in walk(template.nodes):
        said = _CLAIM.search(template.text, node.start, node.end) if isinstance(node, Comment) else None
        behind = [(at, n) for at, what, n in ways if said and what == said[1] and at >= node.end]
        if said and behind:
            found[min(behind)[1]] = said[2]
    return found


def _schema(chart: Chart) -> Mapping[str, Any]:
    file = chart.by_path.get(SCHEMA)
    try:
        found = json.loads(file.data) if file else {}
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _uncalled(templates: tuple[Template, ...]) -> frozenset[str]:
    """Named templates that no file leads to; none is for sure where a name is computed."""
    included = calls(templates).included
    if any(call.name is None for call in included):
        return frozenset()
    reached = {call.name for call in included if not call.inside}
    count = -1
    while count != len(reached):
        count = len(reached)
        reached |= {call.name for call in included if call.inside in reached}
    return frozenset(d.name for t in templates for d in definitions(t)) - reached


def _within(points: list[Point], found: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Everything that stands in the body of a way that is closed."""
    bodies = [
        (way.start, way.end, found[number])
        for point in points
        for number, way in zip(point.numbers, point.at.ways, strict=True)
        if number in found and way.head < way.start
    ]
    for point in points:
        for start, end, reason in bodies:
            if start <= point.at.start and point.at.end <= end:
                yield from ((number, reason) for number in point.numbers if number not in found)
