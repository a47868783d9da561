"""The set-up leaves a whole environment or says why not; the pinned tools are what their go.mod says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci import venv
from ci.tools import build, pins

ROOT = Path(__file__).resolve().parents[2]
LOCK = (
    "# made by us\na==1 \\\n    --hash=sha256:00\nhelm-python-sdk==0.2.2 ; x \\\n    --hash=sha256:11\nb==2\n"
)


def test_a_machine_without_a_wheel_installs_all_the_rest_of_the_lock() -> None:
    left = venv.leave_out(LOCK, venv.without_wheel("Linux", "x86_64", ""))
    assert left == "# made by us\na==1 \\\n    --hash=sha256:00\nb==2\n"


@pytest.mark.parametrize(
    "machine,left_out",
    [
        (("Linux", "x86_64", "glibc"), ()),
        (("Linux", "aarch64", "glibc"), ()),
        (("Linux", "riscv64", "glibc"), ("helm-python-sdk",)),
        (("Linux", "x86_64", ""), ("helm-python-sdk",)),
        (("Darwin", "arm64", ""), ()),
    ],
)
def test_what_is_left_out_depends_on_the_machine(
    machine: tuple[str, str, str], left_out: tuple[str, ...]
) -> None:
    assert venv.without_wheel(*machine) == left_out


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if "==" in entry.partition(";")[0]]
    assert len(entries) > 10
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_two_locks_of_the_project_agree() -> None:
    def pinned(name: str) -> set[str]:
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pinned("chart.txt") < pinned("dev.txt")


def test_an_environment_is_not_trusted_without_its_python_and_pip(tmp_path: Path) -> None:
    assert not venv.works(tmp_path / "bin" / "python")
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    assert not venv.works(broken)


def test_a_finished_set_up_forgets_the_stamps_of_earlier_locks(tmp_path: Path) -> None:
    for stamp in (".ready-dev-1", ".ready-dev-2", ".ready-chart-1"):
        (tmp_path / stamp).touch()
    venv.finish(tmp_path / ".ready-dev-3")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ready-chart-1", ".ready-dev-3"]


def test_a_python_that_is_too_old_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "OLDEST", (99, 0))
    with pytest.raises(SystemExit) as ended:
        venv.main([])
    assert "make PYTHON=/path/to/python3" in str(ended.value)


def test_two_set_ups_at_once_take_turns(tmp_path: Path) -> None:
    lock, log = tmp_path / "lock", tmp_path / "log"
    code = (
        "import pathlib, sys; from ci.venv import alone\n"
        f"with alone(pathlib.Path({str(lock)!r})):\n"
        f"    log = open({str(log)!r}, 'a')\n"
        "    for word in ('in', 'out'): print(word, file=log, flush=True); import time; time.sleep(0.05)\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)
    ]
    assert [(run.communicate(), run.returncode)[1] for run in runs] == [0, 0, 0]
    assert log.read_text(encoding="utf-8").split() == ["in", "out"] * 3


def test_each_tool_has_a_pinned_version_and_sums() -> None:
    versions = {tool.name: pins.version(tool) for tool in pins.TOOLS}
    assert {
        name: version.split(".")[0]
        for name, version in versions.items()
        if name.startswith("helm-") and name[5].isdigit()
    } == {
        "helm-3.18": "v3",
        "helm-3": "v3",
        "helm-4": "v4",
    }
    assert versions["helm-3.18"].startswith("v3.18.")
    for tool in pins.TOOLS:
        sums = (tool.folder / "go.sum").read_text(encoding="utf-8")
        assert f"{tool.module} {versions[tool.name]} h1:" in sums


def test_helm_3_is_stamped_with_the_kubernetes_of_its_client() -> None:
    tool = pins.BY_VARIABLE["HELM_3_18"]
    assert pins.stamps(tool) == {
        "helm.sh/helm/v3/internal/version.version": pins.version(tool),
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "33",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "33",
    }


def test_a_tool_that_is_required_nowhere_is_an_error() -> None:
    with pytest.raises(
        LookupError, match=r"ci/tools/kubeconform/go\.mod does not require example\.test/none"
    ):
        pins.required(pins.BY_VARIABLE["KUBECONFORM"], "example.test/none")


def test_a_build_that_fails_leaves_nothing_under_the_tools_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(tool: pins.Tool, target: Path) -> None:
        target.write_text("half", encoding="utf-8")
        sys.exit("no")

    monkeypatch.setattr(build, "compile_tool", half)
    tool = pins.BY_VARIABLE["KUBE_SCORE"]
    with pytest.raises(SystemExit):
        build.build(tool, "go1.99", tmp_path)
    assert pins.built(tool, tmp_path) is None
    assert [path.name for path in (tmp_path / "tools").iterdir()] == [".kube-score.lock"]


def test_a_tool_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def compiled(tool: pins.Tool, target: Path) -> None:
        built.append(tool.name)
        target.touch()

    monkeypatch.setattr(build, "compile_tool", compiled)
    tool = pins.BY_VARIABLE["KUBE_SCORE"]
    assert (
        build.build(tool, "go1.99", tmp_path)
        == build.build(tool, "go1.99", tmp_path)
        == pins.built(tool, tmp_path)
    )
    assert built == ["kube-score"]


def test_the_shell_lines_name_what_is_built_and_quote_it(tmp_path: Path) -> None:
    root = tmp_path / "a b"
    target = pins.place(pins.BY_VARIABLE["HELM_4"], "go1.99", root)
    target.parent.mkdir(parents=True)
    target.touch()
    environment = {**os.environ, "CHARTGEN_CACHE": str(root), "PYTHON": sys.executable}
    done = subprocess.run(
        [ROOT / "ci/tools/env"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"export HELM_4='{target}'\n"
