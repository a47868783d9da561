"""What `chartgen verify --coverage` measures, with no more documents than that takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from chartgen.coverage import Coverage, Traced
from chartgen.coverage.measure import Branch
from chartgen.engine.choose import choose
from chartgen.manifest import Release
from chartgen.verify import Trial, space
from chartgen.verify.search import sought
from tests.apps import made

GROUPS = ("overlays", "defaults", "releases", "parents", "rules", "absent", "pairs")
BATCH = 24


@cache
def covered(name: str) -> Coverage:
    """The coverage of an application's chart by documents of the search.

    First come those that change many settings at once, and then single values of the settings that are named
    near the branches that are still missing.
    """
    traced = Traced(choose("embedded"), made.chart(name))
    groups, left = _groups(name), _left(traced)
    for trials in [groups[group] for group in GROUPS]:
        _take(traced, trials, left)
    for branch in traced.coverage.missing:
        near = _names(traced.coverage, branch)
        _take(traced, [trial for trial in groups["singles"] if near & set(trial.about[0])], left)
    return traced.coverage


def _left(traced: Traced) -> set[int]:
    """The numbers of all ways that can be gone."""
    own = [number for point in traced.points if point.is_own for number in point.numbers]
    found = zip(own, traced.coverage.branches, strict=True)
    return {number for number, branch in found if branch.missing}


def _groups(name: str) -> dict[str, list[Trial]]:
    chart, declared = made.chart(name), made.declared(name)
    words = sought(chart, declared, made.session(name), Release(name, name))
    overlays = {key: given for key, given in made.overlays(name).items() if given}
    found = space(declared, chart.default_values, name=name, overlays=overlays, count=0, words=words)
    return {group.name: list(group.make()) for group in found.groups}


def _take(traced: Traced, trials: Iterable[Trial], left: set[int]) -> None:
    """Renders these trials, or as few of them as will do."""
    waiting: Iterator[Trial] = iter(trials)
    while left - traced.taken and (some := tuple(islice(waiting, BATCH))):
        for _ in traced.render(some):
            pass


def _names(coverage: Coverage, branch: Branch) -> set[str]:
    """The names of fields in the lines of a branch, its own and those before."""
    lines = coverage.sources[branch.file].split("\n")
    return set(re.findall(r"\.(\w+)", "\n".join(lines[max(0, branch.line - 6) : branch.line])))
