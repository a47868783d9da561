"""What a rendering is held against: the verdict that must be, and the checks that hold for any values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.checks import (
    amounts,
    duplicates,
    hooks,
    hosts,
    names,
    ports,
    ranges,
    references,
    schema,
    secrets,
    selectors,
    sizes,
    storage,
)
from chartgen.checks.subject import Item, Scene
from chartgen.engine import Refusal
from chartgen.findings import Finding, Place, Severity
from chartgen.manifest import Manifest, Rendering
from chartgen.verify import blank
from chartgen.verify.expect import Expectation, disagreement

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.contract import Contract
    from chartgen.engine import Answer

VERDICT = "verdict"
HELP = "What the schema and the Rules accept is rendered, and what they refuse is refused in their words."
# Those checks of `chartgen lint` that ask for what must hold whatever a person sets.
OBJECT_CHECKS: tuple[Any, ...] = (schema, names, amounts, ranges, hooks, blank)
SCENE_CHECKS: tuple[Any, ...] = (duplicates, selectors, references, ports, hosts, storage, secrets, sizes)
CHECKS = (*OBJECT_CHECKS, *SCENE_CHECKS)
# Of these, what is said about a text that a person gives is the person's: that a volume to be mounted is
# there, a port of that name, a network without host bits. JSON Schema has no word for it.
_OF_A_PERSON = (amounts, duplicates, hosts, names, ports, ranges, references, selectors, storage)
LEFT = frozenset(check.NAME for check in _OF_A_PERSON)
# What a sentence of a check quotes: a name or number that it takes exception to.
_QUOTED = re.compile(r"'([^']*)'|\b(\d+)\b")
_KEPT = 4096  # objects that are remembered as they are; of all others only that they were judged


class Judge:
    """Judges answers about one chart; an object that is met again is not judged again."""

    def __init__(self, chart: Chart, contract: Contract, kube_versions: tuple[str, ...] = ()) -> None:
        self.expectation = Expectation(contract, chart.default_values)
        self._chart, self._kube_versions = chart, kube_versions
        self._secrets = tuple(setting.path for setting in contract.settings if setting.secret)
        self._about: dict[tuple[str, str], tuple[Finding, ...]] = {}
        self._items: dict[tuple[str, str], Item] = {}
        # Findings about what a person gives that no schema has words for, by their check.
        self.left = Counter[str]()

    @property
    def objects(self) -> int:
        """How many different objects were judged."""
        return len(self._about)

    def __call__(self, answer: Answer) -> list[Finding]:
        """Everything that is wrong with an answer; warnings are the business of `chartgen lint`."""
        wrong = disagreement(self.expectation.of(answer.case.values), answer)
        found = [Finding(VERDICT, Place("values.yaml"), wrong)] if wrong and not self._own_say(answer) else []
        if isinstance(answer, Rendering):
            given = frozenset(_scalars(answer.case.values))
            about = [f for f in self._rendered(answer) if f.severity is Severity.ERROR]
            own = [f for f in about if f.check not in LEFT or not _quoted(f) & given]
            self.left.update(f.check for f in about if f not in own)
            found += own
        return found

    def _own_say(self, answer: Answer) -> bool:
        """Whether templates refuse by what no contract has: the release, or a chart without Rules."""
        by_rule = isinstance(answer, Refusal) and answer.kind == "rule"
        return by_rule and (not self.expectation.complete or getattr(answer.case, "group", "") == "releases")

    def _rendered(self, rendering: Rendering) -> Iterator[Finding]:
        items = tuple(self._item(manifest) for manifest in rendering.manifests)
        for item in items:
            yield from self._judged(item)
        scene = Scene(items, rendering.case, rendering.notes, self._chart, self._secrets)
        for check in SCENE_CHECKS:
            yield from check.check(scene)

    def objects_of(self, rendering: Rendering) -> Iterator[Finding]:
        """What is wrong with the objects of a rendering one by one, and not with what a person gives."""
        given = frozenset(_scalars(rendering.case.values))
        for manifest in rendering.manifests:
            for finding in self._judged(self._item(manifest)):
                if finding.severity is Severity.ERROR and (
                    finding.check not in LEFT or not _quoted(finding) & given
                ):
                    yield finding

    def _item(self, manifest: Manifest) -> Item:
        key = (manifest.source, manifest.digest)
        if key not in self._items:
            if len(self._items) >= _KEPT:
                self._items.clear()
            self._items[key] = Item(manifest, self._kube_versions)
        return self._items[key]

    def _judged(self, item: Item) -> Iterator[Finding]:
        key = (item.manifest.source, item.manifest.digest)
        if key not in self._about:
            self._about[key] = tuple(f for check in OBJECT_CHECKS for f in check.check(item))
        yield from self._about[key]


def _quoted(finding: Finding) -> set[str]:
    return {text or number for text, number in _QUOTED.findall(finding.what)}


def _scalars(value: Any) -> Iterator[str]:
    """Every scalar and key inside `value`, as text."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _scalars(inner)
    else:
        yield str(value)
        if isinstance(value, float) and value.is_integer():
            yield str(int(value))  # as Helm writes it
