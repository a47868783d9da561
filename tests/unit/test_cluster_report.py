"""The table of promises tells what JUnit files of the runs hold: each promise, its cases, its honest time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci.cluster import report, suite

ROOT = Path(__file__).resolve().parents[2]

ONE = """<testsuites><testsuite name="cluster" time="61.5" tests="5">
<testcase classname="tests.cluster.test_life" name="test_what_was_written_survives[helm4]" time="40.0">
  <properties><property name="topic" value="The life of a release."/></properties></testcase>
<testcase classname="tests.cluster.test_life" name="test_what_was_written_survives[helm3]" time="44.5">
  <properties><property name="topic" value="The life of a release."/></properties>
  <failure message="AssertionError: the key changed&#10;assert 1 == 2">the whole story</failure></testcase>
<testcase classname="tests.cluster.test_installed" name="test_every_pod_is_ready[helm4 --wait]" time="31.0">
  <properties><property name="topic" value="A fresh install."/>
  <property name="shared: installed" value="30.0"/></properties></testcase>
<testcase classname="tests.cluster.test_installed" name="test_every_pod_is_ready[helm3]" time="21.5">
  <properties><property name="topic" value="A fresh install."/>
  <property name="shared: installed" value="20.25"/></properties></testcase>
<testcase classname="tests.cluster.test_installed" name="test_names_resolve" time="0.5">
  <properties><property name="topic" value="A fresh install."/></properties></testcase>
</testsuite></testsuites>
"""
TWO = """<testsuites><testsuite name="other" time="9.0" tests="2">
<testcase classname="tests.cluster.test_installed" name="test_names_resolve" time="0.7"/>
<testcase classname="tests.cluster.test_alone" name="test_a_node_is_drained[a-b]" time="0.0">
  <properties><property name="topic" value="What needs the cluster for itself."/></properties>
  <skipped type="pytest.skip" message="one node only">x</skipped></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "cluster.xml", tmp_path / "cluster-1.37.xml"]
    for path, text in zip(paths, (ONE, TWO), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_several_runs_become_one_table_a_line_for_each_promise(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main([str(path) for path in files]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Promises, each shown on a cluster",
        "",
        "test_alone: What needs the cluster for itself.",
        "  SKIP      0 of 1      0.0 s  a node is drained",
        "                skipped: one node only",
        "",
        "test_installed: A fresh install.",
        "           2 times     50.2 s  set-up that they share: installed",
        "  ok        2 of 2      2.2 s  every pod is ready",
        "  ok        2 of 2      1.2 s  names resolve",
        "",
        "test_life: The life of a release.",
        "  FAILED    1 of 2     84.5 s  what was written survives",
        "                [helm3] in cluster: AssertionError: the key changed",
        "",
        "      61.5 s  cluster: 5 tests",
        "       9.0 s  cluster-1.37: 2 tests",
        "2 of 4 promises held, 1 failed, 1 not asked",
        "",
    ]


def test_times_add_up_to_what_the_tests_took(files: list[Path]) -> None:
    cases = [case for path in files for case in report.read(path)[1]]
    shared = sum(seconds for case in cases for _, seconds in case.shared)
    assert sum(case.seconds for case in cases) + shared == pytest.approx(40 + 44.5 + 31 + 21.5 + 0.5 + 0.7)


def test_a_run_that_was_killed_is_no_success(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    files[0].write_text(ONE[:300], encoding="utf-8")
    assert report.main([str(path) for path in files]) == 3
    said = capsys.readouterr().err
    assert f"{files[0]} is not a whole JUnit file" in said
    assert "not every run left a record" in said


def test_no_record_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main([str(tmp_path / "gone.xml")]) == 3
    assert "gone.xml" in capsys.readouterr().err
    assert report.main([]) == 3


def test_a_module_that_cannot_be_collected_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xml"
    path.write_text(
        '<testsuites><testsuite time="1"><testcase classname="" name="tests.cluster.test_x" time="0">'
        '<error message="collection failure">no such import</error></testcase></testsuite></testsuites>',
        encoding="utf-8",
    )
    run, cases = report.read(path)
    lines = report.table([run], cases).splitlines()
    assert lines[3:6] == [
        "not collected",
        "  FAILED    0 of 1      0.0 s  tests.cluster.test_x",
        "                collection failure",
    ]


# ---- What a real pytest leaves, on several workers
MODULE = '''"""How things are.

More about it.
"""
import time
import pytest

@pytest.fixture(scope="module", params=["a", "b"])
def costly(request):
    time.sleep(0.3)
    return request.param

def test_it_is_there(costly):
    assert costly

@pytest.mark.parametrize("n", [1, 2])
def test_it_is_small(costly, n):
    assert n < 2, f"{n} is not small"
'''


def test_pytest_on_workers_records_the_topic_and_what_tests_share(tmp_path: Path) -> None:
    (tmp_path / "test_things.py").write_text(MODULE, encoding="utf-8")
    junit = tmp_path / "things.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist=loadfile", f"--junitxml={junit}"]
    options = ["-p", "tests.cluster.measured", "-p", "no:cacheprovider", str(tmp_path / "test_things.py")]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 1, done.stdout
    run, cases = report.read(junit)
    assert {case.topic for case in cases} == {"How things are."}
    shared = [pair for case in cases for pair in case.shared]
    assert [name for name, _ in shared] == ["costly", "costly"]
    assert all(seconds >= 0.3 for _, seconds in shared)
    assert all(case.seconds < 0.3 for case in cases)
    told = report.table([run], cases)
    assert "  FAILED    2 of 4 " in told
    assert "[a-2]: AssertionError: 2 is not small" in told


# ---- The suite: two pytests, one verdict
@pytest.mark.parametrize(
    "codes,verdict",
    [((0, 0), 0), ((0, 5), 0), ((5, 0), 0), ((1, 0), 1), ((0, 1), 1), ((5, 5), 3), ((0, 2), 3), ((1, -9), 3)],
)
def test_the_worst_part_decides_and_a_part_without_tests_does_not(
    codes: tuple[int, int], verdict: int
) -> None:
    assert suite.verdict(codes) == verdict


def test_what_must_be_alone_runs_after_the_rest_and_on_one_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    dealt = ("-n", "4", "--dist=loadfile", "--ignore=t/alone")
    assert suite.parts("cluster", "t", "", "4") == (suite.Part("cluster", (*dealt, "t")),)
    (tmp_path / "t" / "alone").mkdir(parents=True)
    assert suite.parts("cluster", "t", "short", "4") == (
        suite.Part("cluster", (*dealt, "-m", "short", "t")),
        suite.Part("cluster-alone", ("-n", "0", "-m", "short", "t/alone")),
    )


def test_a_folder_of_tests_that_is_not_there_is_a_mistake_of_who_calls_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ci.cluster.suite", "cluster", "tests/clutser"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "there is no folder tests/clutser" in done.stderr


def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    """The exit code of the suite on one module of tests."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "test_x.py").write_text(text)
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "build")
    monkeypatch.delenv("CHARTGEN_KUBE", raising=False)
    return suite.main(["cluster", "t", "-p", "no:randomly"])


def test_what_passes_at_the_second_try_is_held_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = "from pathlib import Path\ndef test_a_slow_node():\n    seen = Path(__file__).with_name('seen')\n"
    slow += "    there = seen.exists()\n    seen.touch()\n    assert there, 'not ready in time'\n"
    assert tried(tmp_path, monkeypatch, slow + "def test_sound(): pass\n") == 0
    said = capsys.readouterr().out
    assert "passed at the second try; at first: AssertionError: not ready in time" in said
    assert "2 of 2 promises held, 0 failed, 0 not asked" in said


def test_a_fault_fails_at_the_second_try_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried(tmp_path, monkeypatch, "def test_wrong(): assert False, 'lost'\n") == 1
    assert "0 of 1 promises held, 1 failed, 0 not asked" in capsys.readouterr().out
