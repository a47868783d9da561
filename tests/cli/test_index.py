"""`chartgen index`: the index of a chart repository; Helm reads it, and writes the same."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from chartgen.package import archive
from tests.cli.command import Ran
from tests.need import need
from tests.registry.publisher import chart, packed

Call = Callable[..., Ran]
URL = "https://example.com/charts"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for version in ("0.9.0", "0.10.0", "0.10.0-rc.1"):
        packed(tmp_path / "out", version)
    return tmp_path / "out"


def index(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "index.yaml").read_text())
    return found


def versions(folder: Path, name: str = "shop") -> list[str]:
    return [entry["version"] for entry in index(folder)["entries"][name]]


def test_the_newest_stands_first_and_the_same_packages_give_the_same_bytes(
    folder: Path, chartgen: Call
) -> None:
    first = chartgen("index", "out", "--url", URL)
    assert (first.code, versions(folder)) == (0, ["0.10.0", "0.10.0-rc.1", "0.9.0"])
    before = (folder / "index.yaml").read_bytes()
    assert chartgen("index", "out", "--url", URL) == first
    assert (folder / "index.yaml").read_bytes() == before


@pytest.mark.parametrize("tool", ["helm3", "helm4"])
def test_helm_writes_the_same_entries(tool: str, folder: Path, chartgen: Call) -> None:
    (folder / "below").mkdir()
    (folder / "below/other-1.0.0.tgz").write_bytes(archive(chart("1.0.0", name="other")))
    assert chartgen("index", "out", "--url", URL).code == 0
    ours = index(folder)
    (folder / "index.yaml").unlink()
    subprocess.run([need(tool), "repo", "index", "out", "--url", URL], check=True, capture_output=True)
    theirs = index(folder)
    for found in (ours, theirs):
        del found["generated"]
        for entries in found["entries"].values():
            for entry in entries:
                assert entry.pop("created")
    assert ours == theirs


def test_what_the_index_has_already_stays(folder: Path, chartgen: Call) -> None:
    old = {
        "name": "shop",
        "version": "0.1.0",
        "urls": ["https://elsewhere/shop-0.1.0.tgz"],
        "digest": "1" * 64,
        "x": 1,
    }
    other = {"name": "other", "version": "1.0.0", "urls": ["o.tgz"], "created": "2020-01-01T00:00:00Z"}
    before = {"apiVersion": "v1", "annotations": {"a": "b"}, "entries": {"shop": [old], "other": [other]}}
    (folder / "index.yaml").write_text(yaml.safe_dump(before))
    assert chartgen("index", "out").code == 0
    found = index(folder)
    assert found["annotations"] == {"a": "b"}
    assert found["entries"]["other"] == [other]
    assert found["entries"]["shop"][-1] == old
    assert versions(folder) == ["0.10.0", "0.10.0-rc.1", "0.9.0", "0.1.0"]
    assert found["generated"] == "2020-01-01T00:00:00Z"


def test_a_version_that_is_listed_with_another_content_is_refused(folder: Path, chartgen: Call) -> None:
    assert chartgen("index", "out").code == 0
    before = (folder / "index.yaml").read_bytes()
    packed(folder, "0.9.0", "two")
    ran = chartgen("index", "out")
    assert ran.code == 1
    assert "shop-0.9.0.tgz: shop 0.9.0 is listed with the digest " in ran.err
    assert (folder / "index.yaml").read_bytes() == before


@pytest.mark.parametrize("text", ["[]", "entries: 1", "entries: {shop: [1]}", "entries: {shop: 1}"])
def test_what_is_no_index_is_told_and_stays(text: str, folder: Path, chartgen: Call) -> None:
    (folder / "index.yaml").write_text(text)
    ran = chartgen("index", "out")
    assert (ran.code, "it is no index of a chart repository" in ran.err) == (1, True)
    assert (folder / "index.yaml").read_text() == text


@pytest.mark.parametrize("tool", ["helm3", "helm4"])
def test_helm_pulls_by_the_index(
    tool: str, folder: Path, chartgen: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = need(tool)
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        assert chartgen("index", "out", "--url", url).code == 0
        monkeypatch.setenv("HOME", str(tmp_path))
        asked = [helm, "pull", "shop", "--repo", url, "--version", "0.10.0"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "shop-0.10.0.tgz").read_bytes() == (folder / "shop-0.10.0.tgz").read_bytes()
