"""A machine that cannot run a cluster is told which thing it lacks and what to do: exit 3, nothing started.

Each runs ci/cluster/run.sh in a network and a mount namespace of its own, where things can be taken away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ci.cluster import __main__ as cluster
from ci.cluster import build, debian, images
from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
RUN = str(ROOT / "ci" / "cluster" / "run.sh")
BRIDGE, PORT = "chartgen-t", "16443"


@dataclass(frozen=True)
class Machine:
    """This one, with what `folder` holds as its cluster and its cache."""

    folder: Path

    def run(self, before: str = ":", *, user: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        """What becomes of `run.sh touch started`, after the shell commands `before`."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {
            "CHARTGEN_CLUSTER_DIR": str(self.folder / "cluster"),
            "CHARTGEN_CACHE": str(self.folder / "cache"),
            "GOMODCACHE": str(self.folder / "modules"),
            "BRIDGE": BRIDGE,
            "API_PORT": PORT,
            "PYTHON": sys.executable,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        as_user = f"setpriv --reuid={user} --regid={user} --clear-groups" if user else ""
        apart = "--net --mount --propagation private --pid --fork --mount-proc".split()
        own = (
            "ip link set lo up; mkdir -p /run/netns; mount -t tmpfs none /run/netns; export TMPDIR=/run/netns"
        )
        script = f'set -e; {own}; {before}; exec {as_user} "$@"'
        command = [RUN, "touch", str(self.folder / "started")]
        return subprocess.run(
            [need("unshare-root"), *apart, "bash", "-c", script, "bash", *command],
            cwd=ROOT,
            env={**kept, **settings, **more},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture
def machine() -> Iterator[Machine]:
    # Not pytest's own folder, which another user may not enter.
    with tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
        Path(folder).chmod(0o777)
        yield Machine(Path(folder))


def without(program: str) -> str:
    """A path on which the program is not; only those of /sbin stay wherever they are."""
    there = 'for each in ${PATH//:/ }; do ln -s $each/* "$all/" 2>/dev/null || :; done'
    return f'all=$(mktemp -d); {there}; rm -f "$all/{program}"; export PATH=$all'


REFUSED = {
    "no cgroups": (
        "mount -t tmpfs none /sys/fs/cgroup",
        "cgroup v1 is needed, /sys/fs/cgroup/cpu is not there. Or set KUBECONFIG to a cluster of yours.",
    ),
    "no containerd": (without("containerd"), "no containerd: apt-get install containerd runc "),
}
BUSY = (
    f"{sys.executable} -m http.server --bind 127.0.0.1 {PORT} >/dev/null 2>&1 & "
    f"until (exec 3<>/dev/tcp/127.0.0.1/{PORT}) 2>/dev/null; do sleep 0.1; done"
)
# These are looked for on a machine that has the packages.
IN_THE_WAY = {
    "a bridge of an earlier run": (
        f"ip link add {BRIDGE} type bridge",
        "an earlier run left something behind: ci/cluster/down.sh (make cluster-down) clears it away",
    ),
    "a process of an earlier run": (
        'mkdir -p "$CHARTGEN_CLUSTER_DIR/run"; echo 1 1 >"$CHARTGEN_CLUSTER_DIR/run/etcd.pid"',
        "an earlier run left something behind: ci/cluster/down.sh (make cluster-down) clears it away",
    ),
    "a busy port": (BUSY, f"{PORT} is in use: stop who has it, or set API_PORT"),
}


def refused(done: subprocess.CompletedProcess[str], machine: Machine, said: str) -> None:
    assert done.returncode == 3, done.stdout + done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("chartgen")
    assert [path.name for path in machine.folder.iterdir() if path.name != "cluster"] in (
        [],
        ["cluster.lock"],
    )
    assert not (machine.folder / "cluster" / "pki").exists()


@pytest.mark.parametrize("lack", REFUSED)
def test_what_the_machine_lacks_is_named_with_what_to_do(lack: str, machine: Machine) -> None:
    before, said = REFUSED[lack]
    refused(machine.run(before), machine, said)


def test_who_is_not_root_is_told_so(machine: Machine) -> None:
    refused(machine.run(user=65534), machine, "root is needed: nodes are namespaces. Or set KUBECONFIG")


@pytest.mark.parametrize("thing", IN_THE_WAY)
def test_what_is_in_the_way_is_named_with_what_to_do(thing: str, machine: Machine) -> None:
    need("containerd")
    before, said = IN_THE_WAY[thing]
    refused(machine.run(before), machine, said)


def test_without_go_nothing_is_begun(machine: Machine) -> None:
    need("containerd")
    done = machine.run(without("go"))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Go 1.26 or newer is needed to build programs: install it, or put it in PATH." in done.stderr
    assert not (machine.folder / "started").exists()


def test_without_a_module_proxy_nothing_is_begun(machine: Machine) -> None:
    """The network namespace has no way out."""
    need("containerd")
    need("go")
    done = machine.run(GOPROXY="http://127.0.0.1:9", GOFLAGS="")
    assert done.returncode == 3, done.stdout + done.stderr
    assert " cannot be had: " in done.stderr
    assert "connection refused" in done.stderr
    assert not (machine.folder / "started").exists()
    assert not (machine.folder / "cluster").exists()


def test_without_debians_packages_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """apt's own words are told; the images appear whole or not at all."""
    monkeypatch.setenv("CHARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "programs", lambda *_, **__: dict.fromkeys(images.PACKED, tmp_path))
    monkeypatch.setattr(images, "_program", lambda *_: None)

    def unreachable(*_: object) -> None:
        raise debian.UnavailableError("apt-get: Could not resolve 'deb.test'")

    monkeypatch.setattr(debian, "layer", unreachable)
    with pytest.raises(SystemExit) as ended:
        cluster.main(["stage", str(tmp_path / "cluster")])
    assert ended.value.code == 3
    assert "Debian's packages cannot be had: apt-get: Could not resolve 'deb.test'" in capsys.readouterr().err
    assert not (tmp_path / "cluster").exists()
    assert [path.name for path in (tmp_path / "cache" / "cluster").iterdir()] == [".images.lock"]


def test_make_shows_the_exit_code_that_it_cannot_have(machine: Machine) -> None:
    """GNU make exits 2 for whatever a recipe exits with, and names that in its last line."""
    make = shutil.which("make") or need("make")
    script = f"mount -t tmpfs none /sys/fs/cgroup; exec {make} test-cluster"
    done = subprocess.run(
        [need("unshare-root"), "--mount", "--propagation", "private", "sh", "-c", script],
        cwd=ROOT,
        env={**os.environ, "CHARTGEN_CLUSTER_DIR": str(machine.folder / "cluster"), "KUBECONFIG": ""},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "chartgen cluster: cgroup v1 is needed" in done.stderr
    assert done.stderr.rstrip().endswith("test-cluster] Error 3")
