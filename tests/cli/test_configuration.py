"""What chartgen.yaml says, a variable of the environment sets aside, and an option both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran
from tests.need import need

Call = Callable[..., Ran]


def configure(line: str) -> None:
    Path("chartgen.yaml").write_text(f"{Path('chartgen.yaml').read_text()}{line}\n")


def versions(ran: Ran) -> list[str]:
    return list(json.loads(ran.out)["kubernetes"])


def test_destination(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    need("helm_python")
    configure("destination: from-file")
    Path("sub").mkdir()
    monkeypatch.chdir("sub")  # what the file says is relative to it, what a person says is not
    assert chartgen("package", "wiki").out.startswith("../from-file/wiki-0.2.0.tgz ")
    monkeypatch.setenv("CHARTGEN_DESTINATION", "from-env")
    assert chartgen("package", "wiki").out.startswith("from-env/wiki-0.2.0.tgz ")
    assert chartgen("package", "wiki", "-d", "from-flag").out.startswith("from-flag/wiki-0.2.0.tgz ")


def test_snapshots(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    need("helm_python")
    configure("snapshots: from-file")
    assert chartgen("snapshot", "-u", "wiki").code == 0
    monkeypatch.setenv("CHARTGEN_SNAPSHOTS", "from-env")
    assert chartgen("snapshot", "-u", "wiki").code == 0
    assert chartgen("snapshot", "-u", "wiki", "--snapshots", "from-flag").code == 0
    assert all((Path(name) / "wiki" / "default").is_dir() for name in ("from-file", "from-env", "from-flag"))


def test_kube_versions(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    need("helm_python")
    lint = ("lint", "wiki", "--format", "json")
    assert versions(chartgen(*lint)) == ["1.29", "1.37"]
    monkeypatch.setenv("CHARTGEN_KUBE_VERSIONS", "1.31, 1.32 1.33")
    assert versions(chartgen(*lint)) == ["1.31", "1.32", "1.33"]
    assert versions(chartgen(*lint, "--kube-version", "1.34")) == ["1.34"]
    assert versions(chartgen(*lint, "--kubernetes-version", "1.34", "--kube-version", "1.35")) == [
        "1.34",
        "1.35",
    ]
    monkeypatch.setenv("CHARTGEN_KUBE_VERSIONS", "1.3")
    ran = chartgen(*lint)
    assert (ran.code, "'1.3' is not known here" in ran.err) == (2, True)


def test_strict(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    need("helm_python")
    app = Path("apps/wiki/app.yaml")
    app.write_text(app.read_text().replace("maintainers: [{name: us}]\n", ""))
    assert chartgen("generate", "wiki").code == 0
    assert chartgen("lint", "wiki").code == 0
    configure("strict: true")
    assert chartgen("lint", "wiki").code == 1
    monkeypatch.setenv("CHARTGEN_STRICT", "no")
    assert chartgen("lint", "wiki").code == 0
    assert chartgen("lint", "wiki", "--strict").code == 1
    monkeypatch.setenv("CHARTGEN_STRICT", "1")
    assert chartgen("lint", "wiki", "--no-strict").code == 0


def test_helm(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    configure("helm: bin/from-file")
    Path("sub").mkdir()
    monkeypatch.chdir("sub")
    assert chartgen("package").err.startswith("Error: ../bin/from-file is not an executable\n")
    monkeypatch.setenv("CHARTGEN_HELM", "from-env")
    assert chartgen("package").err.startswith("Error: from-env is not an executable\n")
    for name in ("package", "lint", "snapshot"):
        ran = chartgen(name, "--helm", "bin/from-flag")
        assert ran.code == 3
        assert "Error: bin/from-flag is not an executable\n" in ran.err
    assert "from-flag is not" in chartgen("template", "shop", "--helm", "from-flag").err


def test_a_helm_by_its_name_is_found_on_the_path(
    charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = need("helm4")
    Path("bin").mkdir()
    Path("bin/my-helm").symlink_to(helm)
    configure("helm: my-helm")
    monkeypatch.setenv("PATH", str(Path("bin").absolute()))
    assert chartgen("package", "wiki").code == 0
    configure("destination: again")
    text = Path("chartgen.yaml").read_text()
    Path("chartgen.yaml").write_text(text.replace("helm: my-helm", "helm: ./bin/my-helm"))
    monkeypatch.delenv("PATH")
    assert chartgen("package", "wiki").code == 0


def test_color(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("charts/wiki/README.md").write_text("mine\n")
    generate = ("generate", "--check", "wiki")
    assert "\x1b[" not in chartgen(*generate).out  # no terminal
    monkeypatch.setenv("CHARTGEN_COLOR", "always")
    assert "\x1b[31m-mine\x1b[0m" in chartgen(*generate).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m-mine\x1b[0m" in chartgen(*generate).out  # it was asked for in so many words
    assert "\x1b[" not in chartgen(*generate, "--color", "never").out


def test_an_empty_variable_says_nothing(
    charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("helm_python")
    for name in ("HELM", "CONFIG", "KUBE_VERSIONS", "STRICT", "COLOR"):
        monkeypatch.setenv(f"CHARTGEN_{name}", "")
    assert versions(chartgen("lint", "wiki", "--format", "json")) == ["1.29", "1.37"]


def test_config(charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file is here, or above, or where the environment says, or where the option says."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    missing = (
        "Error: there is no chartgen.yaml in this folder or above it\n"
        "`chartgen init NAME --image IMAGE` makes one; --config names one elsewhere\n"
    )
    for name in ("generate", "lint", "package", "snapshot"):
        assert chartgen(name) == (1, "", missing)
    assert chartgen("template", "shop") == (1, "", missing)
    assert chartgen("generate", "--config", "../charts/chartgen.yaml").out.startswith(
        "../charts/charts/shop: "
    )
    monkeypatch.setenv("CHARTGEN_CONFIG", str(charts / "chartgen.yaml"))
    assert chartgen("generate").out.startswith(f"{charts}/charts/shop: up to date\n")
    assert chartgen("generate", "--config", "none.yaml") == (
        1,
        "",
        "Error: none.yaml: there is no such file\ncheck the path\n",
    )


def test_the_nearest_project_is_taken_also_by_its_hidden_name(
    charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("chartgen.yaml").rename(".chartgen.yaml")
    Path("a/b").mkdir(parents=True)
    monkeypatch.chdir("a/b")
    assert chartgen("generate", "wiki").out == "../../charts/wiki: up to date\n"
    (charts / "a" / "chartgen.yaml").write_text("charts: {}\n")
    ran = chartgen("generate")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: ../chartgen.yaml: 1 problem")


def test_a_project_file_that_is_wrong_is_told_with_every_line(project: Path, chartgen: Call) -> None:
    configure("helmm: x\nkubeVersions: 1.30")
    ran = chartgen("generate")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: chartgen.yaml cannot be used: 1 problem\n  chartgen.yaml:13:1: the key")


def test_a_project_file_with_an_unknown_key_is_answered_with_the_near_one(
    project: Path, chartgen: Call
) -> None:
    configure("destinaton: x")
    ran = chartgen("lint")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Error: chartgen.yaml: 1 problem\n  chartgen.yaml:12 destinaton: unknown key 'destinaton'\n"
        "      did you mean 'destination'?\n"
    )
