"""`create-secret.sh` lets no value and no token out (words, arguments, disk), and no bad name in."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.need import need
from tests.secret import faults
from tests.secret.api_server import NAME, TOKEN, ApiServer
from tests.secret.conftest import Certificates, Pod
from tests.secret.images import EACH_ONCE, SCRIPT, SHELLS, await_command

each_once = pytest.mark.parametrize("shell, client", EACH_ONCE)
every_shell = pytest.mark.parametrize("shell", SHELLS)
QUOTES = 'x","data":{"AUTH_SECRET_KEY":"eA=="},"a":"'


class Onlooker(threading.Thread):
    """Reads what a process may read of the others, over and over: their arguments and environment."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()
        self.read: set[bytes] = set()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.002):
            for kind in ("cmdline", "environ"):
                for path in Path("/proc").glob(f"[0-9]*/{kind}"):
                    try:
                        self.read.add(path.read_bytes())
                    except OSError:
                        continue

    def stop(self) -> bytes:
        self.over.set()
        self.join()
        return b"\n".join(self.read)


@each_once
def test_no_process_shows_a_value_or_the_token(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    server.always = faults.slowly  # each client is there for a while
    image = pod(shell, client)
    onlooker = Onlooker()
    try:
        assert image.run(server).code == 0
    finally:
        seen = onlooker.stop()
    assert str(image.folder).encode() + b"/account/ca.crt" in seen or client == "python3"
    assert b"RELEASE_NAME=demo" in seen  # it did look
    assert TOKEN.encode() not in seen
    (value,) = server.values
    assert value.encode() not in seen


@each_once
def test_an_answer_that_repeats_the_key_is_not_printed(
    pod: Pod, server: ApiServer, shell: str, client: str
) -> None:
    server.faults.extend([faults.nothing, faults.echoes_the_body])
    ran = pod(shell, client).run(server, SECRET_KEYS="A 3\nAUTH_SECRET_KEY 48\nB 48")
    assert ran.code == 1
    assert "was answered with 422: admission webhook denied" in ran.err
    assert '{"A":"***","AUTH_SECRET_KEY":"***","B":"***"}' in ran.err


@each_once
@pytest.mark.parametrize("good", [0, 1])
def test_a_kill_leaves_no_process_and_no_file(
    pod: Pod, server: ApiServer, shell: str, client: str, good: int
) -> None:
    server.faults.extend([faults.nothing] * good)
    server.always = faults.never_answers
    image = pod(shell, client)
    process = image.start(server)
    for _ in range(good + 1):
        assert server.arrived.acquire(timeout=30)
    process.send_signal(signal.SIGTERM)
    assert image.finish(process, server).code == 143
    assert server.secrets == {}


@every_shell
def test_a_kill_ends_a_pause_at_once(pod: Pod, server: ApiServer, shell: str) -> None:
    server.always = faults.page(500)
    image = pod(shell, "curl")
    process = image.start(server, SECRET_RETRY_DELAY="500")
    await_command(process.pid, "sleep 500")
    process.send_signal(signal.SIGTERM)
    assert image.finish(process, server).code == 143


@every_shell
@pytest.mark.parametrize("moment", range(5))
def test_a_kill_at_any_moment_leaves_all_or_nothing(
    pod: Pod, server: ApiServer, shell: str, moment: int
) -> None:
    image = pod(shell, "curl")
    process = image.start(server, SECRET_TIMEOUT="20")
    time.sleep(moment * 0.02)  # spread over the run, wherever in it that may be
    process.send_signal(signal.SIGTERM)
    assert image.finish(process, server).code in {0, 143, -signal.SIGTERM}
    assert all(len(value) == 48 for value in server.values)


@pytest.fixture(scope="module")
def unasked(certificates: Certificates) -> Iterator[ApiServer]:
    running = ApiServer(certificates.server)
    yield running
    running.stop()


@every_shell
@pytest.mark.parametrize(
    "variable, value, said",
    [
        ("SECRET_NAME", QUOTES, "SECRET_NAME must be a Kubernetes name"),
        ("SECRET_NAME", "../pods/x", "SECRET_NAME must be a Kubernetes name"),
        ("SECRET_NAME", "", "SECRET_NAME must be a Kubernetes name"),
        ("SECRET_NAMESPACE", "a?b", "SECRET_NAMESPACE must be a Kubernetes name"),
        ("RELEASE_NAME", "$(id)", "RELEASE_NAME must be a Kubernetes name"),
        ("RELEASE_NAMESPACE", "a'b", "RELEASE_NAMESPACE must be a Kubernetes name"),
        ("RELEASE_NAME", "demo\nx", "RELEASE_NAME must be a Kubernetes name"),
        ("SECRET_LABELS", f"app={QUOTES}", "SECRET_LABELS: a label has a character that Kubernetes refuses."),
        ("SECRET_LABELS", "a\\=b", "SECRET_LABELS: a label has a character that Kubernetes refuses."),
        ("SECRET_LABELS", "é=b", "SECRET_LABELS: a label has a character that Kubernetes refuses."),
        ("SECRET_LABELS", "=b", "SECRET_LABELS: a label has a character that Kubernetes refuses."),
        ("SECRET_LABELS", "alone", "SECRET_LABELS: each line must be KEY=VALUE."),
        ("SECRET_LABELS", "app.kubernetes.io/managed-by=me", "SECRET_LABELS: managed-by must be Helm"),
        ("SECRET_KEYS", "", "SECRET_KEYS is empty: it needs a line for each key, KEY LENGTH."),
        ("SECRET_KEYS", "KEY", "SECRET_KEYS: each line must be KEY LENGTH."),
        ("SECRET_KEYS", "KEY 48 49", "SECRET_KEYS: each line must be KEY LENGTH."),
        ("SECRET_KEYS", '"KEY" 48', "SECRET_KEYS: a key may have letters, digits, - _ and . only."),
        ("SECRET_KEYS", "* 48", "SECRET_KEYS: a key may have letters, digits, - _ and . only."),
        ("SECRET_KEYS", "KEY 0", "SECRET_KEYS: a length must be 1 to 9999."),
        ("SECRET_KEYS", "KEY 4x", "SECRET_KEYS: a length must be 1 to 9999."),
        ("SECRET_KEYS", "KEY 10000", "SECRET_KEYS: a length must be 1 to 9999."),
        ("SECRET_KEYS", "KEY 48\nKEY 49", "SECRET_KEYS: a key is there twice."),
        ("SECRET_RETAIN", "yes", "SECRET_RETAIN must be true or false."),
        ("SECRET_TIMEOUT", "1m", "SECRET_TIMEOUT must be a number of up to five digits."),
        ("SECRET_RETRY_DELAY", "-1", "SECRET_RETRY_DELAY must be a number of up to five digits."),
        ("KUBERNETES_SERVICE_PORT", "443/x", "KUBERNETES_SERVICE_PORT must be a number of up to"),
        ("KUBERNETES_SERVICE_HOST", "a@b", "KUBERNETES_SERVICE_HOST must be a host name or an address."),
    ],
)
def test_what_kubernetes_would_not_take_is_refused_before_anything_is_sent(
    pod: Pod, unasked: ApiServer, shell: str, variable: str, value: str, said: str
) -> None:
    ran = pod(shell, "curl").run(unasked, **{variable: value})
    assert ran.code == 1
    assert ran.out == ""
    assert [line for line in ran.err.splitlines() if not line.startswith(f"create-secret: {said}")] == []
    assert ran.err != ""
    assert unasked.seen == []


def test_all_problems_are_told_at_once(pod: Pod, server: ApiServer) -> None:
    bad = {"SECRET_NAME": "A", "SECRET_KEYS": "K x", "SECRET_LABELS": "l"}
    ran = pod("dash", None).run(server, **bad)
    beginnings = ["SECRET_NAME must", "SECRET_KEYS: a length", "SECRET_LABELS: each", "The image lacks curl"]
    said = ran.err.removeprefix("create-secret: ").split("\ncreate-secret: ")
    assert [line.startswith(start) for line, start in zip(said, beginnings, strict=True)] == [True] * 4


def test_a_place_that_cannot_be_written_is_passed_over(pod: Pod, server: ApiServer) -> None:
    assert pod("dash", "curl").run(server, TMPDIR="/nonexistent").code == 0
    assert list(server.secrets) == [NAME]
    assert list(Path("/dev/shm").glob("create-secret.*")) == []


def test_shellcheck_has_nothing_to_say() -> None:
    done = subprocess.run(
        [need("shellcheck"), "--shell=sh", "--format=json", SCRIPT], capture_output=True, check=False
    )
    assert json.loads(done.stdout) == []


def test_the_script_is_no_template() -> None:
    assert "{{" not in SCRIPT.read_text(encoding="utf-8")
