"""A cluster comes up whole or not at all, and leaves nothing behind, however it ends.

The cluster here has the number 9, one node, and a folder of its own: it runs beside the other tests' cluster.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.kubernetes import Done, eventually
from tests.need import need

SCRIPTS = Path(__file__).resolve().parents[3] / "ci" / "cluster"
NUMBER, BRIDGE, NETS = "9", "chartgen9", ("10.231.9.", "10.235.", "10.105.")
ETCD_PORT = 12379 + 90


def heeding() -> None:
    """What is started in the background of a script has the interrupt ignored, and bash cannot undo that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Machine:
    """This one, and cluster 9 on it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "CHARTGEN_"))
        }
        cache = {"CHARTGEN_CACHE": os.environ["CHARTGEN_CACHE"]} if "CHARTGEN_CACHE" in os.environ else {}
        mine = {"CHARTGEN_CLUSTER": NUMBER, "CHARTGEN_CLUSTER_DIR": str(self.folder), "NODES": "1"}
        return {**kept, **cache, **mine, "PYTHON": sys.executable}

    def start(self, script: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(SCRIPTS / script), *arguments],
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heeding,
        )

    def run(self, script: str, *arguments: str, **more: str) -> Done:
        started = self.start(script, *arguments, **more)
        try:
            output, errors = started.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            started.kill()
            raise
        return Done(started.returncode, output, errors)

    def processes(self) -> list[str]:
        """Command lines that name the cluster's folder."""
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        return [line.replace(b"\0", b" ").decode() for line in lines if os.fsencode(self.folder) in line]

    def kill(self) -> bool:
        """As at the end of a session: every process at once, containers included; whether there was any."""
        pids = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if self._is_mine(path)]
        groups = Path("/sys/fs/cgroup/pids").glob(f"{BRIDGE}-*/**/cgroup.procs")
        pids += [int(pid) for group in groups for pid in group.read_text().split()]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(pids)

    def _is_mine(self, cmdline: Path) -> bool:
        with suppress(OSError):
            return os.fsencode(self.folder) in cmdline.read_bytes()
        return False

    def traces(self) -> list[str]:
        """All that the machine has of the cluster: processes, network, control groups, mounts, files."""
        places = ("/sys/class/net", "/run/netns", "/sys/fs/cgroup/*")
        named = [str(path) for place in places for path in Path("/").glob(f"{place[1:]}/{BRIDGE}*")]
        routes = subprocess.run(
            ["ip", "route"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        return [
            *self.processes(),
            *named,
            *(route for route in routes if any(net in route for net in NETS)),
            *(mount for mount in mounts if str(self.folder) in mount),
            *map(str, self.folder.parent.glob(f"{self.folder.name}/*")),
        ]


@contextmanager
def turn() -> Iterator[None]:
    """There is one number 9 on a machine: another run of these tests is waited for."""
    with Path(tempfile.gettempdir(), "chartgen-cluster-9-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def machine() -> Iterator[Machine]:
    need("cluster machine")
    # A short path: that of a socket has at most 107 bytes (unix(7)).
    with turn(), tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
        found = Machine(Path(folder) / "cluster")
        try:
            yield found
        finally:
            found.run("down.sh")


def test_it_stops_what_it_started_when_the_command_fails(machine: Machine) -> None:
    command = "kubectl get nodes --output=name; echo $CHARTGEN_KUBECONFIG; exit 7"
    done = machine.run("run.sh", "sh", "-c", command)
    assert done.code == 7, done.text
    assert done.output == f"node/node1\n{machine.folder}/kubeconfig/admin\n"
    assert machine.traces() == []


def has_pods(machine: Machine) -> bool:
    return any("containerd-shim" in line for line in machine.processes())


# How far it has come: the control plane's first program, the node, containers on the node.
STAGES = {
    "etcd": lambda machine: (machine.folder / "run" / "etcd.pid").exists(),
    "node": lambda machine: (machine.folder / "nodes" / "node1" / "containerd.sock").exists(),
    "pods": has_pods,
}


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_kill_leaves_behind_is_told_and_cleared(machine: Machine, stage: str) -> None:
    started = machine.start("up.sh")
    assert eventually(lambda: STAGES[stage](machine), bool)
    started.kill()
    started.communicate()
    told = machine.run("up.sh", "--check")
    # With an API server that lives it would go on where the other one was killed.
    assert (told.code, "an earlier run left something behind" in told.errors) in {(3, True), (0, False)}
    assert machine.traces() != []
    assert machine.run("down.sh").code == 0
    assert machine.traces() == []
    assert machine.run("up.sh", "--check").code == 0


def test_only_a_dead_cluster_is_cleared_unasked(machine: Machine) -> None:
    assert machine.run("up.sh").code == 0
    done = machine.run("down.sh", "--dead")
    assert (done.code, done.output) == (3, "")
    assert "cluster 9 lives (scheduler, controller-manager, apiserver, etcd, node1, containers" in done.errors
    assert machine.run("up.sh", "--check").code == 0
    assert eventually(lambda: not machine.kill(), bool)
    assert machine.run("up.sh", "--check").code == 3
    assert machine.run("down.sh", "--dead").code == 0
    assert machine.traces() == []


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_start_that_is_stopped_clears_up_after_itself(machine: Machine, sent: signal.Signals) -> None:
    started = machine.start("up.sh")
    assert eventually(lambda: STAGES["etcd"](machine), bool)
    started.send_signal(sent)
    started.communicate(timeout=60)
    assert started.returncode != 0
    assert machine.traces() == []


def test_stopping_what_does_not_run_is_fine(machine: Machine) -> None:
    assert machine.run("down.sh") == Done(0, "", "")


def test_a_busy_port_is_named_and_nothing_is_started(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", ETCD_PORT)):
        done = machine.run("run.sh", "true")
    assert done.code == 3
    assert f"chartgen cluster: port {ETCD_PORT} is in use: stop who has it, or set " in done.errors
    assert machine.traces() == []


def test_two_runs_at_once_do_not_share_a_cluster(machine: Machine) -> None:
    with machine.folder.with_name("cluster.lock").open("w") as lock:
        subprocess.run(["flock", "--nonblock", str(lock.fileno())], check=True, pass_fds=[lock.fileno()])
        done = machine.run("run.sh", "true")
    assert (done.code, done.output) == (3, "")
    assert "another run has cluster 9: wait for it, or set CHARTGEN_CLUSTER to another number" in done.errors


@pytest.mark.parametrize(
    "setting,said",
    [("CHARTGEN_CLUSTER", "a cluster has a number from 0 to 9"), ("CHARTGEN_KUBE", "there are 1.34 1.37")],
)
def test_a_setting_that_cannot_be_is_refused(machine: Machine, setting: str, said: str) -> None:
    done = machine.run("up.sh", **{setting: "blue"})
    assert (done.code, done.output) == (3, "")
    assert f"chartgen cluster: {setting}=blue: {said}" in done.errors


def test_with_a_kubeconfig_nothing_is_built_or_started(machine: Machine) -> None:
    done = machine.run("run.sh", "env", KUBECONFIG="/somebody/config")
    assert done.code == 0
    assert {"CHARTGEN_KUBECONFIG=/somebody/config", "CHARTGEN_REQUIRE=cluster"} <= {*done.output.splitlines()}
    assert machine.traces() == []
