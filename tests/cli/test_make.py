"""`chartgen make`: the same as generate, lint and package one after the other, with nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran, state
from tests.need import need

Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def test_it_writes_and_says_what_the_three_commands_do(project: Path, chartgen: Call) -> None:
    ran = chartgen("make")
    assert (ran.code, ran.err) == (0, "")
    made = state(project)
    three = [chartgen("generate"), chartgen("lint"), chartgen("package")]
    assert [one.code for one in three] == [0, 0, 0]
    assert ran.out.splitlines()[2:] == "".join(one.out for one in three[1:]).splitlines()
    assert chartgen("make").out == "".join(one.out for one in three)
    assert state(project) == made


def test_one_chart_can_be_chosen_and_put_elsewhere(project: Path, chartgen: Call) -> None:
    assert chartgen("make", "wiki", "-d", "build").code == 0
    assert sorted(path.name for path in Path("build").iterdir()) == ["wiki-0.2.0.json", "wiki-0.2.0.tgz"]
    assert [path.name for path in Path("charts").iterdir()] == ["wiki"]


def test_a_chart_that_is_wrong_is_not_packed(charts: Path, chartgen: Call) -> None:
    Path("values/dev.yaml").write_text("web: {replicaCount: many}\n")
    ran = chartgen("make", "shop")
    assert (ran.code, ran.err) == (1, "")
    assert "replicaCount" in ran.out
    assert not Path("dist").exists()


def test_an_edit_of_a_person_stops_it(charts: Path, chartgen: Call) -> None:
    with Path("charts/shop/values.yaml").open("a") as file:
        file.write("mine: true\n")
    ran = chartgen("make", "shop")
    assert ran.code == 1
    assert "edited files were kept: charts/shop/values.yaml" in ran.err
    assert not Path("dist").exists()


def test_an_app_that_is_wrong_leaves_everything_as_it_was(charts: Path, chartgen: Call) -> None:
    path = Path("apps/shop/app.yaml")
    path.write_text(path.read_text() + "nonsense: 1\n")
    before = state(charts)
    ran = chartgen("make")
    assert ran.code == 1
    assert "unknown key 'nonsense'" in ran.err
    assert state(charts) == before


def test_without_an_engine_nothing_is_packed(charts: Path, chartgen: Call) -> None:
    ran = chartgen("make", "--helm", "no/such/helm")
    assert ran.code == 3
    assert "no/such/helm" in ran.err
    assert not Path("dist").exists()
