"""What a failed test on a cluster leaves behind: enough to understand it, and no Secret's value."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import kept
from tests.cluster.kubernetes import Call, Secret, redact

ROOT = Path(__file__).resolve().parents[2]
KEY = "Zq81hf0aVmKc9b3TzX5wQ2rD"
ENCODED = base64.b64encode(KEY.encode()).decode()

# Plays kubectl: one pod, one Secret, whose value stands where a careless program would put it.
KUBECTL = f"""#!{sys.executable}
import json, sys
words = sys.argv[5:]
secret = {{"type": "Opaque", "data": {{"AUTH_SECRET_KEY": "{ENCODED}", "short": "eWVz"}}}}
release = {{"type": "helm.sh/release.v1", "data": {{"release": "SDRzSUFBQUFBQUFD"}}}}
pod = {{"metadata": {{"name": "web-1"}}}}
if words[:2] == ["get", "secrets"] and "--output=json" in words:
    print(json.dumps({{"items": [secret, release]}}))
elif words[:2] == ["get", "pods"] and "--output=json" in words:
    print(json.dumps({{"items": [pod]}}))
elif words[0] == "logs" and "--previous" in words:
    sys.exit("no previous container")
elif words[0] == "logs":
    print("started with key {KEY}, yes")
elif words[0] == "describe":
    print("Environment: AUTH={KEY} encoded {ENCODED}")
elif words[0] == "get":
    print("NAME AGE of", words[1])
"""
# A test as those on a cluster are, and one whose fixture fails.
MODULE = """
import pytest
from tests.cluster.kubernetes import Secret

@pytest.fixture
def installed(namespace):
    namespace()
    raise AssertionError("nothing was installed")

def test_fine(namespace):
    assert namespace()

@pytest.mark.parametrize("way", ["helm4 --wait"])
def test_key(namespace, way):
    namespace()
    assert Secret("KEY") == "something else", "the key KEY changed"

def test_not_installed(installed):
    pass
""".replace("KEY", KEY)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Where the run kept what failed; what it printed; its JUnit file."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "bin").mkdir()
    kubectl = folder / "bin" / "kubectl"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    (folder / "config").touch()
    (folder / "test_things.py").write_text(MODULE, encoding="utf-8")
    (folder / "state" / "logs").mkdir(parents=True)
    (folder / "state" / "logs" / "kubelet.log").write_text("nothing special\n", encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "CHARTGEN_KUBECONFIG": str(folder / "config"),
        "CHARTGEN_CLUSTER_DIR": str(folder / "state"),
        "CHARTGEN_TEST_KEPT": str(folder / "failed"),
    }
    command = [sys.executable, "-m", "pytest", "-n", "1", "-p", "tests.cluster.conftest", "-vv"]
    options = ["-p", "no:cacheprovider", f"--junitxml={folder / 'junit.xml'}", str(folder / "test_things.py")]
    done = subprocess.run(
        [*command, *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "1 failed, 1 passed, 1 error" in done.stdout, done.stdout
    return folder / "failed", done.stdout, (folder / "junit.xml").read_text(encoding="utf-8")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_each_failed_test_has_a_folder_with_a_folder_for_each_namespace(run: tuple[Path, str, str]) -> None:
    failed = run[0] / "test_things"
    assert {path.name for path in failed.iterdir()} == {"test_key-helm4-wait", "test_not_installed"}
    (namespace,) = (path for path in (failed / "test_key-helm4-wait").iterdir() if path.is_dir())
    assert files(namespace) == {
        *(f"{kind}.txt" for kind in kept.LISTED),
        "commands.txt",
        "describe.txt",
        "nodes.txt",
        "web-1.log",
        "cluster/kubelet.log",
    }
    assert (namespace / "events.txt").read_text(encoding="utf-8") == "NAME AGE of events\n"
    assert f"--namespace {namespace.name} " in (namespace / "commands.txt").read_text(encoding="utf-8")
    assert (failed / "test_key-helm4-wait" / "call.txt").is_file()


def test_a_fixture_that_fails_leaves_its_namespace_too(run: tuple[Path, str, str]) -> None:
    failed = run[0] / "test_things" / "test_not_installed"
    assert "nothing was installed" in (failed / "setup.txt").read_text(encoding="utf-8")
    assert any(path.name == "describe.txt" for path in failed.rglob("*"))


def test_no_value_of_a_secret_is_kept_printed_or_recorded(run: tuple[Path, str, str]) -> None:
    folder, printed, junit = run
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert len(texts) > 20
    source = f'Secret("{KEY}")'
    for text in (*texts, printed, junit):
        assert KEY not in text, text
        assert KEY[:12] not in text, text
        assert ENCODED not in text, text
        assert source not in text, text
    fingerprint = repr(Secret(KEY))
    assert any(f"started with key {fingerprint}, yes" in text for text in texts)
    assert any(f"AUTH={fingerprint} encoded {fingerprint}" in text for text in texts)
    assert f"the key {fingerprint} changed" in printed


def test_two_values_can_be_told_apart_and_the_longer_one_goes_first() -> None:
    long = f"{KEY}-and-more"
    told = redact(f"{long} {KEY} {json.dumps(KEY)} yes", {KEY, long, "yes"})
    assert told == f'{Secret(long)!r} {Secret(KEY)!r} "{Secret(KEY)!r}" yes'
    assert len(set(told.split()[1::3])) == 2


def test_helm_is_shown_with_its_answer_and_only_what_concerns_the_namespace() -> None:
    calls = [
        Call(("/x/helm4", "install", "--namespace", "mine"), 1, "Error: no\n", 2.04),
        Call(("kubectl", "--namespace", "mine", "get"), 0, "", 0.1),
        Call(("kubectl", "--namespace", "mine-too", "get"), 0, "", 0.1),
    ]
    assert kept.asked(calls, "mine") == (
        "$ /x/helm4 install --namespace mine\nError: no\nexit 1 after 2.0 s\n\n"
        "$ kubectl --namespace mine get\nexit 0 after 0.1 s\n\n"
    )


def test_of_the_clusters_own_logs_the_lines_about_the_namespace_and_the_last_are_kept(tmp_path: Path) -> None:
    lines = ["pod t-1/web failed", *(f"line {n}" for n in range(500))]
    (tmp_path / "scheduler.log").write_text("\n".join(lines), encoding="utf-8")
    ((name, text),) = kept.component_logs(tmp_path, "t-1")
    assert name == "cluster/scheduler.log"
    assert text.splitlines()[0] == "pod t-1/web failed"
    assert text.splitlines()[2:4] == ["the last lines:", "line 400"]
