"""Linting each document once says what linting each case says, with the embedded Helm and with a binary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.engine import Engine, LintMessage, Session
from chartgen.engine.ahead import Ahead
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release
from chartgen.package import archive
from tests.need import need

RELEASE = Release(name="shop", namespace="shop")
NAMED = b"""{{- if .Values.named }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.named }}
data:
  braces: "{{ "{{" }} .Values.x }}"
{{- end }}
"""
OLD = b"""{{- if .Values.old }}
apiVersion: extensions/v1beta1
kind: Ingress
metadata:
  name: old
{{- end }}
"""
INDENTED = b"{{ if .Values.indented }}   kind: ConfigMap\napiVersion: v1\n{{ end }}"
FAILING = b'{{ if .Values.failing }}{{ fail "no" }}{{ end }}'
CASES: tuple[dict[str, Any], ...] = (
    {},
    {"named": "fine"},
    {"named": "Not_fine"},
    {"named": "Not_fine", "old": True},
    {"named": "fine", "old": True},
)


def chart(**templates: bytes) -> Chart:
    files = {
        "Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "values.yaml": b"named: ''\n",
        **{f"templates/{name}.yaml": text for name, text in templates.items()},
    }
    return Chart("shop", "1.0.0", tuple(ChartFile(path, files[path]) for path in sorted(files)))


class Counted:
    """A session, or an engine, that counts how often it is asked to lint and to render."""

    version = ""

    def __init__(self, of: Any, counts: dict[str, int]) -> None:
        self._of, self._counts = of, counts
        self.name = getattr(of, "name", "")

    def open(self, data: bytes) -> Session:
        return Counted(self._of.open(data), self._counts)

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        self._counts["lint"] = self._counts.get("lint", 0) + 1
        return tuple(self._of.lint(case, strict))

    def render(self, cases: Any) -> Iterator[Any]:
        for answer in self._of.render(cases):
            self._counts["render"] = self._counts.get("render", 0) + 1
            yield answer

    def validate(self, values: Any) -> tuple[str, ...]:
        return tuple(self._of.validate(values))


@pytest.fixture(params=["embedded", "helm4"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "embedded":
        need("helm_python")
        return choose("embedded")
    return choose(need(request.param))


def both(
    engine: Engine, made: Chart, values: tuple[dict[str, Any], ...]
) -> tuple[list[Any], list[Any], dict[str, int]]:
    """What is said of each case by one lint for each, and ahead; and how often was asked ahead."""
    cases = [Case(given, RELEASE, f"case {n}") for n, given in enumerate(values)]
    session = engine.open(archive(made))
    plain = [sorted(session.lint(case)) for case in cases]
    counts: dict[str, int] = {}
    counted = Counted(engine, counts)
    ahead = Ahead(counted, counted.open(archive(made)), made, cases)
    assert [a.case.name for a in ahead.render(cases)] == [case.name for case in cases]
    return plain, [sorted(ahead.lint(case)) for case in cases], counts


def test_each_case_is_told_what_its_own_lint_says(engine: Engine) -> None:
    plain, ahead, counts = both(engine, chart(named=NAMED, old=OLD), CASES)
    assert ahead == plain
    assert ["Not_fine" in str(said) for said in plain] == [False, False, True, True, False]
    assert ["Ingress is deprecated" in str(said) for said in plain] == [False, False, False, True, True]
    assert counts == {"lint": 2 if engine.name == "embedded" else 5, "render": 5}


def test_cases_that_render_the_same_are_linted_once(engine: Engine) -> None:
    plain, ahead, counts = both(
        engine, chart(named=NAMED), ({"named": "Bad_"}, {"named": "Bad_", "other": 1})
    )
    assert ahead == plain
    assert counts == {"lint": 1 if engine.name == "embedded" else 2, "render": 2}


def test_a_case_that_does_not_render_is_linted_by_itself(engine: Engine) -> None:
    made = chart(named=NAMED, failing=FAILING, indented=INDENTED)
    plain, ahead, _ = both(engine, made, ({}, {"failing": True}, {"indented": True}, {"named": "Bad_"}))
    assert ahead == plain
    plain, ahead, _ = both(engine, made, ({"failing": True}, {"named": "Bad_"}))
    assert ahead == plain


def test_a_chart_with_subcharts_is_linted_case_by_case(engine: Engine) -> None:
    made = chart(named=NAMED)
    sub = ChartFile("charts/sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 1.0.0\n")
    head = ChartFile(
        "Chart.yaml", made.by_path["Chart.yaml"].data + b"dependencies: [{name: sub, version: 1.0.0}]\n"
    )
    whole = Chart(made.name, made.version, tuple(sorted([head, sub, *made.files[1:]])))
    plain, ahead, counts = both(engine, whole, ({}, {"named": "Bad_"}))
    assert ahead == plain
    assert counts["lint"] == 2


def test_what_was_not_foreseen_is_asked_for(engine: Engine) -> None:
    made, case, other = chart(named=NAMED), Case({}, RELEASE), Case({"named": "x"}, RELEASE)
    ahead = Ahead(engine, engine.open(archive(made)), made, [case])
    assert [answer.case for answer in ahead.render([other])] == [other]
    assert ahead.lint(other) == engine.open(archive(made)).lint(other)
    assert ahead.lint(case, strict=False) == engine.open(archive(made)).lint(case, strict=False)
    assert ahead.validate({}) == ()
