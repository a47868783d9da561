"""`chartgen diff`: what a person sees, where charts come from, and how it exits."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.disk import read_chart
from chartgen.package import archive
from tests.cli.conftest import Call
from tests.need import need


def git(*words: str) -> str:
    identity = ("-c", "user.name=us", "-c", "user.email=us@example.com", "-c", "commit.gpgsign=false")
    ran = subprocess.run([need("git"), *identity, *words], capture_output=True, text=True, check=True)
    return ran.stdout


@pytest.fixture
def released(charts: Path) -> Path:
    """A project whose charts have a tag, 0.1.0 of shop and 0.2.0 of wiki."""
    git("init", "-q", ".")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("tag", "shop-0.1.0")
    git("tag", "wiki-v0.2.0")
    return charts


def replace(path: str, old: str, new: str) -> None:
    file = Path(path)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_chart_that_is_as_it_was_is_safe(released: Path, chartgen: Call) -> None:
    ran = chartgen("diff", "last", "--chart", "shop")
    assert ran == (0, "shop 0.1.0 -> shop 0.1.0: nothing is different\nhelm upgrade: safe\n", "")


def test_what_changed_since_the_last_tag_under_the_overlays_of_the_project(
    released: Path, chartgen: Call
) -> None:
    replace("apps/shop/app.yaml", "1.4.0", "1.5.0")
    assert chartgen("generate").code == 0
    ran = chartgen("diff", "last", "--chart", "shop", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["level"], found["verdict"]) == (0, "minor", ["restarts pods"])
    assert found["overlays"] == ["default values", "values/dev.yaml", "values/production.yaml"]
    assert {change["kind"] for change in found["changes"]} >= {"application version", "image changed"}


@pytest.mark.parametrize("fail_on,code", [("major", 0), ("minor", 1), ("patch", 1), ("unsafe", 1), (None, 0)])
def test_it_fails_on_what_it_was_asked_to(
    released: Path, chartgen: Call, fail_on: str | None, code: int
) -> None:
    replace("apps/shop/app.yaml", "1.4.0", "1.5.0")
    chartgen("generate")
    asked = ("--fail-on", fail_on) if fail_on else ()
    assert chartgen("diff", "git:HEAD", "--chart", "shop", *asked).code == code


def test_nothing_is_checked_out_and_what_git_says_is_said(released: Path, chartgen: Call) -> None:
    replace("charts/shop/values.yaml", "replicaCount: 1", "replicaCount: 2")
    before = git("status", "--porcelain")
    assert "its default was 1 and is 2" in chartgen("diff", "git:HEAD", "--chart", "shop").out
    assert git("status", "--porcelain") == before
    ran = chartgen("diff", "git:nowhere", "--chart", "shop")
    assert (ran.code, "is it a repository with that revision?" in ran.err) == (3, True)


@pytest.mark.parametrize("revision", ["--output=x", "-v", ""])
def test_a_revision_is_never_an_option_of_git(released: Path, chartgen: Call, revision: str) -> None:
    ran = chartgen("diff", f"git:{revision}", "--chart", "shop")
    assert (ran.code, ran.out) == (3, "")
    assert not Path("x").exists()


def test_packages_folders_and_names_are_charts_with_no_project_too(
    charts: Path, chartgen: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "shop.tgz"
    package.write_bytes(archive(read_chart(charts / "charts/shop")))
    assert chartgen("diff", "shop", str(package)).code == 0
    monkeypatch.chdir(tmp_path)
    ran = chartgen("diff", str(package), str(charts / "charts/wiki"))
    assert (ran.code, "chart renamed" in ran.out) == (0, True)


def test_what_is_no_chart_or_is_not_said_is_told(charts: Path, chartgen: Call) -> None:
    assert chartgen("diff", "nothing").err.startswith("Error: this project has several charts\n")
    ran = chartgen("diff", "nothing", "shop")
    assert (ran.code, "nothing: there is no such chart" in ran.err) == (2, True)
    ran = chartgen("diff", "oci://127.0.0.1:1/shop:1.0.0", "shop", "--plain-http", "--retries", "0")
    assert (ran.code, ran.out) == (3, "")
    git("init", "-q", ".")
    ran = chartgen("diff", "last", "--chart", "shop")
    assert (ran.code, "shop: no version of it has a tag" in ran.err) == (3, True)


def tar(*entries: tuple[str, bytes], link: str = "") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as file:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            if link:
                entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, link, 0
            file.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


SHOP = ("shop/Chart.yaml", b"name: shop\nversion: 1.0.0\n")
# Made where they are needed: a .gz has the time of day in it, and a test has one name in every worker.
EVIL: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no package": lambda: b"not a package",
    "120 MiB of nothing": lambda: gzip.compress(b"\0" * (120 << 20), 9),
    "a way out": lambda: tar(("../Chart.yaml", b"")),
    "a link": lambda: tar(("shop/Chart.yaml", b""), link="/etc/passwd"),
    "no Chart.yaml": lambda: tar(("shop/values.yaml", b"")),
    "a template for a name": lambda: tar(("shop/Chart.yaml", b"name: {{ evil }}\nversion: 1.0.0\n")),
    "a path for a name": lambda: tar(("shop/Chart.yaml", b"name: ../../etc\nversion: 1.0.0\n")),
    "values that are no YAML": lambda: tar(SHOP, ("shop/values.yaml", b"a: [")),
    "a schema that is no JSON": lambda: tar(SHOP, ("shop/values.schema.json", b"{")),
    "a schema that is a list": lambda: tar(SHOP, ("shop/values.schema.json", b"[]")),
    "a schema without end": lambda: tar(
        SHOP, ("shop/values.schema.json", b'{"not":' * 900 + b"{}" + b"}" * 900)
    ),
}


@pytest.mark.parametrize("evil", EVIL)
def test_a_package_that_is_broken_or_evil_is_refused_in_words(
    charts: Path, chartgen: Call, tmp_path: Path, evil: str
) -> None:
    package = tmp_path / "evil.tgz"
    package.write_bytes(EVIL[evil]())
    ran = chartgen("diff", str(package), "shop")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err


def test_values_that_only_the_newer_version_takes_are_not_compared_and_exit_3(
    charts: Path, chartgen: Call
) -> None:
    Path("wrong.yaml").write_text("web: {replicas: 2}\n")
    ran = chartgen("diff", "shop", "shop", "-f", "wrong.yaml")
    assert ran.code == 3
    assert "NOT COMPARED under wrong.yaml: web.replicas: unknown field 'replicas'" in ran.out
