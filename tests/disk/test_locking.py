"""One run at a time, however the file that stands for the project comes and goes."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from chartgen.disk import alone, create_file, write_file, write_folder
from chartgen.disk.write import remove
from chartgen.errors import ChartgenError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "chartgen.yaml").touch()
    return tmp_path / "chartgen.yaml"


def test_the_next_waits_until_the_first_is_done(file: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with alone(file, waiting.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with alone(file):
        thread.start()
        assert waiting.wait(60)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_file_that_is_replaced_meanwhile_is_held_as_the_new_one(file: Path) -> None:
    """`init` writes chartgen.yaml anew: who waited for the old file must not work beside one of the new."""
    waiting, held, done = (threading.Event() for _ in range(3))

    def second() -> None:
        with alone(file, waiting.set):
            held.set()
            assert done.wait(60)

    thread = threading.Thread(target=second)
    with alone(file):
        thread.start()
        assert waiting.wait(60)
        write_file(file, b"new")
    assert held.wait(60)
    with file.open() as new, pytest.raises(BlockingIOError):
        fcntl.flock(new, fcntl.LOCK_EX | fcntl.LOCK_NB)
    done.set()
    thread.join()


def test_a_file_that_goes_away_meanwhile_is_no_reason_to_wait(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def and_gone(handle: int, how: int) -> None:
        flock(handle, how)
        file.unlink()

    monkeypatch.setattr(fcntl, "flock", and_gone)
    with alone(file):
        assert not file.exists()


def test_a_file_system_without_locks_is_worked_on_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with alone(file):
        assert file.exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChartgenError, match=r"none\.yaml: No such file"), alone(tmp_path / "none.yaml"):
        pass


# What else may go wrong with a single file


def told(error: pytest.ExceptionInfo[ChartgenError]) -> str:
    return error.value.message.rpartition("/")[2]


def test_a_folder_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ChartgenError) as caught:
        write_file(tmp_path / "a", b"x")
    assert told(caught) == "a: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_that_is_there_is_not_made_anew(tmp_path: Path) -> None:
    create_file(tmp_path / "deep" / "a", b"mine")
    with pytest.raises(ChartgenError) as caught:
        create_file(tmp_path / "deep" / "a", b"x")
    assert told(caught) == "a: File exists"
    assert [path.read_bytes() for path in (tmp_path / "deep").iterdir()] == [b"mine"]


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ChartgenError) as caught:
        remove(tmp_path, "a")
    assert told(caught) == "a: Is a directory"


def test_a_folder_of_texts_is_written_and_emptied(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a/b": "1", "c": "2"})
    write_folder(tmp_path, {"a/b": None, "c": "3", "none": None})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("c", "3")]
