"""A disk that is full or read-only: said in one line, nothing lost, and finished when there is room."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
APP = """apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: A shop
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
"""
PROJECT = "apiVersion: chartgen/v1\ncharts:\n  shop: {app: app, chart: charts/shop}\n"


def mounted(tmp_path: Path, script: str) -> list[str]:
    """What a shell script prints that runs in a small file system of its own; CHARTGEN is the command."""
    unshare = need("unshare-root")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.yaml").write_text(APP)
    (tmp_path / "chartgen.yaml").write_text(PROJECT)
    (tmp_path / "charts").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CHARTGEN": f"{sys.executable} -m chartgen"}
    command = [unshare, "--mount", "sh", "-eu", "-c", f"mount -t tmpfs -o size=64k none charts\n{script}"]
    out, err = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, stdout=out, stderr=err)
    assert done.returncode == 0, done.stdout
    return done.stdout.decode().splitlines()


def test_a_full_disk_is_told_and_the_next_run_finishes(tmp_path: Path) -> None:
    said = mounted(
        tmp_path,
        """
        head -c 40000 /dev/zero > charts/ballast
        $CHARTGEN generate || echo "exit $?"
        find charts -name '.chartgen-tmp-*' | wc -l
        rm charts/ballast
        mount -o remount,size=10m charts
        $CHARTGEN generate && $CHARTGEN generate --check
        """,
    )
    path, _, rest = said[0].partition(": ")[2].partition(": ")
    assert path.startswith("charts/shop/")
    assert rest == "No space left on device"
    assert said[1:4] == ["nothing of this file was changed", "exit 1", "0"]
    assert said[4].startswith("charts/shop: ")
    assert said[5:] == ["up to date"]


def test_an_edit_outlives_a_full_disk(tmp_path: Path) -> None:
    said = mounted(
        tmp_path,
        """
        mount -o remount,size=10m charts
        $CHARTGEN generate > generated
        echo "mine: true" > charts/shop/values.yaml
        sed -i 's/A shop/Another shop/' app/app.yaml
        head -c 10000000 /dev/zero > charts/ballast 2> full || true
        $CHARTGEN generate > again 2>&1 || echo "exit $?"
        cat charts/shop/values.yaml
        """,
    )
    assert said == ["exit 1", "mine: true"]


def test_a_package_that_has_no_room_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    need("helm_python")
    said = mounted(
        tmp_path,
        """
        mount -o remount,size=10m charts
        $CHARTGEN make > made
        $CHARTGEN package -d charts/dist > packed
        (cd charts/dist && sha256sum *) > sums
        sed -i 's/A shop/Another shop/' app/app.yaml && $CHARTGEN generate > generated
        head -c 11000000 /dev/zero > charts/ballast 2> full || true
        $CHARTGEN package -d charts/dist || echo "exit $?"
        ls -A charts/dist
        (cd charts/dist && sha256sum --quiet -c ../../sums)
        rm charts/ballast
        $CHARTGEN package -d charts/dist > packed
        (cd charts/dist && sha256sum --quiet -c ../../sums 2> failed) || echo "another package"
        """,
    )
    assert said == [
        "Error: charts/dist/shop-0.1.0.json: No space left on device",
        "nothing of this file was changed",
        "exit 1",
        "shop-0.1.0.json",
        "shop-0.1.0.tgz",
        "shop-0.1.0.json: FAILED",
        "shop-0.1.0.tgz: FAILED",
        "another package",
    ]


def test_a_file_that_may_not_grow_so_large_is_told_and_not_left_half(tmp_path: Path) -> None:
    need("helm_python")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.yaml").write_text(APP)
    (tmp_path / "chartgen.yaml").write_text(PROJECT)
    command = [sys.executable, "-m", "chartgen"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = str(ROOT)  # the measure of coverage would not be able to write its file
    subprocess.run([*command, "generate"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    limit = (64 << 10, 64 << 10)  # bytes: the record fits, the package does not
    done = subprocess.run(
        [*command, "package"],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: dist/shop-0.1.0.tgz: File too large\nnothing of this file was changed\n"
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize(
    "command,told",
    [
        ("generate", "charts/shop/.chartgen.json: Read-only file system"),
        ("package -d charts", "charts/shop-0.1.0.json: Read-only file system"),
        ("snapshot -u --snapshots charts/kept", "charts/kept/shop/default/"),
        ("lint -o charts/report", "charts/report: Read-only file system"),
        ("schema --docs charts/docs", "charts/docs/app.schema.json: Read-only file system"),
        ("init wiki --image a:1 -d charts", "charts/apps/wiki/app.yaml: Read-only file system"),
    ],
)
def test_a_read_only_disk_is_told(command: str, told: str, tmp_path: Path) -> None:
    need("helm_python")
    said = mounted(
        tmp_path,
        f"""
        mount -o remount,size=10m charts
        $CHARTGEN generate > generated
        sed -i 's/A shop/Another shop/' app/app.yaml
        mount -o remount,ro charts
        $CHARTGEN {command} || echo "exit $?"
        """,
    )
    assert said[0].startswith(f"Error: {told}"), said
    assert said[-1] == "exit 1"


def test_a_chart_that_is_up_to_date_is_no_matter_on_a_read_only_disk(tmp_path: Path) -> None:
    said = mounted(
        tmp_path,
        """
        mount -o remount,size=10m charts
        $CHARTGEN generate > generated
        mount -o remount,ro charts
        $CHARTGEN generate; $CHARTGEN generate --check
        """,
    )
    assert said == ["charts/shop: up to date", "up to date"]
