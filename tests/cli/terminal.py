"""A command on a terminal: what it shows, and what a person types into it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.cli.command import COMMAND, environment

PATIENCE = 60.0  # seconds; a command that says nothing for so long hangs


# Makes the terminal the one that control-C comes from, and becomes the command. A process of its own does
# it: to fork one that has threads, as a test run does, is deprecated.
_LEAD = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)  # what was started in the background has it ignored
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """`with Terminal("init", cwd=folder) as it: it.wait_for("Name"); it.type("shop")`"""

    def __init__(self, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self.shown = ""
        self.screen, other = pty.openpty()
        self._process = subprocess.Popen(
            [COMMAND[0], "-c", _LEAD, *COMMAND, *arguments],
            cwd=cwd, env=environment({"TERM": "xterm", **(env or {})}),
            stdin=other, stdout=other, stderr=other, start_new_session=True,
        )  # fmt: skip
        os.close(other)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self.screen)

    def wait_for(self, text: str) -> None:
        """Waits until the text is shown. Fails when the command ends, or hangs."""
        while text not in self.shown:
            assert self._read(), f"{text!r} was never shown: {self.shown!r}"

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def end(self) -> int:
        """Waits for the end, and gives the exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def interrupt(self) -> int:
        """Presses control-C until the command ends, and gives the exit code.

        Once is too little for a test: Python loses the one that comes just when it begins to read a line.
        """
        self.type("\x03")
        while self._is_silent(0.5) or self._read():
            if self._is_silent(0.5):
                self.type("\x03")
        return self.end()

    def _is_silent(self, seconds: float) -> bool:
        return not select.select([self.screen], [], [], seconds)[0]

    def _read(self) -> bool:
        assert not self._is_silent(PATIENCE), f"it hangs after {self.shown!r}"
        try:
            found = os.read(self.screen, 65536)
        except OSError:  # how a terminal says that nobody is left at the other end
            found = b""
        self.shown += found.decode(errors="replace").replace("\r\n", "\n")
        return bool(found)
