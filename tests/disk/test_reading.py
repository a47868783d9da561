"""What is read from a disk may be hostile, and never makes us wait, follow, or run out of memory."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen import package
from chartgen.chart import Chart, ChartFile
from chartgen.disk import read_app, read_chart, read_folder, read_text, read_values
from chartgen.errors import ChartgenError, ModelError
from tests.need import need

APP = """apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: A shop
components:
  web:
    image: {repository: acme/shop}
    volumes: {data: {path: /data}}
volumes: {data: {}}
seeds:
  data: {volume: data, component: web, folder: config}
"""
HEAD = "apiVersion: v2\nname: shop\nversion: 0.1.0\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "config" / "deep").mkdir(parents=True)
    (folder / "app.yaml").write_text(APP)
    (folder / "config" / "a.yaml").write_text("a: 1\n")
    return folder


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(HEAD)
    return folder


def problems(read: Callable[[Path], object], path: Path) -> list[str]:
    """What is wrong below `path`, without the temporary folder's name."""
    with pytest.raises(ChartgenError) as caught:
        read(path)
    told = caught.value.problems or [caught.value]
    return [str(problem).splitlines()[0].replace(f"{path.parent}/", "") for problem in told]


def _socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(before)


STRANGE: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": _socket,
    "link-to-a-file": lambda path: path.symlink_to("/etc/passwd"),
    "link-to-a-folder": lambda path: path.symlink_to("/"),
    "link-to-nowhere": lambda path: path.symlink_to("nowhere"),
    "link-to-itself": lambda path: path.symlink_to(path.name),
    "link-to-its-folder": lambda path: path.symlink_to("."),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_plain_file_is_refused_in_an_application_and_in_a_chart(
    name: str, app: Path, chart: Path
) -> None:
    STRANGE[name](app / "config" / "deep" / name)
    STRANGE[name](chart / "templates" / name)
    what = "neither a plain file nor a folder"
    assert problems(read_app, app) == [f"app/config/deep/{name}: {what}"]
    assert problems(read_chart, chart) == [f"shop/templates/{name}: {what}"]


def test_devices_are_refused(chart: Path) -> None:
    need("unshare-root")
    os.mknod(chart / "templates" / "zero", 0o666 | 0o020000, os.makedev(1, 5))
    assert problems(read_chart, chart) == ["shop/templates/zero: neither a plain file nor a folder"]


def test_everything_that_is_wrong_is_told_at_once(app: Path) -> None:
    os.mkfifo(app / "config" / "pipe")
    (app / "config" / "big").write_bytes(bytes(package.FILE_LIMIT + 1))
    (app / "config" / "a\\b").touch()
    (app / "config" / "line\nbreak").touch()
    os.close(os.open(os.fsencode(app / "config") + b"/\xff", os.O_CREAT))
    assert sorted(problems(read_app, app)) == [
        r"'app/config/\udcff': its name is not UTF-8",
        r"'app/config/a\\b': its name holds '\\'",
        r"'app/config/line\nbreak': its name holds '\n'",
        "app/config/big: larger than 5 MiB",
        "app/config/pipe: neither a plain file nor a folder",
    ]


def test_files_that_are_too_much_together_are_refused(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chartgen.disk.tree.TOTAL_LIMIT", 2 * package.MIB)
    for name in "abc":
        (chart / name).write_bytes(bytes(package.MIB))
    assert problems(read_chart, chart) == ["shop/b: with it the files are larger than 2 MiB"]


def test_the_names_of_files_may_be_anything_that_is_text(app: Path) -> None:
    (app / "config" / "deep" / "grüße ✓.txt").write_bytes(b"\xff\x00")
    assert read_app(app).files == (
        ("config/a.yaml", b"a: 1\n"),
        ("config/deep/grüße ✓.txt", b"\xff\x00"),
    )


def test_the_order_of_the_disk_does_not_matter(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("z", "deep/z", "B", "_", "ä"):
        (app / "config" / name).write_text(name)
    found = read_app(app)
    scandir = os.scandir
    monkeypatch.setattr("os.scandir", lambda path: sorted(scandir(path), key=lambda e: e.name, reverse=True))
    assert read_app(app) == found
    assert [path for path, _ in found.files] == sorted(path for path, _ in found.files)


def test_a_folder_that_is_not_there_or_is_reached_through_a_link_is_refused(app: Path) -> None:
    (app / "config").rename(app / "elsewhere")
    assert problems(read_app, app) == ["app/config: there is no such folder"]
    (app / "config").symlink_to("elsewhere")
    assert problems(read_app, app) == ["app/config: there is no such folder"]


def test_a_folder_and_a_file_that_may_not_be_read_are_told(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read anything: the refusals come from a stand-in for the kernel."""
    really_open, really_scan = os.open, os.scandir

    def refusing_open(path: Path, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("a.yaml"):
            raise PermissionError(13, "Permission denied")
        return really_open(path, flags, mode)

    def refusing_scan(path: Path) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return really_scan(path)

    monkeypatch.setattr("os.open", refusing_open)
    monkeypatch.setattr("os.scandir", refusing_scan)
    assert problems(read_app, app) == [
        "app/config/deep: Permission denied",
        "app/config/a.yaml: Permission denied",
    ]
    assert problems(read_text, app / "config" / "a.yaml") == ["a.yaml: Permission denied"]


@pytest.mark.parametrize(
    "make,told",
    [
        (lambda path: None, "there is no such file"),
        (os.mkfifo, "not a plain file"),
        (Path.mkdir, "not a plain file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a plain file"),
        (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
        (lambda path: path.write_bytes(bytes(package.MIB + 1)), "larger than 1 MiB"),
    ],
    ids=["nothing", "pipe", "folder", "device", "loop", "large"],
)
def test_a_file_that_a_person_should_have_written_is_none(
    make: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    make(tmp_path / "values.yaml")
    assert problems(read_values, tmp_path / "values.yaml") == [f"values.yaml: {told}"]


def test_values_may_come_through_a_pipe_where_a_person_names_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a: 1\n")
    os.close(writing)
    assert read_values(Path(f"/dev/fd/{reading}"), waits=True) == {"a": 1}
    os.close(reading)


@pytest.mark.parametrize(
    "text,told",
    [
        ("- a\n", "values.yaml:1: not a mapping"),
        ("a: 1\na: 2\nb: !!python/x 1\n", "values.yaml:2:1: the key 'a' stands twice"),
        ("a: [\n", "values.yaml:2:1: while parsing a flow node"),
    ],
)
def test_values_that_are_none_are_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(text)
    assert problems(read_values, tmp_path / "values.yaml")[0].startswith(told)


def test_empty_values_are_values(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("# nothing\n")
    assert read_values(tmp_path / "values.yaml") == {}


def test_an_application_is_read_from_its_file_as_from_its_folder(app: Path) -> None:
    assert read_app(app / "app.yaml") == read_app(app)


# Charts


def test_a_chart_is_the_same_from_its_folder_and_from_its_package(chart: Path) -> None:
    (chart / ".helmignore").write_text("*.bak\nold/\n")
    for name in ("values.yaml", "templates/a.yaml", "templates/a.bak", "old/x", ".chartgen.json"):
        (chart / name).parent.mkdir(exist_ok=True)
        (chart / name).write_text("{}\n")
    (chart / "templates" / ".chartgen-tmp-0123456789ab").touch()
    os.mkfifo(chart / "old" / "pipe")  # nobody looks at what is left out
    found = read_chart(chart)
    assert [file.path for file in found.files] == [
        ".helmignore",
        "Chart.yaml",
        "templates/a.yaml",
        "values.yaml",
    ]
    (chart.parent / "shop.tgz").write_bytes(package.archive(found))
    assert read_chart(chart.parent / "shop.tgz") == found


@pytest.mark.parametrize(
    "head,told",
    [
        (None, "shop: there is no Chart.yaml in it"),
        ("- a\n", "shop/Chart.yaml: name is None"),
        ("name: ../evil\nversion: 0.1.0\n", "shop/Chart.yaml: name is '../evil'"),
        ("name: shop\nversion: 1/2\n", "shop/Chart.yaml: version is '1/2'"),
        ("name: shop\n", "shop/Chart.yaml: version is None"),
        ("name: 12\nversion: 0.1.0\n", "shop/Chart.yaml: name is 12"),
        ("name: [\n", "shop/Chart.yaml:2:1: while parsing a flow node"),
    ],
)
def test_a_chart_without_a_name_that_can_be_trusted_is_refused(
    head: str | None, told: str, chart: Path
) -> None:
    (chart / "Chart.yaml").unlink()
    if head is not None:
        (chart / "Chart.yaml").write_text(head)
    assert problems(read_chart, chart)[0].startswith(told)


def test_a_helmignore_that_helm_refuses_is_refused_with_its_line(chart: Path) -> None:
    (chart / ".helmignore").write_text("ok\n**\n")
    assert problems(read_chart, chart) == ["shop/.helmignore:2: '**': ** is not supported"]


def test_a_package_that_is_none_is_refused_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_bytes(b"hello")
    assert problems(read_chart, tmp_path / "x.tgz") == [
        "x.tgz: not a packed chart: Not a gzipped file (b'he')"
    ]
    assert problems(read_chart, tmp_path / "none.tgz") == ["none.tgz: there is no such file"]
    hostile = package.archive(Chart("shop", "0.1.0", (ChartFile("Chart.yaml", b"name: [\n"),)))
    (tmp_path / "y.tgz").write_bytes(hostile)
    with pytest.raises(ModelError):
        read_chart(tmp_path / "y.tgz")


def test_a_folder_of_texts_is_read_without_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "a" / ".git").mkdir(parents=True)
    (tmp_path / "a" / ".git" / "x").touch()
    (tmp_path / "a" / "b.yaml").write_bytes(b"\xff ok")
    assert read_folder(tmp_path) == {"a/b.yaml": "\ufffd ok"}
    assert read_folder(tmp_path / "none") == {}
    (tmp_path / "a" / "link").symlink_to("b.yaml")
    assert problems(read_folder, tmp_path) == [f"{tmp_path.name}/a/link: neither a plain file nor a folder"]
