"""`chartgen verify`: what is tried, told and kept, and an exit code that says how it went."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.verify.run import PROPERTIES
from tests.cli.command import Ran
from tests.need import need
from tests.verify.stage import chart

Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def written(folder: Path, **spoiled: tuple[str, str]) -> str:
    """The small chart as a folder."""
    for file in chart(spoiled).files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.data)
    return str(folder)


def test_a_chart_that_is_sound_passes(tmp_path: Path, chartgen: Call) -> None:
    ran = chartgen("verify", "--chart", written(tmp_path / "small"), "--random", "30")
    assert (ran.code, ran.err) == (0, "")
    first, _, *summary = ran.out.splitlines()
    # No other Helm was named to agree with.
    assert first.startswith(f"small: {len(PROPERTIES) - 1} checks passed; Kubernetes 1.29")
    assert summary[0].startswith("small: ")
    assert "30 random" in summary[1]
    assert summary[-1] == "  failures  none"


def test_what_fails_is_told_kept_and_tried_first_the_next_time(tmp_path: Path, chartgen: Call) -> None:
    spoiled = written(tmp_path / "small", extra=(".size | quote", ".size"))
    arguments = ("verify", "--chart", spoiled, "--random", "0", "--corpus", str(tmp_path / "kept"))
    ran = chartgen(*arguments)
    assert ran.code == 1
    assert "ConfigMap/a data.size: must be a string, not 1: put it in quotes" in ran.out
    assert "    shown by: --set extra.enabled=true --set extra.name=a" in ran.out
    (kept,) = (tmp_path / "kept").iterdir()
    text = "# schema: must be a string, not 1: put it in quotes\nextra:\n  enabled: true\n  name: a\n"
    assert kept.read_text() == text
    assert "1 corpus" in chartgen(*arguments).out


def test_the_same_report_comes_in_the_formats_of_lint(tmp_path: Path, chartgen: Call) -> None:
    folder = written(tmp_path / "small", extra=(".size | quote", ".size"))
    ran = chartgen("verify", "--chart", folder, "--random", "0", "--format", "json")
    report = json.loads(ran.out)
    assert (report["status"], report["subject"]) == ("failed", "small")
    assert {check["name"] for check in report["checks"]} >= {
        "verdict",
        "arrives",
        "effect",
        "outside",
        "schema",
    }


def test_time_that_is_up_is_told(tmp_path: Path, chartgen: Call) -> None:
    ran = chartgen("verify", "--chart", written(tmp_path / "small"), "--time-budget", "0.000001")
    assert "NOT TRIED 1 defaults" in ran.out


@pytest.mark.parametrize("share", ["0/2", "3/2", "x", "1"])
def test_a_share_that_is_none_is_refused(chartgen: Call, share: str) -> None:
    ran = chartgen("verify", "--shard", share)
    assert ran.code == 2
    assert f"{share!r} is no share: write 2/5 for the second of five" in ran.err


def test_charts_of_the_project_and_others_are_not_mixed(tmp_path: Path, chartgen: Call) -> None:
    ran = chartgen("verify", "shop", "--chart", str(tmp_path))
    assert (ran.code, "not both" in ran.err) == (2, True)


def test_branches_that_no_document_took_are_told_and_fail_under_the_threshold(
    tmp_path: Path, chartgen: Call
) -> None:
    folder = written(tmp_path / "small")
    dead = tmp_path / "small" / "templates" / "dead.yaml"
    dead.write_text('{{- if eq .Chart.Name "nobody" }}\n# never\n{{- end }}\n')
    arguments = ("verify", "--chart", folder, "--random", "30", "--coverage", "text")
    ran = chartgen(*arguments)
    assert ran.code == 1
    assert "templates/dead.yaml:1" in ran.out
    assert chartgen(*arguments, "--threshold", "50").code == 0


def test_coverage_goes_to_a_file_beside_the_report(tmp_path: Path, chartgen: Call) -> None:
    file = tmp_path / "coverage.json"
    ran = chartgen(
        *("verify", "--chart", written(tmp_path / "small"), "--random", "30"),
        *("--coverage", f"json={file}", "--threshold", "0"),
    )
    assert ran.code == 0
    assert ran.out.startswith(f"small: {len(PROPERTIES) - 1} checks passed")
    assert json.loads(file.read_text())
