"""Every Helm sees the same objects: for each chart, each overlay, and a hundred random values documents.

The embedded engine is the measure; known differences are in chartgen/engine/differences.py, each with
a test of its own in test_engine_differences.py. What it renders for our own charts is judged as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chartgen import contract, first, values
from chartgen.chart import Chart
from chartgen.engine import Answer, Refusal, Session
from chartgen.kubernetes.validation import validate
from chartgen.manifest import Case, Manifest, Release, Rendering
from chartgen.renames import forward
from tests.helm.conftest import BINARIES, COUNTED
from tests.helm.corpus import CHARTS, COUNT, OURS, Subject

KUBERNETES = "1.31"  # named, because every Helm has its own default
JUDGED = ("1.29", "1.37")  # the oldest and the newest that a chart supports
NAMES = ("release-name", "", "no", "a-name-of-53-characters-" + "x" * 29)  # "" is that of the chart
OF_THE_RELEASE = "The name of a Service begins with a letter"  # the one rule that is not about settings alone
Sessions = Callable[[str, str], Session]


def each(subjects: list[Subject]) -> pytest.MarkDecorator:
    """A test for each subject; those of one subject share a worker, and what they have rendered."""
    marked = [pytest.param(s, id=s.name, marks=pytest.mark.xdist_group(s.name)) for s in subjects]
    return pytest.mark.parametrize("subject", marked)


class Answers:
    """What the embedded engine says of a subject, asked once."""

    def __init__(self, subject: Subject, session: Session) -> None:
        self.named = list(session.render(_named(subject)))
        refused = [isinstance(answer, Refusal) for answer in self.named]
        bases = [a.case.values for a, no in zip(self.named, refused, strict=True) if not no]
        self.random = list(session.render(_random(subject, bases)))

    def share(self, part: int, of: int) -> list[Answer]:
        """All overlays, and every so many'th of the random documents."""
        return [*self.named, *self.random[part::of]]


def _named(subject: Subject) -> Iterator[Case]:
    """The default values, every overlay, and an upgrade of each."""
    upgrade = Release("other", "elsewhere", is_upgrade=True)
    for name, given in {"": {}, **subject.overlays()}.items():
        yield Case(given, overlay=name, kube_version=KUBERNETES)
        yield Case(given, upgrade, f"{name} upgraded", KUBERNETES)


def _random(subject: Subject, bases: list[Any]) -> Iterator[Case]:
    documents = subject.random(subject.chart(), subject.name, COUNT, bases)
    for number, document in enumerate(documents):
        release = Release(NAMES[number % len(NAMES)] or subject.name)
        yield Case(document, release, f"random {number}", KUBERNETES)


_SEEN: dict[str, Answers] = {}


def embedded(session_of: Sessions, subject: Subject) -> Answers:
    if subject.name not in _SEEN:
        _SEEN[subject.name] = Answers(subject, session_of("embedded", subject.name))
    return _SEEN[subject.name]


def told(answer: Answer, chart: Chart) -> Any:
    """What two engines must agree on."""
    if isinstance(answer, Refusal):
        return answer.kind, answer.message if answer.kind == "rule" else ""
    made_up = _makes_up(chart, answer.case)
    objects = [(m.source, m.label, _lengths(m) if made_up else m.data) for m in answer.manifests]
    return objects, answer.notes


def _makes_up(chart: Chart, case: Case) -> bool:
    """Whether Helm makes up what a Secret holds when it does not find it: something else at every turn."""
    secrets = values.coalesce(chart.default_values, case.values).get("secrets", {})
    return any(secret.get("generate") == "lookup" for secret in secrets.values())


def _lengths(manifest: Manifest) -> Any:
    """An object, and of what a Secret of the chart holds the lengths alone."""
    if not manifest.source.endswith("-secret.yaml"):
        return manifest.data
    return {**manifest.data, "data": {key: len(text) for key, text in manifest.data["data"].items()}}


@pytest.mark.parametrize("binary", BINARIES)
@each(CHARTS)
def test_a_binary_gives_the_same_objects(session_of: Sessions, subject: Subject, binary: str) -> None:
    # A process takes 50 to 200 ms: most charts have each document rendered by one binary of the three.
    parts = (0, 1) if subject.everywhere else (BINARIES.index(binary), len(BINARIES))
    expected = embedded(session_of, subject).share(*parts)
    answers = session_of(binary, subject.name).render(answer.case for answer in expected)
    for ours, theirs in zip(expected, answers, strict=True):
        assert told(theirs, subject.chart()) == told(ours, subject.chart()), ours.case


@each(CHARTS)
def test_the_same_values_give_the_same_objects_twice(session_of: Sessions, subject: Subject) -> None:
    answers = embedded(session_of, subject).share(0, 10)
    again = session_of("embedded", subject.name).render(answer.case for answer in answers)
    assert [told(a, subject.chart()) for a in again] == [told(a, subject.chart()) for a in answers]


@each(CHARTS)
def test_the_random_documents_are_worth_rendering(
    session_of: Sessions, subject: Subject, record_property: Callable[[str, object], None]
) -> None:
    answers = embedded(session_of, subject).random
    kinds = Counter(a.kind if isinstance(a, Refusal) else "rendered" for a in answers)
    rendered = [a for a in answers if isinstance(a, Rendering)]
    record_property(COUNTED, f"{subject.name}: {', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}")
    least, different = (COUNT // 2, COUNT // 3) if subject in OURS else (25, 15)
    assert len(answers) == COUNT
    assert len(rendered) >= least
    assert len({tuple(m.digest for m in a.manifests) for a in rendered}) >= different
    assert kinds["schema"] >= 5 or "values.schema.json" not in subject.chart().by_path


@each(OURS)
def test_every_setting_is_tried(subject: Subject) -> None:
    settings = contract.read(subject.chart()).settings
    documents = subject.random(subject.chart(), subject.name, COUNT, [{}])
    names = [(s.path, s.renamed_from or s.path) for s in settings]
    tried = {path for path, old in names for one in documents if _has(one, path) or _has(one, old)}
    few = {s.dotted for s in settings} - {".".join(path) for path in tried}
    # A document holds four settings on average; a thousand do not fit into a hundred documents.
    assert len(few) <= max(0, len(settings) - 3 * COUNT) + 2, sorted(few)


def _has(document: Any, path: tuple[str, ...]) -> bool:
    absent = object()
    return values.get(document, path, absent) is not absent


@each(OURS)
def test_what_the_schema_and_the_rules_let_through_renders(session_of: Sessions, subject: Subject) -> None:
    chart = subject.chart()
    declared = contract.read(chart)
    for answer in embedded(session_of, subject).random:
        wrong = isinstance(answer, Refusal) and answer.kind not in ("schema", "rule")
        assert not wrong, (answer.case.values, answer)
        if isinstance(answer, Refusal) and answer.kind == "schema":
            continue
        seen = first.filled(values.coalesce(chart.default_values, answer.case.values), declared.settings)
        moved, clashes = forward(seen, declared.settings)
        refused = [*clashes, *(rule.sentence for rule in declared.rules if not rule.accepts(moved))]
        said = answer.message if isinstance(answer, Refusal) else ""
        if refused or not said.startswith(OF_THE_RELEASE):
            assert said == (refused or [""])[0], answer.case.values


@each(OURS)
def test_what_renders_is_what_kubernetes_takes(session_of: Sessions, subject: Subject) -> None:
    answers = embedded(session_of, subject)
    for rendering in [a for a in (*answers.named, *answers.random) if isinstance(a, Rendering)]:
        violations = [
            (m.source, m.label, v.path, v.message)
            for m in rendering.manifests
            for v in validate(m.data, JUDGED)
            if not v.unknown_kind
        ]
        assert violations == [], rendering.case.values
        twice = Counter(m.identity for m in rendering.manifests)
        assert [identity for identity, times in twice.items() if times > 1] == [], rendering.case.values


@pytest.mark.parametrize("binary", BINARIES)
def test_the_schema_is_judged_alike(session_of: Sessions, binary: str) -> None:
    session = session_of(binary, "stock")
    documents: list[dict[str, Any]] = [
        {},
        {"replicaCount": 0},
        {"replicaCount": 51},
        {"service": {"port": "80"}},
    ]
    documents += [
        {"ingress": {"enabled": True, "host": ""}},
        {"image": None},
        {"image": {"repository": None}},
    ]
    ours = [bool(session_of("embedded", "stock").validate(values)) for values in documents]
    assert ours == [bool(session.validate(values)) for values in documents]
    assert ours == [False, False, True, True, True, False, False]
