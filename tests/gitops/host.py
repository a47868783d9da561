"""Programs on this machine, each running until its block ends, however that ends."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.cluster.kubernetes import eventually

START, STOP = 60, 20


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody has, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def connects(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int, path: str) -> bool:
    """Whether http://127.0.0.1:port/path is answered with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    ready: Callable[[], bool],
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """The program in the background, ready; its process id. What it says is in `folder`, in NAME.log.

    It is stopped by its id. Where the tests are killed before they can do that, the kernel does (setpriv).
    """
    log = folder / f"{name}.log"
    setpriv = shutil.which("setpriv")
    dies_with_us = (setpriv, "--pdeathsig", "KILL") if setpriv else ()
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            [*dies_with_us, *command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            up = eventually(
                lambda: process.poll() is None and ready(), lambda up: ended(process) or up, START
            )
            assert up, f"{name} did not start; it said:\n{log.read_text(encoding='utf-8')[-3000:]}"
            yield process.pid
        finally:
            stop(process)


def ended(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
