"""Many cases in one call give what each gives alone; where they do not, it is noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pytest

from chartgen import contract
from chartgen.chart import Chart, ChartFile
from chartgen.engine import Answer, Refusal, Session
from chartgen.engine.harness import Question
from chartgen.manifest import Case, Release, Rendering
from chartgen.verify import space
from chartgen.verify.expect import Expectation
from chartgen.verify.quick import BATCH, SAMPLE, Quick, quick
from tests.apps import made
from tests.verify.stage import chart, engine, session

pytestmark = pytest.mark.usefixtures("embedded")


def opened(of: Chart, ours: bool = True) -> Quick:
    declared = contract.read(of)
    expectation = Expectation(declared, of.default_values)
    moved = {setting.renamed_from: setting.path for setting in declared.settings if setting.renamed_from}
    accepted = lambda case: expectation.accepts(case.values)  # noqa: E731  # it is read once
    return Quick(engine(), session(of), of, accepted, moved if ours else None)


def cases(name: str) -> list[Case]:
    made_of = made.chart(name)
    overlays = made.overlays(name)
    found = space(made.declared(name), made_of.default_values, name=name, overlays=overlays, count=60)
    return [case for group in found.groups for case in list(group.make())[:: 12 if group.count > 60 else 3]]


def told(answers: Iterable[Answer]) -> list[object]:
    """What must be the same: objects and notes. Of texts Go's YAML may order odd keys anew at every turn."""
    return [a.raw if isinstance(a, Refusal) else (a.notes, a.manifests) for a in answers]


def test_it_renders_what_a_plain_session_renders() -> None:
    for name in ("web", "own"):
        fast = opened(made.chart(name))
        asked = cases(name)
        assert len(asked) > 60
        assert told(fast.render(asked)) == told(made.session(name).render(asked))
        assert fast.trusted


def test_an_upgrade_and_another_release_are_not_taken_for_one_another() -> None:
    releases = [Release("a"), Release("b"), Release("a", "c"), Release("a", is_upgrade=True, revision=3)]
    asked = [Case(release=release) for release in releases]
    of = chart()
    assert told(opened(of).render(asked)) == told(session(of).render(asked))


SLY = ChartFile("templates/sub/sly.yaml", b'{{- $_ := set .Values "text" (print .Values.extra.size) -}}\n')


def test_a_template_that_changes_what_another_reads_ends_the_short_cut() -> None:
    spoiled = Chart.of([*chart().files, SLY])
    asked = [Case({"extra": {"size": n % 9 + 1}}) for n in range(BATCH * 3)]
    fast = opened(spoiled)
    given = told(fast.render(asked))
    assert not fast.trusted
    assert given[-SAMPLE:] == told(session(spoiled).render(asked))[-SAMPLE:]


def test_of_a_chart_that_is_not_ours_it_is_known_that_templates_change_values() -> None:
    theirs = Chart.of([*chart().files, SLY])
    asked = [Case({"extra": {"size": n % 9 + 1}}) for n in range(SAMPLE * 3)]
    fast = opened(theirs, ours=False)
    assert told(fast.render(asked)) == told(session(theirs).render(asked))
    assert fast.trusted


def test_a_template_is_rendered_again_only_for_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    of = chart()
    fast, asked = opened(of), Counter[str]()
    inner = fast._harness.texts

    def texts(questions: Sequence[Question], kube_version: str = "") -> list[dict[str, str]] | None:
        asked.update(template for question in questions for template in question.templates)
        return inner(questions, kube_version)

    monkeypatch.setattr(fast._harness, "texts", texts)
    list(fast.render([Case(), Case({"text": "b"}), Case({"text": "c"}), Case({"text": "plain"})]))
    once = dict.fromkeys(fast._harness.templates, 1)
    # What fills in defaults is executed before any other, each time.
    assert asked == {**once, "templates/config.yaml": 3, "templates/first/settings.yaml": 3}


def test_what_is_refused_is_refused_in_the_same_words() -> None:
    of = chart()
    asked = [Case(), Case({"extra": {"enabled": True}}), Case({"text": 3}), Case({"text": "b"})]
    assert told(opened(of).render(asked)) == told(session(of).render(asked))


def test_a_template_that_fails_unforeseen_leaves_the_others_of_its_call() -> None:
    of = chart(
        {"config": ("{{ .Values.text | toJson }}", '{{ if eq .Values.text "b" }}{{ fail "no b" }}{{ end }}a')}
    )
    asked = [Case(), Case({"text": "b"}), Case({"text": "c"})]
    assert told(opened(of).render(asked)) == told(session(of).render(asked))


def test_what_is_made_up_at_every_turn_is_no_difference() -> None:
    of = chart({"config": ("{{ .Values.text | toJson }}", "{{ randAlphaNum 9 | quote }}")})
    fast = opened(of)
    list(fast.render([Case({"extra": {"size": n % 9 + 1}}) for n in range(SAMPLE * 2)]))
    assert fast.trusted


def test_a_chart_with_subcharts_and_another_engine_are_asked_plainly() -> None:
    class Other:
        name = "/usr/bin/helm"

    plain: Session = session(chart())
    below = Chart.of([*chart().files, ChartFile("charts/a/Chart.yaml", b"name: a\nversion: 1.0.0\n")])
    assert quick(Other(), plain, chart(), lambda _: True) is plain
    assert quick(engine(), plain, below, lambda _: True) is plain


def test_cases_are_taken_a_call_at_a_time() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Case]:
        for n in range(10**9):
            taken.append(n)
            yield Case()

    next(iter(opened(chart()).render(endless())))
    assert len(taken) < 100


def test_what_a_persons_template_reads_is_read_again() -> None:
    of = chart({"config": ("{{ .Values.text | toJson }}", "{{ tpl .Values.text . | toJson }}")})
    reads = {"text": "{{ .Values.extra.size }}"}
    asked = [Case({**reads, "extra": {"size": size}}) for size in range(1, 10)]
    fast = opened(of)
    texts = [a.manifests[0].data["data"]["text"] for a in fast.render(asked) if isinstance(a, Rendering)]
    assert texts == [str(size) for size in range(1, 10)]


def test_a_null_in_place_of_a_table_is_no_default() -> None:
    readers = opened(chart())._readers
    assert readers is not None
    plain, without = (readers.keys(Case(given)) for given in ({}, {"extra": None}))
    assert {path for path in plain if plain[path] != without[path]} == {
        "templates/extra.yaml",
        "templates/first/settings.yaml",
        "templates/rules.yaml",
    }
