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
    groups = _groups(name)
    for trials in [groups[group] for group in GROUPS]:
        if not _taken(traced, trials):
            return traced.coverage
    for branch in traced.coverage.missing:
        near = _names(traced.coverage, branch)
        singles = (trial for trial in groups["singles"] if near & set(trial.about[0]))
        if not _taken(traced, singles):
            break
    return traced.coverage


def _groups(name: str) -> dict[str, list[Trial]]:
    chart, declared = made.chart(name), made.declared(name)
    words = sought(chart, declared, made.session(name), Release(name, name))
    overlays = {key: given for key, given in made.overlays(name).items() if given}
    found = space(declared, chart.default_values, name=name, overlays=overlays, count=0, words=words)
    return {group.name: list(group.make()) for group in found.groups}


def _taken(traced: Traced, trials: Iterable[Trial]) -> bool:
    """Whether there is something left to be taken after these trials, or as few of them as will do."""
    waiting: Iterator[Trial] = iter(trials)
    while some := tuple(islice(waiting, BATCH)):
        before = len(traced.taken)
        for _ in traced.render(some):
            pass
        if len(traced.taken) > before and not traced.coverage.missing:
            return False
    return bool(traced.coverage.missing)


def _names(coverage: Coverage, branch: Branch) -> set[str]:
    """The names of fields in the lines of a branch, its own and those before."""
    lines = coverage.sources[branch.file].split("\n")
    return set(re.findall(r"\.(\w+)", "\n".join(lines[max(0, branch.line - 6) : branch.line])))
