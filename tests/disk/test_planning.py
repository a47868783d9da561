"""Generated files: an edit is never lost, a file that is not ours is never touched, and two runs are one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.disk import Kind, plan, write
from chartgen.disk.plan import Plan
from chartgen.errors import ChartgenError


def chart(**files: str) -> Chart:
    """A chart with these files; `__` in a name is a slash."""
    made = [ChartFile(name.replace("__", "/"), text.encode()) for name, text in files.items()]
    return Chart("shop", "0.1.0", tuple(sorted(made)))


FIRST = chart(values="1\n", templates__a="a\n", templates__b="b\n")
SECOND = chart(values="2\n", templates__a="a\n", templates__deep__c="c\n")


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file with its inode, its time and its content."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        p.relative_to(folder).as_posix(): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
        for p in paths
    }


def texts(folder: Path) -> dict[str, str]:
    return {path: data.decode() for path, (_, _, data) in state(folder).items() if path != ".chartgen.json"}


def kinds(todo: Plan) -> dict[str, str]:
    return {change.path: change.kind.value for change in todo.changes}


def wanted(of: Chart) -> dict[str, str]:
    return {file.path: file.text for file in of.files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A chart folder that holds FIRST."""
    write(plan(FIRST, tmp_path / "shop"))
    return tmp_path / "shop"


def test_a_new_chart_is_written_with_its_record(folder: Path) -> None:
    assert texts(folder) == wanted(FIRST)
    record = json.loads((folder / ".chartgen.json").read_text())
    assert sorted(record["files"]) == ["templates/a", "templates/b", "values"]
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}


def test_nothing_is_written_where_nothing_changes(folder: Path) -> None:
    before = state(folder)
    todo = plan(FIRST, folder)
    assert (todo.changes, todo.is_recorded) == ((), True)
    write(todo)
    write(todo, force=True)
    assert state(folder) == before


def test_a_plan_writes_nothing(folder: Path) -> None:
    before = state(folder)
    plan(SECOND, folder)
    assert state(folder) == before


def test_only_what_changed_is_written_anew(folder: Path) -> None:
    before = state(folder)
    todo = plan(SECOND, folder)
    assert kinds(todo) == {"templates/b": "stale", "templates/deep/c": "new", "values": "changed"}
    write(todo)
    assert texts(folder) == wanted(SECOND)
    assert state(folder)["templates/a"] == before["templates/a"]
    assert plan(SECOND, folder).changes == ()


def test_folders_that_are_left_empty_go(folder: Path) -> None:
    write(plan(SECOND, folder))
    write(plan(chart(values="1\n"), folder))
    assert [path.name for path in sorted(folder.iterdir())] == [".chartgen.json", "values"]


def test_a_file_that_was_deleted_comes_back(folder: Path) -> None:
    (folder / "values").unlink()
    assert kinds(plan(FIRST, folder)) == {"values": "new"}
    write(plan(FIRST, folder))
    assert texts(folder) == wanted(FIRST)


def test_an_edit_is_kept_and_noticed_again_and_again(folder: Path) -> None:
    (folder / "values").write_text("mine\n")
    (folder / "templates/b").write_text("mine too\n")
    assert plan(FIRST, folder).edited[1].then == b"1\n"
    for _ in range(3):
        todo = plan(SECOND, folder)
        assert {change.path: change.kind for change in todo.edited} == {
            "templates/b": Kind.EDITED_STALE,
            "values": Kind.EDITED,
        }
        write(todo)
        assert texts(folder) == {
            "templates/a": "a\n",
            "templates/b": "mine too\n",
            "templates/deep/c": "c\n",
            "values": "mine\n",
        }
    before = state(folder)
    write(plan(SECOND, folder))
    assert state(folder) == before  # the record neither


def test_force_writes_over_edits_and_removes_what_is_stale(folder: Path) -> None:
    (folder / "values").write_text("mine\n")
    (folder / "templates/b").write_text("mine too\n")
    write(plan(SECOND, folder), force=True)
    assert texts(folder) == wanted(SECOND)
    assert plan(SECOND, folder).changes == ()


def test_an_edit_that_is_taken_back_is_no_edit(folder: Path) -> None:
    (folder / "values").write_text("mine\n")
    write(plan(SECOND, folder))
    (folder / "values").write_text("1\n")
    assert kinds(plan(SECOND, folder)) == {"values": "changed"}


def test_an_edit_that_makes_what_is_wanted_is_no_edit(folder: Path) -> None:
    (folder / "values").write_text("2\n")
    assert "values" not in kinds(plan(SECOND, folder))
    write(plan(SECOND, folder))
    assert plan(SECOND, folder).is_recorded


def test_files_that_nobody_generated_are_left_alone(folder: Path) -> None:
    (folder / "templates/own").write_text("mine\n")
    write(plan(SECOND, folder), force=True)
    write(plan(chart(values="1\n"), folder), force=True)
    assert texts(folder) == {"templates/own": "mine\n", "values": "1\n"}


def test_a_file_that_stood_there_before_us_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "values").write_text("mine\n")
    for _ in range(2):
        todo = plan(FIRST, tmp_path)
        assert kinds(todo)["values"] == "edited"
        write(todo)
        assert (tmp_path / "values").read_text() == "mine\n"
    write(plan(FIRST, tmp_path), force=True)
    assert texts(tmp_path) == wanted(FIRST)


def test_without_a_record_what_differs_counts_as_edited_and_what_does_not_is_recorded(folder: Path) -> None:
    (folder / ".chartgen.json").unlink()
    todo = plan(FIRST, folder)
    assert (todo.changes, todo.is_recorded) == ((), False)
    assert kinds(plan(SECOND, folder)) == {"templates/deep/c": "new", "values": "edited"}
    write(todo)
    assert plan(FIRST, folder).is_recorded


def test_a_folder_takes_the_place_of_a_file_of_ours(folder: Path) -> None:
    then = chart(values__deep="x\n")
    write(plan(then, folder))
    assert texts(folder) == {"values/deep": "x\n"}
    # The other way round a person has to clear the place: there may be more in a folder than is ours.
    assert refused(FIRST, folder) == ["values: no plain file"]


def refused(of: Chart, folder: Path) -> list[str]:
    """The problems that a plan is refused with; the folder is as it was."""
    before = [(p, p.lstat().st_mtime_ns) for p in sorted(folder.parent.rglob("*"))]
    with pytest.raises(ChartgenError) as caught:
        plan(of, folder)
    assert [(p, p.lstat().st_mtime_ns) for p in sorted(folder.parent.rglob("*"))] == before
    found = [f"{p.where}: {p.what}" for p in caught.value.problems] or [caught.value.message]
    return [text.replace(f"{folder}/", "").replace(str(folder), ".") for text in found]


def test_nothing_is_written_through_links(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("a\n")
    for path in ("templates/a", "templates/b"):
        (folder / path).unlink()
    (folder / "templates").rmdir()
    (folder / "templates").symlink_to(outside)
    (folder / "values").unlink()
    (folder / "values").symlink_to("/etc/passwd")
    assert refused(SECOND, folder) == [
        "templates: a link, through which nothing is written",
        "values: no plain file",
    ]
    assert (outside / "a").read_text() == "a\n"


def test_a_chart_folder_or_record_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("shop")
    assert refused(FIRST, tmp_path / "link") == [".: a link"]
    (folder / ".chartgen.json").rename(tmp_path / "record")
    (folder / ".chartgen.json").symlink_to(tmp_path / "record")
    assert refused(FIRST, folder) == [".chartgen.json: a link, through which nothing is written"]


STRANGE: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_no_file_is_never_replaced_by_one(what: str, folder: Path) -> None:
    (folder / "values").unlink()
    STRANGE[what](folder / "values")
    assert refused(SECOND, folder) == ["values: no plain file"]


def test_a_file_of_a_person_is_no_place_for_a_folder(folder: Path) -> None:
    (folder / "templates/deep").write_text("mine\n")
    assert refused(SECOND, folder) == ["templates/deep: a file where a folder is needed"]


def test_a_file_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lstat(path: Path) -> os.stat_result:
        if path.name == "values":
            raise PermissionError(13, "Permission denied")
        return os.lstat(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    with pytest.raises(ChartgenError) as caught:
        plan(FIRST, folder)
    assert [problem.what for problem in caught.value.problems] == ["Permission denied"]


HOSTILE = [
    '{"files": {"../outside": "SUM"}}',
    '{"files": {"a/../../outside": "SUM"}}',
    '{"files": {"/etc/passwd": "SUM"}}',
    '{"files": {"a//b": "SUM"}}',
    '{"files": {"": "SUM"}}',
    '{"files": {".": "SUM"}}',
    '{"files": {"a\\u0000b": "SUM"}}',
    '{"files": {"\\ud800": "SUM"}}',
    '{"files": {".chartgen.json": "SUM"}}',
    '{"files": {"values": 3}}',
    '{"files": ["values"]}',
    '{"files": null}',
    "{}",
    "[]",
    "null",
    "",
    "{",
    "[" * 100_000,
    "\udcff",
]


@pytest.mark.parametrize("record", HOSTILE, ids=range(len(HOSTILE)))
def test_a_record_that_is_damaged_or_hostile_is_refused(record: str, folder: Path) -> None:
    (folder / ".chartgen.json").write_bytes(record.encode("utf-8", "surrogateescape"))
    assert refused(SECOND, folder) == [".chartgen.json: not a record of generated files"]


def test_a_record_of_strange_sums_protects_the_files(folder: Path) -> None:
    record = {"files": {"values": [], "templates/b": [1, None], "templates/none": "x"}}
    (folder / ".chartgen.json").write_text(json.dumps(record))
    todo = plan(SECOND, folder)
    assert kinds(todo) == {"templates/b": "edited, stale", "templates/deep/c": "new", "values": "edited"}
    write(todo)
    assert texts(folder)["values"] == "1\n"
    assert texts(folder)["templates/b"] == "b\n"


def test_what_a_killed_run_left_is_removed_and_nothing_like_it(folder: Path) -> None:
    left = [folder / ".chartgen-tmp-0123456789ab", folder / "templates" / ".chartgen-tmp-ba9876543210"]
    near = [
        folder / ".chartgen-tmp-0123456789abc",
        folder / ".chartgen-tmp-XXXXXXXXXXXX",
        folder / ".values.tmp",
    ]
    elsewhere = folder / "mine" / ".chartgen-tmp-0123456789ab"
    elsewhere.parent.mkdir()
    for path in (*left, *near, elsewhere):
        path.write_text("half")
    todo = plan(FIRST, folder)
    assert kinds(todo) == {path.relative_to(folder).as_posix(): "left over" for path in left}
    write(todo)
    assert [path.exists() for path in (*left, *near, elsewhere)] == [False] * 2 + [True] * 4
