"""What the GitOps suite stands on: programs that always end, live objects, a skip that says what is lost."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ci.cluster import __main__ as cluster
from ci.cluster import gitops
from ci.cluster.parts import PARTS, members
from tests.cluster.kubernetes import Namespace, eventually
from tests.gitops import live
from tests.gitops.host import connects, free_ports, running
from tests.gitops.registry import FIRST, SECOND, pack

SLEEP = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_program_runs_until_its_block_ends(tmp_path: Path) -> None:
    with running("sleeper", SLEEP, lambda: True, tmp_path) as pid:
        assert alive(pid)
        assert eventually((tmp_path / "sleeper.log").read_text, bool, seconds=20) == "here\n"
    assert not alive(pid)


def test_a_program_ends_when_its_block_fails(tmp_path: Path) -> None:
    ids = []
    with suppress(ZeroDivisionError), running("sleeper", SLEEP, lambda: True, tmp_path) as pid:
        ids.append(pid)
        raise ZeroDivisionError
    assert [alive(pid) for pid in ids] == [False]


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.gitops.host.STOP", 0.2)
    with running("stubborn", STUBBORN, lambda: True, tmp_path) as pid:
        assert alive(pid)
    assert not alive(pid)


def test_a_program_that_ends_at_once_fails_with_what_it_said(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit('no room')")
    with pytest.raises(AssertionError, match="talker did not start; it said:\nno room"):  # noqa: SIM117  # the line would be too long
        with running("talker", command, lambda: False, tmp_path):
            pass


def test_free_ports_are_free_and_different() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert [connects(port) for port in ports] == [False] * 5


def test_the_cluster_alone_does_not_pay_for_the_controllers() -> None:
    assert {part.name for part in members("cluster")} & {"flux", "argocd"} == set()
    assert [part.name for part in members("gitops")] == ["flux", "argocd"]


def test_both_controllers_of_flux_are_pinned() -> None:
    (flux,) = [part for part in PARTS if part.name == "flux"]
    sums = (flux.folder / "go.sum").read_text(encoding="utf-8")
    wanted = (flux.folder / "go.mod").read_text(encoding="utf-8")
    for module in flux.manifests:
        assert f"\t{module} v" in wanted
        assert f"{module} v" in sums


def test_what_does_not_fit_is_told_with_what_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHARTGEN_CACHE", str(tmp_path))
    needed = sum(part.seconds for part in members("gitops"))
    assert not cluster.fits(needed - 1)
    said = capsys.readouterr().out
    assert said.startswith("SKIPPED: make test-gitops. Not in the cache: flux, argocd, debian; ")
    assert "Nothing in this run shows that the real Flux and Argo CD install the chart" in said
    assert cluster.fits(needed)
    assert capsys.readouterr().out == ""


def test_what_is_in_the_cache_fits_without_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTGEN_CACHE", str(tmp_path))
    for part in members("gitops"):
        (part.place("go1.99", tmp_path) / "manifests").mkdir(parents=True)
    assert gitops.missing(tmp_path) == ["debian"]
    libraries = gitops._unpacked(tmp_path) / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    assert cluster.fits(0)
    (libraries / "ld-linux-x86-64.so.2").touch()
    found = gitops.parts(tmp_path)
    assert set(found.programs) == {
        "source-controller", "helm-controller", "argocd", "redis", "registry",
    }  # fmt: skip
    assert found.programs["redis"][-1].endswith("/usr/bin/redis-server")
    assert set(found.manifests) == {"flux", "argocd"}


def test_a_part_of_another_recipe_is_not_in_the_cache(tmp_path: Path) -> None:
    flux = members("gitops")[0]
    (tmp_path / "cluster" / f"flux-{flux.version()}-go1.99-0123456789").mkdir(parents=True)
    assert flux.built(tmp_path) is None


def item(kind: str, name: str, **more: object) -> dict[str, object]:
    metadata = {"name": name, "uid": f"uid of {name}", "resourceVersion": "7", "generation": 3}
    return {"kind": kind, "metadata": {**metadata, **more}}


def test_live_objects_are_told_apart_by_what_was_written_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = [
        item("Deployment", "a"),
        item("Secret", "b"),
        {**item("Secret", "record"), "type": live.HELM_RECORD},
        item("Pod", "of-a-job", ownerReferences=[{"kind": "Job"}]),
    ]
    monkeypatch.setattr(Namespace, "all", lambda *_: objects)
    found = live.live(Namespace("", "", ""))
    assert found == {"Deployment/a": "uid of a 3", "Secret/b": "uid of b 7"}
    assert live.differences(found, {**found, "Secret/b": "uid of b 8"}) == {"Secret/b"}
    assert live.differences(found, {"Secret/b": "uid of b 7", "Job/c": "new"}) == {"Deployment/a", "Job/c"}


def test_the_chart_is_packed_in_two_versions_that_differ_in_both_numbers(tmp_path: Path) -> None:
    packed = [pack(tmp_path / version[0], *version) for version in (FIRST, SECOND)]
    assert [path.name for path in packed] == ["ushadow-0.1.0.tgz", "ushadow-0.2.0.tgz"]
    assert packed[0].read_bytes() != packed[1].read_bytes()
    chart = (tmp_path / "0.2.0/charts/ushadow/Chart.yaml").read_text(encoding="utf-8")
    assert "\nappVersion: v1.1.0\n" in chart


def test_a_killed_parent_takes_its_programs_with_it(tmp_path: Path) -> None:
    """Nothing of ours runs its finally then: the kernel ends them."""
    code = (
        "import sys, time; from pathlib import Path; from tests.gitops.host import running\n"
        "with running('sleeper', sys.argv[2:], lambda: True, Path(sys.argv[1])) as pid:\n"
        "    print(pid, flush=True); time.sleep(600)\n"
    )
    with running(
        "parent", (sys.executable, "-c", code, str(tmp_path), *SLEEP), lambda: True, tmp_path
    ) as pid:
        said = eventually(lambda: (tmp_path / "parent.log").read_text(encoding="utf-8"), bool, seconds=30)
        child = int(said)
        assert alive(child)
        os.kill(pid, signal.SIGKILL)
        assert not eventually(lambda: alive(child), lambda there: not there, seconds=20)
