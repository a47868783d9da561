"""What a rendering is held against: the verdict that must be, and the checks that hold for any values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
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
from chartgen.verify.expect import Expectation, Expected, disagreement
from chartgen.verify.remembered import Remembered

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.contract import Contract
    from chartgen.engine import Answer
    from chartgen.verify.document import Values

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
_KEPT = 1024  # objects that are remembered as they are
_JUDGED = 100_000  # objects of which is remembered what was found


class Judge:
    """Judges answers about one chart; an object that is met again is not judged again."""

    def __init__(self, chart: Chart, contract: Contract, kube_versions: tuple[str, ...] = ()) -> None:
        self.expectation = Expectation(contract, chart.default_values)
        self._chart, self._kube_versions = chart, kube_versions
        self._secrets = tuple(setting.path for setting in contract.settings if setting.secret)
        self._items: Remembered[tuple[str, str], Item] = Remembered(_KEPT)
        self._judged: Remembered[bytes, tuple[Finding, ...]] = Remembered(_JUDGED)
        self._expected: Remembered[int, tuple[Values, Expected]] = Remembered(_KEPT)
        self.objects = 0  # different ones that were judged
        # Findings about what a person gives that no schema has words for, by their check.
        self.left = Counter[str]()

    def expected(self, document: Values) -> Expected:
        """What must come of a document. Whoever asks about the same one again is answered from memory."""
        known = self._expected.get(id(document))
        if known is None or known[0] is not document:
            known = document, self.expectation.of(document)
            self._expected[id(document)] = known
        return known[1]

    def __call__(self, answer: Answer) -> list[Finding]:
        """Everything that is wrong with an answer; warnings are the business of `chartgen lint`."""
        wrong = disagreement(self.expected(answer.case.values), answer)
        found = [Finding(VERDICT, Place("values.yaml"), wrong)] if wrong and not self.own_say(answer) else []
        if isinstance(answer, Rendering):
            about = [f for f in self._rendered(answer) if f.severity is Severity.ERROR]
            given = frozenset(_scalars(answer.case.values)) if about else frozenset()
            own = [f for f in about if f.check not in LEFT or not _quoted(f) & given]
            self.left.update(f.check for f in about if f not in own)
            found += own
        return found

    def own_say(self, answer: Answer) -> bool:
        """Whether templates refuse by what no contract has: the release, or a chart without Rules."""
        by_rule = isinstance(answer, Refusal) and answer.kind == "rule"
        return by_rule and (not self.expectation.complete or getattr(answer.case, "group", "") == "releases")

    def _rendered(self, rendering: Rendering) -> Iterator[Finding]:
        items = tuple(self._item(manifest) for manifest in rendering.manifests)
        for item in items:
            yield from self._about(item)
        scene = Scene(items, rendering.case, rendering.notes, self._chart, self._secrets)
        for check in SCENE_CHECKS:
            yield from check.check(scene)

    def objects_of(self, rendering: Rendering) -> Iterator[Finding]:
        """What is wrong with the objects of a rendering one by one, and not with what a person gives."""
        given = frozenset(_scalars(rendering.case.values))
        for manifest in rendering.manifests:
            for finding in self._about(self._item(manifest)):
                if finding.severity is Severity.ERROR and (
                    finding.check not in LEFT or not _quoted(finding) & given
                ):
                    yield finding

    def _item(self, manifest: Manifest) -> Item:
        key = (manifest.source, manifest.digest)
        return self._items.get(key) or self._items.setdefault(key, Item(manifest, self._kube_versions))

    def _about(self, item: Item) -> tuple[Finding, ...]:
        key = blake2b(f"{item.manifest.source} {item.manifest.digest}".encode(), digest_size=16).digest()
        known = self._judged.get(key)
        if known is None:
            known = tuple(f for check in OBJECT_CHECKS for f in check.check(item))
            self._judged[key] = known
            self.objects += 1
        return known


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
