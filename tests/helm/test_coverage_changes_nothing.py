"""An instrumented chart renders what the plain one does, to the last space, and is refused where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from chartgen.chart import Chart
from chartgen.coverage import Traced
from chartgen.engine import Engine, Refusal, Session
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.template import TemplateError
from tests.helm.corpus import CHARTS, Subject
from tests.helm.random_templates import BODY, charts
from tests.need import need

COUNT = 60  # random documents for a chart
# Not the same twice: places in memory, and keys that a chart makes up. `toYaml` has no fixed order either for
# keys with digits in them, which it compares as numbers now and then; the objects are the same.
_MADE_UP = re.compile(r"\b0x[0-9a-f]{6,}\b|^  [A-Za-z_.-]+: \"?[A-Za-z0-9+/]{20,}=*\"?$", re.MULTILINE)


def _cases(subject: Subject) -> Iterator[Case]:
    overlays = subject.overlays()
    yield Case(overlay="none")
    for name, values in overlays.items():
        yield Case(values, Release("other", "elsewhere"), name)
    for number, values in enumerate(
        subject.random(subject.chart(), "coverage", COUNT, [{}, *overlays.values()])
    ):
        yield Case(values, Release(is_upgrade=number % 2 == 1))


def _lines(texts: dict[str, str]) -> dict[str, list[str]]:
    """Texts without what differs from one rendering to the next."""
    return {path: sorted(_MADE_UP.sub("?", text).splitlines(keepends=True)) for path, text in texts.items()}


@pytest.mark.parametrize("subject", CHARTS, ids=lambda subject: subject.name)
def test_every_chart_renders_and_is_refused_as_before(
    subject: Subject, engine_of: Callable[[str], Engine]
) -> None:
    engine, chart = engine_of("embedded"), subject.chart()
    cases = list(_cases(subject))
    for plain, traced in zip(
        engine.open(archive(chart)).render(cases), Traced(engine, chart).render(cases), strict=True
    ):
        if isinstance(plain, Refusal):
            assert traced == plain
        else:
            assert isinstance(traced, Rendering)
            assert _lines(dict(traced.texts)) == _lines(dict(plain.texts))
            assert traced.notes == plain.notes
            assert [m.identity for m in traced.manifests] == [m.identity for m in plain.manifests]


def printed(session: Session) -> str | None:
    """What the notes of a chart say, which need be no YAML; None when it is refused."""
    (answer,) = session.render([Case()])
    return None if isinstance(answer, Refusal) else _MADE_UP.sub("?", answer.notes)


@settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(charts())
def test_random_templates_render_as_before_and_tell_the_bodies_they_entered(chart: Chart) -> None:
    need("helm_python")
    engine = choose("embedded")
    try:
        traced = Traced(engine, chart)
    except TemplateError:
        event("not parsed")
        return
    plain = printed(engine.open(archive(chart)))
    event("refused" if plain is None else "rendered")
    assert printed(traced) == plain
    if plain is not None:
        taken, others = bodies(chart, traced)
        assert entered(plain).isdisjoint(others)
        event(f"told bodies: {bool(taken & entered(plain))}")


def entered(text: str) -> set[int]:
    return {int(number) for number in BODY.findall(text)}


def bodies(chart: Chart, traced: Traced) -> tuple[set[int], set[int]]:
    """The numbers in the bodies of blocks that were taken down as entered, and of those that were not."""
    taken: set[int] = set()
    others: set[int] = set()
    texts = {file.path: file.text for file in chart.templates}
    for point in traced.points:
        for number, way in zip(point.numbers, point.at.ways, strict=True):
            if body := BODY.match(texts[point.template], way.start):
                (taken if number in traced.taken else others).add(int(body[1]))
    return taken, others
