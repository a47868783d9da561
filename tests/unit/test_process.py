"""Processes: bounded, and nothing is left of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from chartgen.errors import ToolError
from chartgen.process import find, run


def test_what_a_program_says_and_how_it_ends() -> None:
    assert run(["sh", "-c", "echo out; echo err >&2; exit 3"], 10) == (3, "out\n", "err\n")


def test_it_gets_no_input_and_bytes_that_are_no_text_are_no_trouble() -> None:
    assert run(["sh", "-c", "cat; printf '\\377'"], 10).out == "\ufffd"


def test_it_gets_the_input_that_is_given_also_when_it_does_not_want_it() -> None:
    assert run(["cat"], 10, stdin=b"given").out == "given"
    assert run(["true"], 10, stdin=bytes(1 << 20)) == (0, "", "")


def test_a_program_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(ToolError, match="/nope cannot be run: No such file or directory") as raised:
        run(["/nope"], 1, hint="get one")
    assert raised.value.hint == "get one"


def test_what_a_program_started_goes_with_it_when_time_is_up(tmp_path: Path) -> None:
    """A plugin that logs in holds the pipes of who started it; to wait for those would take for ever."""
    pid = tmp_path / "pid"
    with pytest.raises(ToolError, match=r"sh -c took longer than 0\.5 seconds"):
        run(["sh", "-c", f"sleep 600 & echo $! > {pid}; wait"], 0.5)
    end = time.monotonic() + 10
    while Path(f"/proc/{pid.read_text().strip()}/cmdline").exists() and time.monotonic() < end:
        if not Path(f"/proc/{pid.read_text().strip()}/cmdline").read_bytes():
            break  # ended, and waits to be fetched
        time.sleep(0.05)
    assert time.monotonic() < end


def test_a_link_is_not_followed_for_some_programs_go_by_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kubectl").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert find("kubectl") == str(tmp_path / "kubectl")
    assert find("no-such-program") == ""
