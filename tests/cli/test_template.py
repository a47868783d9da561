"""`chartgen template`: what a chart makes, as `helm template` would print it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.manifest import parse
from tests.cli.command import COMMAND, Ran, environment, run, without_helm
from tests.need import need

Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def test_the_objects_are_printed_with_their_sources(charts: Path, chartgen: Call) -> None:
    ran = chartgen("template", "shop")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("---\n# Source: shop/templates/")
    assert {"Deployment", "Service"} <= {manifest.kind for manifest in parse(ran.out, "x")}


def test_helm_makes_the_same_objects(charts: Path, chartgen: Call) -> None:
    helm = need("helm")
    flags = ["-f", "values/production.yaml", "--set", "web.image.tag=v9"]
    command = [helm, "template", "shop", "charts/shop", "-n", "shop", *flags]
    theirs = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ours = chartgen("template", "shop", *flags).out

    def objects(text: str) -> list[str]:
        return sorted(manifest.digest for manifest in parse(text, "x"))

    assert objects(ours) == objects(theirs)


def test_the_last_values_win_and_what_is_set_wins_over_files(charts: Path, chartgen: Call) -> None:
    def replicas(*flags: str) -> str:
        out = chartgen("template", "shop", *flags).out
        return next(line.strip() for line in out.splitlines() if "replicas:" in line)

    dev, production = ["-f", "values/dev.yaml"], ["-f", "values/production.yaml"]
    assert replicas(*dev, *production) == "replicas: 3"
    assert replicas(*production, *dev) == "replicas: 2"
    assert replicas(*dev, "--set", "web.replicaCount=7") == "replicas: 7"


def test_release_and_namespace_are_the_charts_name_unless_said(charts: Path, chartgen: Call) -> None:
    def deployment(*flags: str) -> tuple[str, str]:
        found = parse(chartgen("template", "shop", *flags).out, "x")
        return next((m.name, m.namespace) for m in found if m.kind == "Deployment")

    assert deployment() == ("shop-web", "shop")
    assert deployment("--release", "blue", "-n", "green") == ("blue-shop-web", "green")


def test_the_notes_are_printed_instead(charts: Path, chartgen: Call) -> None:
    out = chartgen("template", "shop", "--notes").out
    assert "kind:" not in out
    assert "shop" in out


@pytest.mark.parametrize(
    "flags,code,told",
    [
        (
            ["-f", "none.yaml", "-f", "values"],
            1,
            ["none.yaml: there is no such file", "values: not a plain file"],
        ),
        (["--set", "web.replicaCount"], 2, ["has no value"]),
        (["--set", "web.replicaCount=-1"], 1, ["Helm refuses the chart", "web.replicaCount"]),
        (["--kube", "1.30"], 2, ["No such option '--kube'."]),
    ],
)
def test_what_is_wrong_is_told(
    flags: list[str], code: int, told: list[str], charts: Path, chartgen: Call
) -> None:
    ran = chartgen("template", "shop", *flags)
    assert (ran.code, ran.out) == (code, "")
    assert [text for text in told if text not in ran.err] == []


def test_an_unknown_chart_is_answered_with_the_near_one(charts: Path, chartgen: Call) -> None:
    ran = chartgen("template", "shpo")
    assert (ran.code, ran.err.splitlines()[2]) == (2, "      did you mean 'shop'?")


def test_values_may_come_through_a_pipe(charts: Path) -> None:
    """As a shell does it: `chartgen template shop -f <(decrypt values.yaml)`."""
    reading, writing = os.pipe()
    os.write(writing, b"web: {replicaCount: 8}\n")
    os.close(writing)
    command = [*COMMAND, "template", "shop", "-f", f"/dev/fd/{reading}"]
    out = subprocess.run(
        command, cwd=charts, env=environment(), pass_fds=[reading], check=True, capture_output=True
    ).stdout
    os.close(reading)
    assert b"replicas: 8\n" in out


def test_without_a_helm_the_way_to_one_is_told(charts: Path, tmp_path: Path) -> None:
    ran = run("template", "shop", cwd=charts, env=without_helm(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert "pip install 'chartgen[embedded]'" in ran.err
