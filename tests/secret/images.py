"""A container image as the script sees one: a shell, a folder of tools, and an HTTPS client or none."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.need import need
from tests.secret.api_server import NAME, TOKEN, ApiServer

SCRIPT = Path(__file__).parents[2] / "chartgen/scripts/create-secret.sh"
TOOLS = ("awk", "cat", "head", "mkdir", "mktemp", "rm", "sleep", "tr", "wc")
SHELLS = ("dash", "busybox", "bash")
CLIENTS = ("curl", "python3", "wget")
# Every shell and every client once: for what does not depend on the pair.
EACH_ONCE = (("dash", "curl"), ("busybox", "wget"), ("bash", "python3"))
EVERY_PAIR = tuple((shell, client) for shell in SHELLS for client in CLIENTS)


@dataclass(frozen=True)
class Ran:
    """How a run ended. Tests never see a value here: `Image.run` has made sure of it."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Image:
    """One image and one pod of it: `folder` has bin, tmp, a service account and a home of bad advice."""

    folder: Path
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def tmp(self) -> Path:
        return self.folder / "tmp"

    def start(self, server: ApiServer, **changes: str) -> subprocess.Popen[str]:
        host, port = server.server_address[:2]
        place = {"KUBERNETES_SERVICE_HOST": str(host), "KUBERNETES_SERVICE_PORT": str(port)}
        return subprocess.Popen(
            [*self.command, SCRIPT],
            env={**self.environment, **place, **changes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str], server: ApiServer) -> Ran:
        """Wait for the end, and hold every run to this: no secret told, nothing left on disk or running."""
        out, err = process.communicate(timeout=60)
        assert not [secret for secret in (TOKEN, *server.values) if secret in out + err]
        assert list(self.tmp.iterdir()) == []
        assert soon_without_processes(process.pid)
        return Ran(process.returncode, out, err)

    def run(self, server: ApiServer, **changes: str) -> Ran:
        return self.finish(self.start(server, **changes), server)


def processes_of(session: int) -> list[int]:
    """The processes of a session that still run."""
    running = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = status.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(its_session) == session and state != "Z":
            running.append(int(status.parent.name))
    return running


def soon_without_processes(session: int) -> bool:
    """Whether all end within half a minute: what a kill has orphaned may take a moment to notice."""
    for _ in range(3000):
        if not processes_of(session):
            return True
        time.sleep(0.01)
    return False


def await_command(session: int, command: str) -> None:
    """Return when a process of the session runs `command`; fail when none has for a minute."""
    wanted = command.replace(" ", "\0").encode() + b"\0"
    for _ in range(6000):
        for process in processes_of(session):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{process}/cmdline").read_bytes() == wanted:
                    return
        time.sleep(0.01)
    raise AssertionError(f"nothing ran {command}")


def _client(name: str) -> str:
    # The interpreter of the tests is a real one, which a `python3` on the path need not be.
    return str(Path(sys.executable).resolve()) if name == "python3" else need(name)


def _tools(folder: Path, shell: str) -> None:
    folder.mkdir()
    for tool in TOOLS:
        found = need("busybox") if shell == "busybox" else shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)


def _bad_home(home: Path) -> None:
    """Start-up files that would switch verification off, or lead elsewhere, if a client read them."""
    home.mkdir()
    (home / ".curlrc").write_text("insecure\nproxy = http://127.0.0.1:9\n")
    (home / ".wgetrc").write_text("check_certificate = off\nuse_proxy = on\n")


def build(folder: Path, shell: str, client: str | None, ca: Path) -> Image:
    """An image with `shell` and, unless None, `client`, in a pod whose cluster has the CA `ca`."""
    command = (need("busybox"), "sh") if shell == "busybox" else (need(shell),)
    folder.mkdir()
    _tools(folder / "bin", shell)
    _bad_home(folder / "home")
    (folder / "tmp").mkdir()
    account = folder / "account"
    account.mkdir()
    (account / "token").write_text(TOKEN + "\n")
    shutil.copy(ca, account / "ca.crt")
    if client:
        (folder / "bin" / client).symlink_to(_client(client))
    proxies = dict.fromkeys(("https_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    environment = {
        "PATH": str(folder / "bin"),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "SERVICE_ACCOUNT_DIR": str(account),
        "SECRET_NAME": NAME,
        "SECRET_NAMESPACE": "ushadow",
        "RELEASE_NAME": "demo",
        "SECRET_KEYS": "AUTH_SECRET_KEY 48",
        "SECRET_RETRY_DELAY": "0",
        **proxies,
    }
    if "LD_LIBRARY_PATH" in os.environ:  # the tests' interpreter may be found through it
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return Image(folder, command, environment)
