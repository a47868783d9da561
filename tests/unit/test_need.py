"""`need` finds a tool, skips loudly, or fails where the tool is demanded: never silently green."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ci.tools import pins
from tests import conftest
from tests.need import NEEDS, lacking, need

ABSENT = {"PATH": "", "CHARTGEN_CACHE": "/nonexistent"}


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def outcome(call: Callable[[], object]) -> tuple[str, str]:
    """How a call of `need` ends: skipped or failed, and what it says."""
    try:
        return "found", str(call())
    except pytest.skip.Exception as skipped:
        return "skipped", str(skipped)
    except pytest.fail.Exception as failed:
        return "failed", str(failed)


def test_a_missing_tool_skips_and_says_how_to_get_it() -> None:
    assert outcome(lambda: need("helm3", ABSENT)) == (
        "skipped",
        "helm3 is not here: `make tools` builds it (with Go), or set HELM_3=/path/to/it",
    )


@pytest.mark.parametrize("demand,how", [("", "skipped"), ("buildah", "failed"), ("all", "failed")])
def test_what_a_tool_cannot_do_without_counts_as_the_tool(demand: str, how: str) -> None:
    found, why = outcome(lambda: lacking("buildah", "no base", {"CHARTGEN_REQUIRE": demand}))
    assert (found, why.startswith("buildah is not here: no base")) == (how, True)


@pytest.mark.parametrize("demand", ["helm3", "helm", "all", "lint, helm"])
def test_a_missing_tool_that_is_demanded_fails(demand: str) -> None:
    how, why = outcome(lambda: need("helm3", {**ABSENT, "CHARTGEN_REQUIRE": demand}))
    assert how == "failed"
    assert why.endswith("or set HELM_3=/path/to/it (CHARTGEN_REQUIRE demands it)")


@pytest.mark.parametrize("demand", ["", "helm4", "lint,shells", "cluster"])
def test_a_demand_for_another_tool_leaves_it_a_skip(demand: str) -> None:
    assert outcome(lambda: need("helm3", {**ABSENT, "CHARTGEN_REQUIRE": demand}))[0] == "skipped"


@pytest.mark.parametrize("demand,how", [("all", "skipped"), ("cluster", "failed"), ("all,cluster", "failed")])
def test_a_cluster_is_demanded_by_its_name_alone(demand: str, how: str) -> None:
    assert outcome(lambda: need("cluster", {**ABSENT, "CHARTGEN_REQUIRE": demand}))[0] == how


def test_a_kubeconfig_that_is_not_for_tests_is_no_cluster(tmp_path: Path) -> None:
    config = program(tmp_path / "config")
    assert outcome(lambda: need("cluster", {**ABSENT, "KUBECONFIG": config}))[0] == "skipped"
    assert need("cluster", {**ABSENT, "CHARTGEN_KUBECONFIG": config}) == config
    gone = {**ABSENT, "CHARTGEN_KUBECONFIG": f"{config}.gone"}
    assert outcome(lambda: need("cluster", gone)) == (
        "failed",
        f"CHARTGEN_KUBECONFIG={config}.gone cannot be read",
    )


def test_a_misspelt_demand_fails_although_the_tool_is_there(tmp_path: Path) -> None:
    here = {"PATH": str(tmp_path), "CHARTGEN_REQUIRE": "shell"}
    program(tmp_path / "dash")
    how, why = outcome(lambda: need("dash", here))
    assert how == "failed"
    assert why.startswith("CHARTGEN_REQUIRE: nobody knows shell; known: all, ")


def test_a_variable_wins_over_the_cache_and_the_cache_over_the_path(tmp_path: Path) -> None:
    on_path = program(tmp_path / "path" / "helm4")
    tool = pins.BY_VARIABLE["HELM_4"]
    cached = program(pins.place(tool, "go1.26.8", tmp_path / "cache"))
    named = program(tmp_path / "mine")
    environment = {"PATH": str(tmp_path / "path"), "CHARTGEN_CACHE": str(tmp_path / "empty")}
    assert need("helm4", environment) == on_path
    environment["CHARTGEN_CACHE"] = str(tmp_path / "cache")
    assert need("helm4", environment) == cached
    environment["HELM_4"] = named
    assert need("helm4", environment) == named


def test_a_variable_that_leads_nowhere_fails_rather_than_skips(tmp_path: Path) -> None:
    environment = {**ABSENT, "KUBECONFORM": str(tmp_path / "gone")}
    how, why = outcome(lambda: need("kubeconform", environment))
    assert (how, why) == ("failed", f"KUBECONFORM={tmp_path}/gone is not a program that can be run")


def test_a_tool_of_another_version_in_the_cache_is_not_taken(tmp_path: Path) -> None:
    program(tmp_path / "tools" / "kubeconform-v0.0.1-go1.26.8-0123456789" / "kubeconform")
    assert outcome(lambda: need("kubeconform", {"PATH": "", "CHARTGEN_CACHE": str(tmp_path)}))[0] == "skipped"


def test_any_helm_is_the_newest_there_is(tmp_path: Path) -> None:
    assert outcome(lambda: need("helm", ABSENT))[0] == "skipped"
    environment = {**ABSENT, "PATH": str(tmp_path)}
    plain = program(tmp_path / "helm")
    assert need("helm", environment) == plain
    three = program(tmp_path / "helm3")
    assert need("helm", environment) == three
    environment["HELM_4"] = program(tmp_path / "mine")
    assert need("helm", environment) == environment["HELM_4"]


def test_checkov_counts_only_when_its_environment_is_complete(tmp_path: Path) -> None:
    environment = {"PATH": "", "CHARTGEN_CACHE": str(tmp_path)}
    stamp = pins.checkov_stamp(tmp_path)
    checkov = program(stamp.parent / "bin" / "checkov")
    assert outcome(lambda: need("checkov", environment))[0] == "skipped"
    stamp.touch()
    assert need("checkov", environment) == checkov


def test_a_python_module_is_found_by_its_name() -> None:
    assert Path(need("kubernetes_validate")).name == "__init__.py"


def test_mount_namespaces_are_asked_for_not_assumed(tmp_path: Path) -> None:
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "unshare").chmod(0o755)
    assert outcome(lambda: need("unshare-root", {"PATH": str(tmp_path)}))[0] == "skipped"


def test_every_tool_can_be_missing_and_says_so() -> None:
    modules = {name for name, tool in NEEDS.items() if tool.group == "python-extras"}
    said = {name: outcome(partial(need, name, ABSENT)) for name in NEEDS if name not in modules}
    assert {how for how, _ in said.values()} == {"skipped"}
    assert all(why.startswith(f"{name} is not here: ") for name, (_, why) in said.items())


def test_the_end_of_a_run_counts_the_tests_each_missing_tool_cost() -> None:
    def skipped(reason: str) -> pytest.TestReport:
        where = ("test_x.py", 1, f"Skipped: {reason}")
        return pytest.TestReport("test_x.py::test", ("test_x.py", 1, "test"), {}, "skipped", where, "call")

    told = conftest.missing_tools(
        [skipped("dash is not here: x"), skipped("dash is not here: x"), skipped("other")]
    )
    assert told == {"dash is not here: x": 2}


def test_what_a_test_counted_is_told_by_the_name_it_gave() -> None:
    def passed(*properties: tuple[str, object]) -> pytest.TestReport:
        return pytest.TestReport(
            "a", ("a", 1, "a"), {}, "passed", None, "call", user_properties=list(properties)
        )

    reports = [passed(("counted: things", "web: 3"), ("other", 1)), passed(), passed(("counted: things", 4))]
    assert conftest.counted(reports) == {"things": ["web: 3", "4"]}


def test_the_cache_is_where_the_environment_says() -> None:
    assert pins.cache({"CHARTGEN_CACHE": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/a")
    assert pins.cache({"XDG_CACHE_HOME": "/b"}) == Path("/b/chartgen")
    assert pins.cache({}) == Path("~/.cache/chartgen").expanduser()
