"""Work that is killed at every step, each time one later, and work that is done by several at once.

    python -m tests.disk.kills SCENARIO FOLDER

A process of its own with one thread, which can fork: a killed child has no chance to clean up, and all
that is slow to load is loaded once. Prints how many kills there were; a broken promise is a traceback.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chartgen.chart import Chart, ChartFile
from chartgen.cli import cli
from chartgen.cli import generate as _generate  # noqa: F401  # loaded here, and not by every child
from chartgen.disk import plan, sweep, write, write_file, write_files, write_folder

# What stands between one state of a disk and the next: a kill comes before and after each.
STEPS = ("open", "fsync", "fchmod", "replace", "unlink", "rmdir", "mkdir", "close")
LEFT = ".chartgen-tmp-*"

APP = """apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: {about}
components:
  web:
    image: {{repository: acme/shop}}
{ports}"""
PROJECT = "apiVersion: chartgen/v1\ncharts:\n  shop: {app: app, chart: shop}\n"


def _arm(last: int) -> None:
    """From here on, the step with this number kills the process."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            step()
            result = real(*arguments, **more)
            step()
            return result

        return call

    for name in STEPS:
        setattr(os, name, deadly(getattr(os, name)))


def _child(work: Callable[[], object], last: int = 0) -> int:
    """The process that does the work, until its step `last`."""
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _arm(last)
        work()
        os._exit(0)
    finally:  # whatever was raised: a child never goes on with the work of its parent
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _ended(child: int) -> bool:
    """Whether a child was killed; one that failed is a broken promise."""
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), f"the work failed: {status}"
    return status == signal.SIGKILL


def kill_everywhere(
    start: Callable[[], None], work: Callable[[], object], intact: Callable[[bool], None]
) -> int:
    """Does the work from `start` with a kill at every step, and once more after it.

    `intact(False)` looks after each kill, `intact(True)` when the next run is through.
    """
    last = 1
    while True:
        start()
        killed = _ended(_child(work, last))
        intact(not killed)
        assert not _ended(_child(work))
        intact(True)
        if not killed:
            return last - 1
        last += 1


def _chart(files: dict[str, str]) -> Chart:
    made = (ChartFile(path, text.encode()) for path, text in files.items())
    return Chart("shop", "0.1.0", tuple(sorted(made)))


def _texts(folder: Path) -> dict[str, str]:
    paths = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_text() for p in paths}


def edits(folder: Path) -> int:
    """A chart with two edits, one of them in a file that the next chart does not have."""
    first = {"same": "s", "changed": "1", "stale": "x", "deep/stale": "y", "edited": "e", "edited-stale": "f"}
    second = {"same": "s", "changed": "2", "edited": "E", "new/file": "n"}
    mine = {"edited": "mine", "edited-stale": "mine too"}

    def start() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        write(plan(_chart(first), folder))
        for path, text in mine.items():
            (folder / path).write_text(text)

    def intact(done: bool) -> None:
        found = _texts(folder)
        assert {path: found[path] for path in mine} == mine
        if done:
            assert found == {**second, **mine}, found
            assert not list(folder.rglob(LEFT))
            assert {c.path for c in plan(_chart(second), folder).changes} == set(mine)
        else:
            assert all(
                text in (first.get(path), second.get(path), mine.get(path)) for path, text in found.items()
            )

    return kill_everywhere(start, lambda: write(plan(_chart(second), folder)), intact)


def package(folder: Path) -> int:
    """A package and its record that take the place of others; what was beside the old ones goes."""

    def files(digit: bytes) -> dict[str, bytes | None]:
        return {"shop.tgz.prov": None, "shop.json": digit * 1000, "shop.tgz": digit * 100_000}

    def start() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        write_files(folder, files(b"1"))
        write_file(folder / "shop.tgz.prov", b"signs 1")

    def intact(done: bool) -> None:
        found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith("shop")}
        packed, record = found["shop.tgz"], found["shop.json"]
        assert packed in (b"1" * 100_000, b"2" * 100_000)
        assert record in (b"1" * 1000, b"2" * 1000)
        # The package comes last: never is a new one there with something old beside it.
        assert packed[:1] == b"1" or (record[:1] == b"2" and "shop.tgz.prov" not in found)
        if done:
            assert packed[:1] == b"2"
            assert sorted(path.name for path in folder.iterdir()) == ["shop.json", "shop.tgz"]

    def work() -> None:
        sweep(folder)
        write_files(folder, files(b"2"), durable=True)

    return kill_everywhere(start, work, intact)


def snapshots(folder: Path) -> int:
    """Snapshots of which one changes, one goes and one comes."""
    first: dict[str, str | None] = {"a/x": "1", "b/y": "1"}
    second: dict[str, str | None] = {"a/x": "2", "b/y": None, "c/z": "3"}

    def start() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        write_folder(folder, first)

    def intact(done: bool) -> None:
        if done:
            assert _texts(folder) == {"a/x": "2", "c/z": "3"}
            assert not list(folder.rglob(LEFT))

    return kill_everywhere(start, lambda: write_folder(folder, second), intact)


def _project(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "app").mkdir(parents=True)
    (folder / "chartgen.yaml").write_text(PROJECT)


def _app(folder: Path, about: str, ports: str = "") -> None:
    (folder / "app" / "app.yaml").write_text(APP.format(about=about, ports=ports))


def _command() -> None:
    assert cli.main(["generate"], prog_name="chartgen", standalone_mode=False) in (0, None)


def command(folder: Path) -> int:
    """The whole command, when the description of an application changed."""
    _project(folder)
    os.chdir(folder)
    states = []
    for about in ("old", "new"):
        _app(folder, about)
        _command()  # here, so that every child finds the templates loaded
        states.append(Path(shutil.copytree("shop", f"made-{about}")))
    first, second = map(_texts, states)

    def start() -> None:
        shutil.rmtree("shop")
        shutil.copytree(states[0], "shop")

    def intact(done: bool) -> None:
        found = _texts(Path("shop"))
        assert all(text in (first[path], second[path]) for path, text in found.items())
        assert not done or found == second
        assert not done or not list(Path("shop").rglob(LEFT))

    return kill_everywhere(start, _command, intact)


def pairs(folder: Path) -> int:
    """Two of the same command at once, ten times, while the application changes."""
    port = "    ports: {http: {port: 8080}}\n"
    for number in range(10):
        if not number:
            _project(folder)
            os.chdir(folder)
        _app(folder, f"run {number}", port if number % 2 else "")
        children = [_child(_command) for _ in range(2)]
        ends = [_ended(child) for child in children]
        assert ends == [False, False]
        found = _texts(folder / "shop")
        assert f"description: run {number}" in found["Chart.yaml"]
        assert ("templates/web-service.yaml" in found) == bool(number % 2), sorted(found)
        assert not list(folder.rglob(LEFT))
        assert cli.main(["generate", "--check"], prog_name="chartgen", standalone_mode=False) in (0, None)
    return 20


SCENARIOS = {"edits": edits, "package": package, "snapshots": snapshots, "command": command, "pairs": pairs}

if __name__ == "__main__":
    scenario, folder = sys.argv[1:]
    sys.__stdout__.write(f"{SCENARIOS[scenario](Path(folder))}\n")  # type: ignore[union-attr]  # it is there
