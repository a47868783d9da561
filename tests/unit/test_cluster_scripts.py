"""The scripts of the test cluster, as far as they can be held without one."""

from __future__ import annotations

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from ci.cluster.parts import RELEASES
from tests.need import need

SCRIPTS = Path(__file__).resolve().parents[2] / "ci" / "cluster"
OWN = "DIR NET POD_NET SERVICE_NET PORTS BRIDGE".split()


def bash(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "CHARTGEN_"))}
    done = [need("bash"), *command]
    return subprocess.run(done, env={**kept, **settings}, capture_output=True, text=True, check=False)


def settings(**given: str) -> dict[str, str]:
    shown = "; ".join(f'echo "{name}=${name}"' for name in (*OWN, "API", "DNS"))
    done = bash("-ec", f". {SCRIPTS / 'settings.sh'}; {shown}", **given)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def test_clusters_with_different_numbers_share_nothing() -> None:
    found = [settings(CHARTGEN_CLUSTER=str(number)) for number in range(10)]
    for name in OWN:
        assert len({each[name] for each in found}) == 10, name
    # Each has four ports in a row.
    ports = sorted(int(each["PORTS"]) for each in found)
    assert min(b - a for a, b in pairwise(ports)) >= 4


def test_the_first_release_has_the_first_cluster_and_another_one_another() -> None:
    assert settings(CHARTGEN_KUBE=RELEASES[0]) == settings() == settings(CHARTGEN_CLUSTER="0")
    assert settings(CHARTGEN_KUBE=RELEASES[1]) == settings(CHARTGEN_CLUSTER="1")
    assert settings(CHARTGEN_KUBE=RELEASES[1], CHARTGEN_CLUSTER="4") == settings(CHARTGEN_CLUSTER="4")


@pytest.mark.parametrize("number", ["10", "-1", "x", "1 2"])
def test_what_is_no_number_of_a_cluster_is_refused(number: str) -> None:
    done = bash("-ec", f". {SCRIPTS / 'settings.sh'}", CHARTGEN_CLUSTER=number)
    assert (done.returncode, done.stdout) == (3, "")
    said = f"chartgen cluster: CHARTGEN_CLUSTER={number}: a cluster has a number from 0 to 9\n"
    assert done.stderr == said
