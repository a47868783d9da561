"""`.helmignore` leaves out what Helm leaves out: our rules, and Helm's own answer beside them."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from chartgen.disk import read_chart
from chartgen.errors import ModelError
from chartgen.helmignore import parse
from tests.need import need

FILES = """.hidden a.txt b.txt docs/a.txt docs/deep/a.txt docs/deep/b.md templates/x.yaml templates/sub/.keep
[x].txt ä.txt a-c.txt""".split()
ALWAYS = {"templates/.swp"}

# Rules, and what they leave out beside the file that Helm always does.
TABLE = [
    ("", ""),
    ("# a.txt\n\n   \n", ""),
    ("a.txt", "a.txt docs/a.txt docs/deep/a.txt"),
    ("  a.txt  ", "a.txt docs/a.txt docs/deep/a.txt"),
    ("a.txt\r\nb.txt\r\n", "a.txt b.txt docs/a.txt docs/deep/a.txt"),
    ("\ufeffb.txt", "b.txt"),
    ("/a.txt", "a.txt"),
    ("docs", "docs/a.txt docs/deep/a.txt docs/deep/b.md"),
    ("docs/", "docs/a.txt docs/deep/a.txt docs/deep/b.md"),
    ("a.txt/", ""),
    ("deep/", "docs/deep/a.txt docs/deep/b.md"),
    ("docs/deep", "docs/deep/a.txt docs/deep/b.md"),
    ("docs/*", "docs/a.txt docs/deep/a.txt docs/deep/b.md"),
    ("docs/*.txt", "docs/a.txt"),
    ("*/*/*.md", "docs/deep/b.md"),
    ("*.md", "docs/deep/b.md"),
    ("?.txt", "a.txt b.txt docs/a.txt docs/deep/a.txt ä.txt"),
    ("[ab].txt", "a.txt b.txt docs/a.txt docs/deep/a.txt"),
    ("[a-a].txt", "a.txt docs/a.txt docs/deep/a.txt"),
    ("[^a].txt", "b.txt ä.txt"),
    ("[z-a].txt", ""),
    ("[^z-a].txt", "a.txt b.txt docs/a.txt docs/deep/a.txt ä.txt"),
    ("[\\a].txt", "a.txt docs/a.txt docs/deep/a.txt"),
    ("\\[x\\].txt", "[x].txt"),
    ("a[\\-]c.txt", "a-c.txt"),
    (".*", ".hidden templates/sub/.keep .helmignore"),
    ("!*", ""),
    ("a.txt\n!*", "a.txt docs/a.txt docs/deep/a.txt"),
    ("!*.*\n", "docs/a.txt docs/deep/a.txt docs/deep/b.md templates/x.yaml templates/sub/.keep"),
    ("![^t]*", "templates/x.yaml templates/sub/.keep"),
    ("!Chart.yaml", " ".join([".helmignore", *FILES])),
    ("templates/sub/", "templates/sub/.keep"),
]
BROKEN = ["a/**/b", "[", "[]", "[a", "[a-", "[-a]", "a\\", "[\\"]


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    for name in (*FILES, *ALWAYS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("kind: none\n")
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 0.1.0\n")
    return folder


def _left_out(chart: Path, rules: str, there: set[str]) -> set[str]:
    before = {path.relative_to(chart).as_posix() for path in chart.rglob("*") if path.is_file()}
    assert before - there >= ALWAYS
    return before - there - ALWAYS


@pytest.mark.parametrize("rules,out", TABLE)
def test_the_rules_leave_out(chart: Path, rules: str, out: str) -> None:
    (chart / ".helmignore").write_text(rules, newline="")
    there = {file.path for file in read_chart(chart).files}
    assert _left_out(chart, rules, there) == set(out.split())


@pytest.mark.parametrize("rules,out", TABLE)
def test_helm_leaves_out_the_same(chart: Path, rules: str, out: str) -> None:
    helm = need("helm")
    (chart / ".helmignore").write_text(rules, newline="")
    command = [helm, "package", str(chart), "--destination", str(chart.parent)]
    subprocess.run(command, check=True, capture_output=True)
    with tarfile.open(chart.parent / "shop-0.1.0.tgz") as tar:
        there = {name.removeprefix("shop/") for name in tar.getnames()}
    assert _left_out(chart, rules, there) == set(out.split())


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_that_cannot_be_used_is_refused_with_its_line(rule: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(f"fine\n{rule}\n".encode())
    assert [problem.where for problem in caught.value.problems] == [".helmignore:2"]


@pytest.mark.parametrize("rule", BROKEN)
def test_helm_refuses_the_rule_too(chart: Path, rule: str) -> None:
    helm = need("helm")
    (chart / ".helmignore").write_text(f"{rule}\n")
    command = [helm, "package", str(chart), "--destination", str(chart.parent)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_all_rules_that_cannot_be_used_are_told() -> None:
    with pytest.raises(ModelError) as caught:
        parse(b"[\nok\n**\n")
    assert [str(problem) for problem in caught.value.problems] == [
        ".helmignore:1: '[' ends too early\n    Helm refuses the chart for it",
        ".helmignore:3: '**': ** is not supported\n    Helm refuses the chart for it",
    ]
