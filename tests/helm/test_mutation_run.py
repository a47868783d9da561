"""A mutation run: who finds what, how survivors are told apart, and which branches count."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.coverage import Traced
from chartgen.engine.choose import choose
from chartgen.errors import RenderError
from chartgen.manifest import Case
from ci.mutation.__main__ import main
from ci.mutation.run import confirmed, judged, mutants
from tests.helm.corpus import HERE
from tests.need import need

TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  {{- if .Values.live }}
  live: {{ .Values.text | quote }}
  {{- else }}
  off: "1"
  {{- end }}
"""
VALUES = "live: true\ntext: x\nunused: 1\n"


def made(template: str = TEMPLATE) -> Chart:
    files = {"Chart.yaml": "apiVersion: v2\nname: t\nversion: 1.0.0\n", "values.yaml": VALUES}
    files["templates/a.yaml"] = template
    return Chart.of(ChartFile(path, text.encode()) for path, text in files.items())


def needs_kind(chart: Chart) -> str:
    """A judge who only looks at one line, and cannot read a chart without another."""
    text = chart.by_path["templates/a.yaml"].text
    if "apiVersion" not in text:
        raise RenderError("no apiVersion")
    return "" if "kind" in text and "off" in text else "something is gone"


def test_what_is_found_and_in_which_case_a_survivor_shows() -> None:
    need("helm_python")
    chart, engine = made(), choose("embedded")
    cases = [Case({"text": "1"}, overlay="number"), Case({"live": False}, overlay="off")]
    verdicts = list(judged(chart, mutants(chart), needs_kind, engine, cases))
    told = {(v.mutant.line, v.mutant.operator): (v.found, v.effect) for v in verdicts}
    assert told[1, "removed line"] == ("no apiVersion", "")
    assert told[2, "removed line"] == ("something is gone", "")
    assert told[9, "removed line"] == ("something is gone", "")
    assert told[7, "dropped quote"] == ("", "number")
    assert told[6, "inverted condition"] == ("", "number")


def test_a_survivor_that_no_case_shows_is_taken_for_equivalent() -> None:
    need("helm_python")
    chart = made()
    verdicts = list(judged(chart, mutants(chart), needs_kind, choose("embedded"), [Case({"live": False})]))
    assert {(v.mutant.line, v.mutant.operator) for v in verdicts if v.equivalent} == {
        (6, "renamed setting"),
        (6, "emptied branch"),
        (7, "removed line"),
        (7, "dropped quote"),
        (7, "renamed setting"),
    }


def test_a_judge_who_is_against_the_chart_itself_is_refused() -> None:
    need("helm_python")
    with pytest.raises(ValueError, match="does not accept the chart as it is: something is gone"):
        list(judged(made("apiVersion: v1\n"), [], needs_kind, choose("embedded"), []))


def test_a_branch_counts_when_a_fault_in_it_is_found() -> None:
    need("helm_python")
    chart, engine = made(), choose("embedded")
    traced = Traced(engine, chart)
    list(traced.render([Case(), Case({"live": False})]))
    verdicts = list(judged(chart, mutants(chart), needs_kind, engine, []))
    branches = traced.coverage.branches
    assert [branch.way for branch in branches if branch.taken] == ["then", "else"]
    assert [branch.way for branch in confirmed(chart, branches, verdicts)] == ["else"]


def test_the_command_counts_mutants_judges_some_and_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    need("helm_python")
    stock, file = str(HERE / "charts/stock"), tmp_path / "mutants.jsonl"
    assert main([stock]) == 0
    assert "mutants of" in capsys.readouterr().out
    for least in (1, 2):
        assert main([stock, "--run", str(file), "--seconds", "2"]) == 0
        assert len(file.read_text().splitlines()) >= least
    assert main([stock, "--report", str(file), "--threshold", "0"]) == 0
