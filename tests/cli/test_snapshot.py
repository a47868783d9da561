"""`chartgen snapshot`: missing, extra and different are told apart, and kept when that is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran, run, state, without_helm
from tests.need import need

Call = Callable[..., Ran]
KEPT = Path("tests/snapshot/expected")


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def test_objects_are_kept_and_then_they_are_as_kept(charts: Path, chartgen: Call) -> None:
    ran = chartgen("snapshot", "-u")
    count = len([path for path in KEPT.rglob("*") if path.is_file()])
    assert ran == (0, f"{count} objects kept, {count} of them changed\n", "")
    assert sorted(path.relative_to(KEPT).as_posix() for path in KEPT.glob("*/*")) == [
        "shop/default",
        "shop/dev",
        "shop/production",
        "wiki/default",
    ]
    before = state(charts)
    assert chartgen("snapshot") == (0, f"{count} objects are as they were kept\n", "")
    assert chartgen("snapshot", "-u").out == f"{count} objects kept, 0 of them changed\n"
    assert state(charts) == before


def test_missing_extra_and_different_are_told_apart(charts: Path, chartgen: Call) -> None:
    assert chartgen("snapshot", "-u").code == 0
    folder = KEPT / "shop" / "dev"
    (folder / "service-shop-web.yaml").unlink()
    (folder / "service-gone.yaml").write_text("x\n")
    deployment = folder / "deployment-shop-web.yaml"
    deployment.write_text(deployment.read_text().replace("replicas: 2", "replicas: 9"))
    before = state(charts)
    ran = chartgen("snapshot", "shop")
    assert (ran.code, ran.err) == (
        1,
        "Error: 3 objects are not as kept\nif that is meant, `chartgen snapshot -u` keeps it\n",
    )
    lines = ran.out.splitlines()
    assert lines[:3] == [f"{deployment}: different", "--- kept", "+++ made"]
    assert "-  replicas: 9" in lines
    assert "+  replicas: 2" in lines
    assert lines[-2:] == [f"{folder}/service-gone.yaml: extra", f"{folder}/service-shop-web.yaml: missing"]
    assert state(charts) == before
    assert chartgen("snapshot", "-u").out.endswith(" objects kept, 3 of them changed\n")
    assert chartgen("snapshot").code == 0
    assert not (folder / "service-gone.yaml").exists()


def test_without_anything_kept_everything_is_missing(charts: Path, chartgen: Call) -> None:
    ran = chartgen("snapshot", "wiki")
    assert ran.code == 1
    assert {line.rpartition(": ")[2] for line in ran.out.splitlines()} == {"missing"}
    assert not KEPT.exists()


def test_one_chart_leaves_the_snapshots_of_others_alone(charts: Path, chartgen: Call) -> None:
    assert chartgen("snapshot", "-u", "shop").code == 0
    assert chartgen("snapshot", "-u", "wiki").code == 0
    assert chartgen("snapshot").code == 0


def test_an_overlay_that_is_gone_leaves_extra_objects(charts: Path, chartgen: Call) -> None:
    assert chartgen("snapshot", "-u").code == 0
    config = Path("chartgen.yaml")
    config.write_text(config.read_text().replace(", values/production.yaml", ""))
    ran = chartgen("snapshot")
    assert ran.code == 1
    assert all(line.startswith(f"{KEPT}/shop/production/") for line in ran.out.splitlines())
    assert chartgen("snapshot", "-u").code == 0
    assert not (KEPT / "shop" / "production").exists()


def test_the_refusals_of_all_overlays_and_charts_are_told(charts: Path, chartgen: Call) -> None:
    Path("values/dev.yaml").write_text("web: {replicaCount: -1}\n")
    Path("values/production.yaml").write_text("wbe: {}\n")
    Path("charts/wiki/templates/broken.yaml").write_text("{{ end }}\n")
    ran = chartgen("snapshot")
    assert (ran.code, ran.out) == (1, "")
    assert "  values/dev.yaml: web.replicaCount: " in ran.err
    assert "  values/production.yaml: " in ran.err
    assert ran.err.count("Error: ") == 2
    assert not KEPT.exists()


def test_overlays_that_cannot_be_read_are_told(charts: Path, chartgen: Call) -> None:
    Path("values/dev.yaml").unlink()
    Path("values/production.yaml").write_text("a: 1\na: 2\n")
    assert chartgen("snapshot", "shop").err == (
        "Error: shop: its overlays cannot be used\n"
        "  values/dev.yaml: there is no such file\n"
        "      check the path\n"
        "  values/production.yaml:2:1: the key 'a' stands twice\n"
        "      it is already in line 1\n"
    )


def test_without_a_helm_nothing_is_known(charts: Path, tmp_path: Path) -> None:
    ran = run("snapshot", "-u", cwd=charts, env=without_helm(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: there is no Helm: ")
