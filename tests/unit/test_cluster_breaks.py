"""Every promise made on a cluster has a break of the chart that must turn it red, and the table fits."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ci.cluster import breaking, breaks
from ci.cluster.breaks import Break, Edit, Red, TableError
from ci.cluster.report import Case

# Tests that no fault of the chart or of the program can turn red, and why; a whole module by its name.
UNBROKEN = {
    "test_published": "is about a registry; what it installs is the chart of all others",
    "test_standins": "is about the images that play the application's",
    "test_images": "is about images that are built beside the chart",
    "test_start_and_stop": "is about the cluster, not about what runs on it",
    "test_the_walk_holds_every_switch": "is about the table of the test after it",
    "test_the_walk_leads_from_external_to_every_method_and_back": "is about the table of the test after it",
    "test_the_version_before_lacks_sections_of_this_one": "is about the chart of the test after it",
    "test_there_is_a_snapshot_of_every_application": "is about what the test after it goes through",
    "test_the_server_refuses_a_field_that_is_misspelt": "shows that the server of the tests beside it judges",
    "test_without_tolerations_nothing_goes_to_the_tainted_node": "shows that the taint keeps pods away",
    "test_without_one_the_events_say_so": "shows that the quota demands something",
    "test_with_hooks_the_second_version_ends_at_a_job": "shows why the guide does without hooks",
    "test_helm_does_not_take_over_unasked": "shows why the guide has two flags",
}
TABLE = breaks.load()


def promises() -> Counter[str]:
    """Every test function of tests/cluster, by name."""
    found: Counter[str] = Counter()
    for path in sorted((breaks.ROOT / breaking.TESTS).rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        found.update(name for name in names if name.startswith("test_") and path.stem not in UNBROKEN)
    return found


def reasons() -> set[str]:
    """What UNBROKEN names, a module by its file."""
    modules = {path.stem for path in (breaks.ROOT / breaking.TESTS).rglob("test_*.py")}
    return set(UNBROKEN) - modules


# ---- The table fits
def test_every_promise_has_a_break_or_a_reason_why_not() -> None:
    broken = {red.test for each in TABLE for red in each.reds}
    assert set(promises()) - broken - reasons() == set(), "add a break to tests/cluster/breaks/"
    assert (broken | reasons()) - set(promises()) == set(), "no test is called that"
    assert broken & reasons() == set()


def test_a_promise_is_known_by_its_name_alone() -> None:
    assert [name for name, count in promises().items() if count > 1] == []


@pytest.mark.parametrize("subject", TABLE, ids=lambda subject: subject.name)
def test_every_break_fits_the_chart_as_it_is(subject: Break, tmp_path: Path) -> None:
    chart = breaks.broken(subject, tmp_path / "project")
    for edit in subject.edits:
        path = breaks.place(tmp_path / "project", edit.file)
        whole = breaks.place(breaks.ROOT, edit.file)
        assert path.read_text(encoding="utf-8") != whole.read_text(encoding="utf-8")
    assert chart == tmp_path / "project" / "charts" / "ushadow"
    assert (tmp_path / "project" / "values" / "dev.yaml").is_file()
    assert subject.reds
    assert all(len(red.says) >= 6 for red in subject.reds)


# ---- Edits
TEXT = "a:\n  b:\n    c: 1\n    d: 2\n  e: 1\n"


def test_part_of_a_line_becomes_another() -> None:
    assert Edit("f", "d: 2", "d: 3").applied(TEXT) == TEXT.replace("d: 2", "d: 3")
    assert Edit("f", "d: 2", "").applied(TEXT) == TEXT.replace("d: 2", "")


def test_whole_lines_are_found_at_whatever_depth_they_stand() -> None:
    assert Edit("f", "c: 1\nd: 2\n", "x: 0\n").applied(TEXT) == "a:\n  b:\n    x: 0\n  e: 1\n"
    assert Edit("f", "b:\n  c: 1\n", "b:\n  y:\n    z: 1\n").applied(TEXT) == (
        "a:\n  b:\n    y:\n      z: 1\n    d: 2\n  e: 1\n"
    )
    assert Edit("f", "e: 1", "e: 1\nf: 1\n").applied(TEXT) == f"{TEXT}  f: 1\n"


@pytest.mark.parametrize("old,times", [("gone", 0), (": 1", 2), ("c: 1\n  d: 2\n", 0), ("c: 1\nd: 3\n", 0)])
def test_an_edit_that_does_not_fit_exactly_once_is_refused(old: str, times: int) -> None:
    with pytest.raises(TableError, match=rf"^f holds this {times} times, not once: "):
        Edit("f", old, "x").applied(TEXT)


def test_a_break_that_does_not_fit_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"^nowhere: there is no templates/none.yaml$"):
        breaks.broken(Break("nowhere", (Edit("templates/none.yaml", "a", "b"),), ()), tmp_path / "a")
    with pytest.raises(TableError, match=r"^nothing: Chart.yaml holds this 0 times"):
        breaks.broken(Break("nothing", (Edit("Chart.yaml", "no such line", "b"),), ()), tmp_path / "b")


@pytest.mark.parametrize(
    "file,old", [("values/dev.yaml", "redis://redis"), ("chartgen/rules.py", "class Rule")]
)
def test_an_overlay_and_the_program_can_be_broken_too(file: str, old: str, tmp_path: Path) -> None:
    root = tmp_path / "a"
    breaks.broken(Break("a", (Edit(file, old, "broken"),), ()), root)
    assert "broken" in (root / file).read_text(encoding="utf-8")
    assert old in (breaks.ROOT / file).read_text(encoding="utf-8")
    # What is not broken is the project's own; a program that is not broken is the one that is installed.
    assert (root / "apps").is_symlink()
    assert (root / "chartgen").exists() == file.startswith("chartgen")


@pytest.mark.parametrize(
    "text,said",
    [
        (
            "- {break: a, in: f, old: x, red: {t: says}}\n- {break: a, in: f, old: x, red: {t: says}}",
            "two breaks",
        ),
        ("- {in: f, old: x, red: {t: says}}", "one without a name"),
        ("- {break: a, old: x, red: {t: says}}", "t.yaml: a: KeyError\\('in'\\)"),
        ("- {break: a, in: f, old: x}", "t.yaml: a: KeyError\\('red'\\)"),
        ("- {break: a, in: f, old: x, red: {t: {say: so}}}", "unexpected keyword"),
    ],
)
def test_an_entry_that_lacks_something_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said):
        breaks.load(tmp_path)


# ---- What counts as noticed
def case(name: str, outcome: str, message: str = "") -> Case:
    return Case("r", "m", name, "", outcome, 1.0, message=message)


@pytest.mark.parametrize(
    "seen,wrong",
    [
        ([case("test_a", "failed", "x\nthe key changed: y")], ""),
        ([case("test_a", "passed")], "test_a passed: the fault was not noticed"),
        ([case("test_a", "skipped", "no cluster")], "test_a skipped: the fault was not noticed"),
        (
            [case("test_a", "failed", "\nno such node\nmore")],
            "test_a failed for another reason than 'the key changed': no such node",
        ),
        ([case("test_b", "failed", "the key changed")], "test_a did not run"),
    ],
)
def test_a_break_is_noticed_by_its_test_with_its_words_and_not_otherwise(
    seen: list[Case], wrong: str
) -> None:
    assert breaking.judged(Red("test_a", "the key changed"), seen) == wrong


def test_one_case_of_a_test_is_run_the_first_or_the_one_that_is_named() -> None:
    nodes = ["t/test_x.py::test_a[helm4]", "t/test_x.py::test_a[helm3]", "t/test_x.py::test_ab"]
    assert breaking.chosen(Red("test_a", "x"), nodes) == nodes[0]
    assert breaking.chosen(Red("test_a", "x", "helm3"), nodes) == nodes[1]
    assert breaking.chosen(Red("test_ab", "x"), nodes) == nodes[2]
    with pytest.raises(TableError, match="no test is called test_a with a case 'helm5'"):
        breaking.chosen(Red("test_a", "x", "helm5"), nodes)


def test_a_sample_begins_elsewhere_and_misses_nothing() -> None:
    starts = {breaking._turned(list(TABLE), f"commit {n}")[0].name for n in range(40)}
    assert len(starts) > 10
    turned = breaking._turned(list(TABLE), "a commit")
    assert turned == breaking._turned(list(TABLE), "a commit")
    assert sorted(each.name for each in turned) == sorted(each.name for each in TABLE)
    assert breaking._turned(list(TABLE), "") == list(TABLE)


# ---- The whole of it, with tests that need no cluster
TESTS = """
import os
from pathlib import Path

CHART = Path(os.environ.get("CHARTGEN_TEST_CHART", "."))

def test_first():
    assert "    generate: job" in (CHART / "values.yaml").read_text(), "the default road is another one"

def test_patience():
    assert os.environ["CHARTGEN_TEST_PATIENCE"] != "7", "was it so long?"
"""
ALONE = """
def test_last():
    assert True
"""
ENTRIES = """
- break: lookup
  in: values.yaml
  old: "    generate: job"
  new: "    generate: lookup"
  patience: 7
  red:
    test_first: the default road is another one
    test_patience: was it so long?
- break: unnoticed
  in: values.yaml
  old: "    generate: job"
  new: "    generate: lookup"
  red:
    test_last: it is gone
- break: for another reason
  in: values.yaml
  old: "    generate: job"
  new: "    generate: lookup"
  red:
    test_first: there is no default
"""


OTHER = (
    "! test_first failed for another reason than 'there is no default': "
    "AssertionError: the default road is another one"
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with this chart, and with tests and a table of its own."""
    root = tmp_path_factory.mktemp("project")
    for name in (
        "ci/__init__.py",
        "ci/cluster/__init__.py",
        "ci/cluster/breaks.py",
        "ci/cluster/breaking.py",
        "ci/cluster/report.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(breaks.ROOT / name, root / name)
    for name in (*breaks.PROJECT, "pyproject.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(breaks.ROOT / name)
    for name in ("breaks", "alone"):
        (root / "tests" / "cluster" / name).mkdir(parents=True, exist_ok=True)
    (root / "tests" / "cluster" / "alone" / "test_alone.py").write_text(ALONE, encoding="utf-8")
    (root / "tests" / "cluster" / "test_standing_in.py").write_text(TESTS, encoding="utf-8")
    (root / "tests" / "cluster" / "breaks" / "all.yaml").write_text(ENTRIES, encoding="utf-8")
    return root


def tried(root: Path, *words: str) -> tuple[int, list[str]]:
    """The exit code, and what was said without times and indentation."""
    done = subprocess.run(
        [sys.executable, "-m", "ci.cluster.breaking", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    lines = [re.sub(r"\d+\.?\d* s", "N s", line).strip() for line in (done.stdout + done.stderr).splitlines()]
    return done.returncode, [re.sub(" +", " ", line) for line in lines if line]


def test_the_table_of_breaks_tells_each_with_what_its_promise_said(elsewhere: Path) -> None:
    assert tried(elsewhere) == (
        1,
        [
            "Breaks of the chart, and the promise that each turned red",
            "ok N s lookup",
            "red: first",
            "red: patience",
            "AssertionError: the default road is another one",
            "AssertionError: was it so long?",
            "FAILED N s for another reason",
            "red: first",
            "AssertionError: the default road is another one",
            OTHER,
            "FAILED N s unnoticed",
            "red: last",
            "! test_last passed: the fault was not noticed",
            "1 of 3 breaks noticed by their promise, in N s",
        ],
    )


def test_breaks_are_chosen_by_a_word_and_a_word_that_fits_none_is_a_mistake(elsewhere: Path) -> None:
    code, said = tried(elsewhere, "test_patience")
    assert (code, said[-1]) == (0, "1 of 1 breaks noticed by their promise, in N s")
    assert tried(elsewhere, "nobody") == (2, ["chartgen cluster: no break is called nobody"])


def test_what_there_was_no_time_for_is_named_and_does_not_count_as_noticed(elsewhere: Path) -> None:
    code, said = tried(elsewhere, "--within", "0", "test_patience", "test_last")
    assert (code, said[1:]) == (
        0,
        [
            "0 of 0 breaks noticed by their promise, in N s",
            "NOT TRIED, for want of time: 2 breaks: lookup; unnoticed",
        ],
    )
