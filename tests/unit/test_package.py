"""A package is the same bytes everywhere, reads back as what was packed, and a hostile one is refused."""

from __future__ import annotations

import gzip
import io
import random
import re
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartgen import package
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError
from tests.need import need

HEAD = ChartFile("Chart.yaml", b"apiVersion: v2\nname: shop\nversion: 0.1.0\n")
LONG = "files/" + "x" * 60 + "/" + "y" * 90 + ".txt"
OBJECT = "apiVersion: v1\nkind: Namespace\nmetadata: {name: one}\n"
UNICODE = "files/grüße ✓.txt"
CHART = Chart.of(
    [
        ChartFile(
            "templates/b.yaml", b"apiVersion: v1\nkind: Namespace\nmetadata: {name: {{ .Values.a }}}\n"
        ),
        ChartFile("README.md", b""),
        HEAD,
        ChartFile("values.yaml", b"a: one\n"),
        ChartFile("files/big.bin", bytes(range(256)) * 1024),
        ChartFile(LONG, b"long\n"),
        ChartFile(UNICODE, b"unicode\n"),
        ChartFile("templates/a.yaml", b"{{ if .Values.none }}{{ end }}"),
    ]
)


def test_the_bytes_are_these() -> None:
    """Held as a digest: whatever changes it changes what every user has published."""
    assert package.digest(package.archive(CHART)) == (
        "sha256:645bb4d7952a55c4bde05b1b93ad0757f717e3e7b01a62d800082b3822a564e3"
    )


def test_no_order_of_files_matters() -> None:
    files = list(CHART.files)
    random.Random(3).shuffle(files)
    assert package.archive(Chart(CHART.name, CHART.version, tuple(files))) == package.archive(CHART)


def test_no_compressor_has_a_say() -> None:
    """Stored blocks: the data stands in the stream as it is, behind a fixed head."""
    packed = package.archive(CHART)
    assert packed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    plain = gzip.decompress(packed)
    assert packed[15 : 15 + 65535] == plain[:65535]
    assert packed[-8:-4] == zlib.crc32(plain).to_bytes(4, "little")


def test_entries_say_nothing_of_who_packed_them_and_stand_in_helms_order() -> None:
    with tarfile.open(fileobj=io.BytesIO(package.archive(CHART))) as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == [
        "shop/Chart.yaml",
        "shop/values.yaml",
        "shop/templates/a.yaml",
        "shop/templates/b.yaml",
        "shop/README.md",
        "shop/files/big.bin",
        f"shop/{UNICODE}",
        f"shop/{LONG}",
    ]
    said = {(m.mode, m.uid, m.gid, m.uname, m.gname, m.mtime, m.type) for m in members}
    assert said == {(0o644, 0, 0, "", "", 0, tarfile.REGTYPE)}


def test_files_stand_folder_by_folder_and_subcharts_last_each_like_a_chart() -> None:
    """As Helm walks a folder: `a/x` before `a-b`, where an order of whole paths has `a-b` first."""
    paths = [
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "templates/_h.tpl",
        "templates/a/x.yaml",
        "templates/a-b.yaml",
        ".helmignore",
        "files/x/1",
        "files/x-y",
        "files.txt",
        "templates",
        "charts/a.tgz",
        "charts/one/Chart.yaml",
        "charts/one/values.yaml",
        "charts/one/templates/t.yaml",
        "charts/one/README.md",
        "charts/one/charts/deep/Chart.yaml",
        "charts/one/charts/deep/a",
        "charts/one-more/Chart.yaml",
    ]
    files = [HEAD if path == "Chart.yaml" else ChartFile(path, b"") for path in paths]
    random.Random(5).shuffle(files)
    with tarfile.open(fileobj=io.BytesIO(package.archive(Chart("shop", "1.0.0", tuple(files))))) as tar:
        assert tar.getnames() == [f"shop/{path}" for path in paths]


def test_the_epoch_dates_the_entries_and_the_stream() -> None:
    packed = package.archive(CHART, 1_700_000_000)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert {member.mtime for member in tar} == {1_700_000_000}
    assert packed[4:8] == (1_700_000_000).to_bytes(4, "little")


def test_python_reads_back_what_was_packed() -> None:
    with tarfile.open(fileobj=io.BytesIO(package.archive(CHART))) as tar:
        found = {m.name.removeprefix("shop/"): tar.extractfile(m) for m in tar.getmembers()}
        assert {name: stream.read() for name, stream in found.items() if stream} == {
            file.path: file.data for file in CHART.files
        }


@given(
    st.dictionaries(
        st.text("abc-_. ü✓/", min_size=1, max_size=130).filter(
            lambda name: {"", ".", ".."}.isdisjoint(name.split("/"))
        ),
        st.binary(max_size=700),
        max_size=4,
    )
)
def test_what_is_packed_is_what_is_opened(files: dict[str, bytes]) -> None:
    chart = Chart.of([HEAD, *(ChartFile(f"d/{name}", data) for name, data in files.items())])
    assert package.opened(package.archive(chart)) == chart.files


@pytest.mark.parametrize("tool", ["helm3.18", "helm3", "helm4"])
def test_helm_reads_the_package(tool: str, tmp_path: Path) -> None:
    helm = need(tool)
    path = tmp_path / package.file_name(CHART)
    path.write_bytes(package.archive(CHART))

    def said(*command: str) -> str:
        done = subprocess.run([helm, *command], capture_output=True, check=True, text=True)
        return done.stdout

    assert said("show", "chart", str(path)) == "apiVersion: v2\nname: shop\nversion: 0.1.0\n\n"
    assert said("show", "values", str(path)) == "a: one\n\n"
    assert said("template", "x", str(path)) == f"---\n# Source: shop/templates/b.yaml\n{OBJECT}"


@pytest.mark.parametrize("tool", ["helm3", "helm4"])
def test_helm_finds_every_byte_of_every_file(tool: str, tmp_path: Path) -> None:
    """Helm itself says the sums of the files, through a template."""
    helm = need(tool)
    template = (
        b"{{ range $p, $d := .Files }}# {{ $p }}: {{ $d | toString | sha256sum }}\n{{ end }}kind: Sums\n"
    )
    path = tmp_path / "shop.tgz"
    path.write_bytes(package.archive(Chart.of([*CHART.files, ChartFile("templates/z.yaml", template)])))
    command = [helm, "template", "x", str(path), "--show-only", "templates/z.yaml"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found = dict(re.findall(r"# (.*): ([0-9a-f]{64})\n", done.stdout))
    own = {file.path: file.data for file in CHART.files if file.path.startswith(("files/", "README"))}
    assert found == {path: sha256(data).hexdigest() for path, data in own.items()}


def test_the_embedded_helm_reads_the_package() -> None:
    need("helm_python")
    from chartgen.engine.embedded import Embedded
    from chartgen.manifest import Case, Rendering

    (answer,) = Embedded().open(package.archive(CHART)).render([Case()])
    assert isinstance(answer, Rendering)
    assert answer.texts["templates/b.yaml"] == OBJECT


def test_a_chart_of_thousands_of_files_is_packed_and_opened() -> None:
    chart = Chart.of([HEAD, *(ChartFile(f"templates/{n:05}.yaml", b"x" * n) for n in range(3000))])
    packed = package.archive(chart)
    assert package.opened(packed) == chart.files


# Archives that nobody should trust.


def _tgz(add: Callable[[tarfile.TarFile], None]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        add(tar)
    return packed.getvalue()


def _entry(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, len(data), "/etc/passwd"
    return _tgz(lambda tar: tar.addfile(info, io.BytesIO(data)))


def _twice(tar: tarfile.TarFile) -> None:
    for _ in range(2):
        tar.addfile(tarfile.TarInfo("shop/values.yaml"))


def _two_folders(tar: tarfile.TarFile) -> None:
    for name in ("shop/Chart.yaml", "other/values.yaml"):
        tar.addfile(tarfile.TarInfo(name))


def _claims(size: int) -> bytes:
    """A header that promises `size` bytes, and not one of them."""
    info = tarfile.TarInfo("shop/values.yaml")
    info.size = size
    return gzip.compress(info.tobuf() + bytes(1024))


def _nested_headers() -> bytes:
    header = package._part(b"././@PaxHeader", package._pax("path", b"x"), 0, b"x")
    return gzip.compress(header * 5000)


HOSTILE = {
    "nothing": (b"", "empty file"),
    "not gzip": (b"PK\x03\x04 a zip", "Not a gzipped file"),
    "no tar": (gzip.compress(b"hello" * 400), "invalid header"),
    "cut off in the middle": (package.archive(CHART)[:70000], "ended before"),
    "no sum at the end": (package.archive(CHART)[:-8], "ended before"),
    "a wrong sum": (package.archive(CHART)[:-8] + bytes(8), "CRC check failed"),
    "cut off in a file": (gzip.compress(gzip.decompress(package.archive(CHART))[:3000]), "unexpected end"),
    "a path upwards": (_entry("shop/../../evil"), "'shop/../../evil' is no path of a chart"),
    "an absolute path": (_entry("/evil"), "'/evil' is no path of a chart"),
    "a backslash": (_entry("shop/..\\evil"), "is no path of a chart"),
    "a line break": (_entry("shop/a\nb"), "is no path of a chart"),
    "a file beside the folder": (_entry("evil"), "'evil' is in no folder"),
    "two folders": (_tgz(_two_folders), "more than one folder: other, shop"),
    "a name twice": (_tgz(_twice), "'shop/values.yaml' stands in it twice"),
    "a symbolic link": (_entry("shop/x", tarfile.SYMTYPE), "neither a plain file nor a folder"),
    "a hard link": (_entry("shop/x", tarfile.LNKTYPE), "neither a plain file nor a folder"),
    "a device": (_entry("shop/x", tarfile.CHRTYPE), "neither a plain file nor a folder"),
    "a pipe": (_entry("shop/x", tarfile.FIFOTYPE), "neither a plain file nor a folder"),
    "ten gigabytes, promised": (_claims(10 << 30), "unexpected end of data"),
    "a large file": (_entry("shop/x", data=bytes(package.FILE_LIMIT + 1)), "larger than 5 MiB"),
    "headers of headers": (_nested_headers(), "headers"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_chart_is_refused(name: str) -> None:
    packed, reason = HOSTILE[name]
    with pytest.raises(ChartgenError) as caught:
        package.opened(packed)
    assert caught.value.message.startswith("not a packed chart: ")
    assert reason in caught.value.message
    assert caught.value.hint


def test_a_bomb_is_left_before_it_has_gone_off() -> None:
    """A hundred kilobytes, which would unpack to 115 MiB, are not unpacked to the end."""
    head = tarfile.TarInfo("shop/zeros")
    head.size = 2 << 30
    bomb = gzip.compress(head.tobuf() + bytes(115 << 20), 9)
    assert len(bomb) < 200_000
    with pytest.raises(ChartgenError, match="unpacks to more than 100 MiB"):
        package.opened(bomb)


@given(st.data())
def test_a_damaged_package_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    plain = bytearray(gzip.decompress(package.archive(Chart.of([HEAD, ChartFile(UNICODE, b"x")]))))
    for _ in range(data.draw(st.integers(1, 6))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = package.opened(gzip.compress(bytes(plain), 0))
    except ChartgenError:
        return
    assert all(isinstance(file, ChartFile) for file in found)


def test_folders_in_an_archive_are_no_files() -> None:
    def add(tar: tarfile.TarFile) -> None:
        folder = tarfile.TarInfo("./shop/templates/")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        tar.addfile(tarfile.TarInfo("./shop/Chart.yaml"))

    assert package.opened(_tgz(add)) == (ChartFile("Chart.yaml", b""),)


def test_the_name_of_a_package_is_helms() -> None:
    assert package.file_name(CHART) == "shop-0.1.0.tgz"
