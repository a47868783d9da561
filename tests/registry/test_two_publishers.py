"""Two who publish the same version at once: one wins, the other learns it; and a full disk."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.need import need
from tests.registry.faults import BACK, TAG, Proxy, proxy
from tests.registry.publisher import NAME, Clock, Publisher, artifact
from tests.registry.servers import Server, registry

OURS, THEIRS = "one", "two"


class Waiting(Clock):
    """A clock that does wait."""

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


def both(server: Server, version: str, first: Callable[[Proxy, Proxy], None]) -> tuple[str, str]:
    """What two publishers say who each come through a proxy of their own, as `first` arranges."""
    with proxy(server.port) as mine, proxy(server.port) as yours, ThreadPoolExecutor(2) as pool:
        first(mine, yours)
        runs = [
            pool.submit(Publisher(each.host).publish, version, artifact(version, word))
            for each, word in ((mine, OURS), (yours, THEIRS))
        ]
        return runs[0].result(60), runs[1].result(60)


def test_when_both_saw_the_tag_free_the_last_writes_it_and_the_first_learns_that(server: Server) -> None:
    """Both have looked; mine is written first, and looks after it only when yours is written too."""
    written, over = threading.Event(), threading.Event()

    def arrange(mine: Proxy, yours: Proxy) -> None:
        looked = threading.Barrier(2)

        def before_mine(phase: str) -> None:
            if phase == TAG:
                looked.wait(30)
            if phase == BACK:
                written.set()
                assert over.wait(30)

        def before_yours(phase: str) -> None:
            if phase == TAG:
                looked.wait(30)
                assert written.wait(30)
            if phase == BACK:
                over.set()

        mine.before, yours.before = before_mine, before_yours

    mine, yours = both(server, "1.0.0", arrange)
    assert yours == "published"
    assert mine.startswith("1 somebody else published at the same moment: oci://")
    assert artifact("1.0.0", THEIRS).digest in mine
    assert server.holds(NAME, "1.0.0") == artifact("1.0.0", THEIRS).digest


def test_who_looks_when_the_other_has_written_does_not_write(server: Server) -> None:
    """Yours looked before anything was there, sent its blobs, and looks again when mine is written."""
    written, begun = threading.Event(), threading.Event()

    def arrange(mine: Proxy, yours: Proxy) -> None:
        def before_mine(phase: str) -> None:
            assert begun.wait(30)
            if phase == BACK:
                written.set()

        def before_yours(phase: str) -> None:
            if phase == "look again":
                assert written.wait(30)
            if phase == "begin an upload":
                begun.set()

        mine.before, yours.before = before_mine, before_yours

    mine, yours = both(server, "1.1.0", arrange)
    assert mine == "published"
    assert yours.startswith("1 oci://")
    assert f"is taken by another content, {artifact('1.1.0', OURS).digest}" in yours
    assert server.holds(NAME, "1.1.0") == artifact("1.1.0", OURS).digest


def test_two_with_the_same_content_both_succeed(server: Server) -> None:
    for round_ in range(5):
        version, start = f"1.2.{round_}", threading.Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(_at_once, server, version, OURS, start) for _ in range(2)]
            assert {run.result(60) for run in runs} <= {"published", "there"}
        assert server.holds(NAME, version) == artifact(version, OURS).digest


def _at_once(server: Server, version: str, word: str, start: threading.Barrier) -> str:
    publisher = Publisher(server.host, clock=Waiting())
    start.wait(30)
    return publisher.publish(version, artifact(version, word))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of its own, which is soon full."""
    if not shutil.which("mount") or not need("unshare-root"):
        pytest.skip("not here: a file system cannot be mounted")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("kind", ["distribution 3", "distribution 2.8"])
def test_on_a_full_disk_nothing_is_published_and_with_room_it_goes_on(kind: str, tmp_path: Path) -> None:
    data = tmp_path / "r" / "data"
    data.parent.mkdir()
    with small_disk(data, "4m"), registry(kind, tmp_path / "r") as server:
        filler = data / "filler"
        with filler.open("wb") as file:
            try:
                while file.write(bytes(65536)):
                    file.flush()
            except OSError:
                pass
        said = Publisher(server.host).publish("1.0.0", artifact("1.0.0"))
        assert said.startswith(f"3 {server.host}: sending sha256:")
        assert "it answered 500 (UNKNOWN: unknown error) (2 tries)" in said
        assert server.holds(NAME, "1.0.0") == "nothing"
        filler.unlink()
        assert Publisher(server.host).publish("1.0.0", artifact("1.0.0")) == "published"
        assert server.holds(NAME, "1.0.0") == artifact("1.0.0").digest
