"""The one module of chartgen that runs processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from chartgen.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Ran(NamedTuple):
    """How a process ended."""

    code: int
    out: str
    err: str


def run(
    command: Sequence[str],
    timeout: float,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    hint: str = "",
    stdin: bytes | None = None,
) -> Ran:
    """Run a program, in this environment or in `env` alone; `timeout` is in seconds. Without `stdin` it gets
    no input.

    Raises ToolError when it takes longer, or does not start: `hint` says what to do then.
    """
    code, out, err = _ran(command, timeout, cwd, env, hint, stdin)
    return Ran(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def output(
    command: Sequence[str],
    timeout: float,
    *,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    hint: str = "",
) -> bytes:
    """What a program prints, byte by byte. Raises ToolError, with its words when it fails."""
    code, out, err = _ran(command, timeout, cwd, None, hint, stdin)
    if code:
        words = err.decode("utf-8", "replace").strip() or f"exit {code}"
        raise ToolError(f"{' '.join(command[:4])}: {words}", hint)
    return out


def _ran(
    command: Sequence[str],
    timeout: float,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    hint: str,
    stdin: bytes | None,
) -> tuple[int, bytes, bytes]:
    try:
        started = subprocess.Popen(
            list(command), cwd=cwd, env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be run: {error.strerror}", hint) from None
    with started:
        try:
            out, err = started.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise ToolError(f"{' '.join(command[:2])} took longer than {timeout:g} seconds") from None
        finally:
            _end(started)
    return started.returncode, out, err


def _end(started: subprocess.Popen[bytes]) -> None:
    """Leaves nothing running. What the program started may hold our pipes open for ever: it goes as well."""
    if started.returncode is None:
        os.killpg(started.pid, signal.SIGKILL)


def find(name: str) -> str:
    """The path of an executable, on the PATH when it is only a name; "" when there is none.

    A link is not followed: some programs (k3s, busybox) go by the name that they are called by.
    """
    return shutil.which(name) or ""
