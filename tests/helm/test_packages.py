"""What chartgen packs is what Helm packs: the same to render, to show, and in its files."""

from __future__ import annotations

import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from chartgen import documents, package
from chartgen.disk import read_chart
from chartgen.engine import Engine
from chartgen.engine.binary import run
from chartgen.manifest import Case, Rendering
from chartgen.process import Ran
from tests.helm.conftest import BINARIES
from tests.helm.corpus import PROJECT, chart, foreign
from tests.need import need

FOLDER = PROJECT / "charts/ushadow"
OVERLAYS = [None, *sorted((PROJECT / "values").glob("*.yaml"))]


@pytest.fixture(params=BINARIES)
def helm(request: pytest.FixtureRequest) -> str:
    """Each Helm in turn."""
    return need(request.param)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """ushadow as `chartgen package` writes it."""
    found = read_chart(FOLDER)
    path = tmp_path / package.file_name(found)
    path.write_bytes(package.archive(found))
    return path


def asked(helm: str, home: Path, *arguments: object) -> str:
    ran: Ran = run([helm, *map(str, arguments)], home)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem if path else "defaults")
def test_the_package_renders_what_the_folder_renders(
    helm: str, packed: Path, tmp_path: Path, overlay: Path | None
) -> None:
    flags = ["--values", overlay] if overlay else []
    from_package, from_folder = (
        asked(helm, tmp_path, "template", "ushadow", source, "--namespace", "shadow", *flags)
        for source in (packed, FOLDER)
    )
    assert from_package.count("\nkind: ") > 10
    assert from_package == from_folder


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem if path else "defaults")
def test_the_same_command_prints_the_same_bytes_twice(
    helm: str, packed: Path, tmp_path: Path, overlay: Path | None
) -> None:
    command = ["template", "ushadow", packed, *(["--values", overlay] if overlay else [])]
    assert asked(helm, tmp_path, *command) == asked(helm, tmp_path, *command)


def test_helm_shows_what_is_in_the_package(helm: str, packed: Path, tmp_path: Path) -> None:
    shown = {what: asked(helm, tmp_path, "show", what, packed) for what in ("values", "chart", "readme")}
    values, readme = ((FOLDER / name).read_text("utf-8") for name in ("values.yaml", "README.md"))
    assert shown["values"].strip() == values.strip()
    assert shown["readme"].strip() == readme.strip()
    assert documents.load_all(shown["chart"], "shown") == [read_chart(FOLDER).metadata]


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem if path else "defaults")
def test_helm_finds_nothing_to_say_about_the_package(
    helm: str, packed: Path, tmp_path: Path, overlay: Path | None
) -> None:
    said = asked(helm, tmp_path, "lint", "--strict", packed, *(["--values", overlay] if overlay else []))
    assert "1 chart(s) linted, 0 chart(s) failed" in said
    assert not re.search(r"^\[", said, re.MULTILINE), said


def test_helm_packs_the_same_files(helm: str, packed: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    asked(helm, tmp_path, "package", FOLDER, "--destination", tmp_path / "theirs")
    theirs = read_chart(tmp_path / "theirs" / packed.name)
    ours = read_chart(packed)
    assert [file.path for file in theirs.files] == [file.path for file in ours.files]
    # Helm writes Chart.yaml anew, in its own order; every other file is there byte for byte.
    different = {a.path for a, b in zip(ours.files, theirs.files, strict=True) if a.data != b.data}
    assert different <= {"Chart.yaml"}
    assert theirs.metadata == ours.metadata


# A folder that tempts: names that sort otherwise by the path, what .helmignore leaves out, and a subchart.
SAME = """
    templates/a-b.yaml templates/a/x.yaml templates/Z.yaml templates/ä.yaml templates/_h.tpl
    templates/NOTES.txt files/x-y/2 files/a files.txt README.md LICENSE aaa zzz crds/c.yaml
    charts/one/README.md charts/one/values.yaml charts/one/templates/t.yaml
""".split()
LEFT_OUT = """
    secret templates/k.bak files/x/1 templates/.hidden/q templates/.dot charts/.hidden/x charts/_none/x
""".split()
HEADS = ("Chart.yaml", "Chart.lock")
AWKWARD = {
    ".helmignore": "secret\n*.bak\n/files/x/\n",
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\ndependencies:\n"
    "- {name: one, version: 1.0.0, repository: ''}\n",
    "Chart.lock": "dependencies: []\ndigest: sha256:0\ngenerated: '2026-01-01T00:00:00Z'\n",
    "values.yaml": "a: 1\n",
    "values.schema.json": "{}\n",
    "files/empty": "",
    "files/" + "long/" * 30 + "f": "# far\n",
    "charts/one/Chart.yaml": "apiVersion: v2\nname: one\nversion: 1.0.0\n",
    **{path: f"# {path}\n" for path in [*SAME, *LEFT_OUT]},
}


def contents(path: Path) -> dict[str, object]:
    """The files of an archive in their order; what Helm writes anew as what it says."""
    with tarfile.open(path) as tar:
        found = {member.name: stream.read() for member in tar if (stream := tar.extractfile(member))}
    return {
        name: documents.load_all(data.decode(), name) if name.endswith(HEADS) else data
        for name, data in found.items()
    }


def test_a_folder_becomes_what_helm_makes_of_it_in_helms_order(helm: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    for name, text in AWKWARD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "theirs").mkdir()
    asked(helm, tmp_path, "package", folder, "--destination", tmp_path / "theirs")
    ours = tmp_path / "ours.tgz"
    ours.write_bytes(package.archive(read_chart(folder)))
    theirs = contents(tmp_path / "theirs" / "shop-0.1.0.tgz")
    assert list(contents(ours)) == list(theirs)
    assert contents(ours) == theirs
    assert {name.removeprefix("shop/") for name in theirs} == AWKWARD.keys() - set(LEFT_OUT)


def test_tar_unpacks_the_package_to_the_folder(packed: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", packed, "-C", tmp_path], check=True)
    assert read_chart(tmp_path / "ushadow") == read_chart(FOLDER)


def values_in_a_template(engine: Engine, packed: bytes) -> Any:
    (found,) = engine.open(packed).render([Case()])
    assert isinstance(found, Rendering), found
    return documents.load_all(found.manifests[0].data["data"]["values"], "values")[0]


def test_the_values_of_a_foreign_chart_are_read_as_each_helm_reads_them(engine: Engine) -> None:
    text = "y: 1\n8080: http\nports: {443: https, no: x, 1.50: w, 0x10: h, 1e3: k}\n? off\n: last\n"
    echo = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {values: {{ toJson .Values | quote }}}\n"
    )
    changed = {"values_yaml": text, "templates__echo_yaml": echo, "templates__many_yaml": None}
    assert (
        values_in_a_template(engine, chart("traps", **changed)) == foreign("traps", **changed).default_values
    )
