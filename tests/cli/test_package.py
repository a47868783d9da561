"""`chartgen package`: the bytes that an engine has verified, the same everywhere, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.command import ROOT, Ran, run, state, without_helm
from tests.need import need

Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def test_every_chart_is_packed_and_its_digest_is_told(charts: Path, chartgen: Call) -> None:
    ran = chartgen("package")
    packages = [Path("dist/shop-0.1.0.tgz"), Path("dist/wiki-0.2.0.tgz")]
    lines = [f"{path} sha256:{sha256(path.read_bytes()).hexdigest()}\n" for path in packages]
    assert ran == (0, "".join(lines), "")
    beside = [path.with_suffix(".json") for path in packages]
    assert sorted(Path("dist").iterdir()) == sorted([*packages, *beside])


def test_what_is_there_already_is_not_written_again(charts: Path, chartgen: Call) -> None:
    first = chartgen("package")
    before = state(charts)
    assert chartgen("package") == first
    assert state(charts) == before


def test_the_bytes_are_the_same_on_a_strange_machine(charts: Path, chartgen: Call) -> None:
    assert chartgen("package", "-d", "here").code == 0
    for path in Path("charts").rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o777 if path.is_dir() else 0o755)
    env = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    mask = os.umask(0o077)
    try:
        assert run("package", "-d", "there", cwd=charts, env=env).code == 0
    finally:
        os.umask(mask)
    for name in ("shop-0.1.0.tgz", "shop-0.1.0.json", "wiki-0.2.0.tgz", "wiki-0.2.0.json"):
        assert Path("here", name).read_bytes() == Path("there", name).read_bytes()
        assert Path("there", name).stat().st_mode & 0o777 == 0o644


def test_the_record_has_the_images_of_the_overlays_and_make_writes_the_same(
    charts: Path, chartgen: Call
) -> None:
    Path("values/production.yaml").write_text("web: {image: {digest: 'sha256:" + "0" * 64 + "'}}\n")
    assert chartgen("package", "shop").code == 0
    written = Path("dist/shop-0.1.0.json").read_bytes()
    found = [(one["image"], one["digest"], one["usedWith"]) for one in json.loads(written)["images"]]
    pinned = "sha256:" + "0" * 64
    assert found == [
        ("acme/shop:1.4.0", None, ["default values", "values/dev.yaml"]),
        (f"acme/shop@{pinned}", pinned, ["values/production.yaml"]),
    ]
    assert chartgen("make", "shop", "-d", "made").code == 0
    assert Path("made/shop-0.1.0.json").read_bytes() == written


def test_a_bill_of_materials_is_written_when_it_is_asked_for_and_is_never_stale(
    charts: Path, chartgen: Call
) -> None:
    need("cyclonedx")
    bill = Path("dist/wiki-0.2.0.cdx.json")
    assert chartgen("package", "wiki", "--sbom").code == 0
    first = bill.read_bytes()
    assert json.loads(first)["metadata"]["component"]["name"] == "wiki"
    assert run("package", "wiki", "--sbom", cwd=charts, env={"PYTHONHASHSEED": "3"}).code == 0
    assert bill.read_bytes() == first
    assert chartgen("package", "wiki").code == 0
    assert not bill.exists()


def test_without_the_library_for_it_nothing_is_written(charts: Path, tmp_path: Path) -> None:
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "cyclonedx.py").write_text('raise ImportError("no cyclonedx")\n')
    ran = run("package", "--sbom", cwd=charts, env={"PYTHONPATH": str(tmp_path / "blocked")})
    assert ran == (
        3,
        "",
        "Error: there is nothing to write an SBOM with: no cyclonedx\npip install 'chartgen[sbom]'\n",
    )
    assert not Path("dist").exists()


def test_a_signature_of_other_bytes_does_not_stay_beside_a_package(charts: Path, chartgen: Call) -> None:
    signature = Path("dist/wiki-0.2.0.tgz.prov")
    assert chartgen("package", "wiki").code == 0
    signature.write_text("signed")
    assert chartgen("package", "wiki").code == 0
    assert signature.read_text() == "signed"
    Path("charts/wiki/files").mkdir()
    Path("charts/wiki/files/new").write_text("new")
    assert chartgen("package", "wiki").code == 0
    assert not signature.exists()


def dates(path: str) -> set[float]:
    with tarfile.open(path) as tar:
        return {member.mtime for member in tar}


def test_files_have_a_constant_date_unless_source_date_epoch_is_set(charts: Path, chartgen: Call) -> None:
    assert chartgen("package", "wiki").code == 0
    assert dates("dist/wiki-0.2.0.tgz") == {0}
    for folder in ("one", "two"):
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        assert run("package", "wiki", "-d", folder, cwd=charts, env=env).code == 0
    assert dates("one/wiki-0.2.0.tgz") == {1_700_000_000}
    assert Path("one/wiki-0.2.0.tgz").read_bytes() == Path("two/wiki-0.2.0.tgz").read_bytes()


@pytest.mark.parametrize("given", ["soon", "-1", "1.5", "4294967296", "9" * 5000, "٣"])
def test_a_date_that_is_none_is_told(
    given: str, charts: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    ran = chartgen("package", "wiki")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        f"Error: SOURCE_DATE_EPOCH is {given!r}\nit takes seconds since 1970, 4294967295 "
    )
    assert not Path("dist").exists()


def test_the_package_holds_the_chart_without_the_record(charts: Path, chartgen: Call) -> None:
    assert chartgen("package", "shop").code == 0
    with tarfile.open("dist/shop-0.1.0.tgz") as tar:
        found = {m.name: stream.read() for m in tar if (stream := tar.extractfile(m))}
    folder = Path("charts/shop")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".chartgen.json"]
    assert found == {path.relative_to("charts").as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("tool", ["helm3", "helm4"])
def test_helm_makes_the_same_of_the_package_and_of_the_folder(
    tool: str, charts: Path, chartgen: Call
) -> None:
    helm = need(tool)
    assert chartgen("package", "shop").code == 0

    def made(chart: str) -> bytes:
        return subprocess.run([helm, "template", "x", chart], check=True, capture_output=True).stdout

    assert made("dist/shop-0.1.0.tgz") == made("charts/shop")


def test_a_chart_that_does_not_render_is_not_packed_and_neither_are_the_others(
    charts: Path, chartgen: Call
) -> None:
    Path("charts/shop/templates/broken.yaml").write_text("{{ .Values.none.at.all }}\n")
    Path("charts/wiki/templates/broken.yaml").write_text("{{ end }}\n")
    ran = chartgen("package")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("Error: Helm refuses the chart\n  default values: ") == 2
    assert "templates/broken.yaml" in ran.err
    assert not Path("dist").exists()


def test_without_a_helm_nothing_is_packed(charts: Path, tmp_path: Path) -> None:
    ran = run("package", cwd=charts, env=without_helm(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: there is no Helm: ")
    assert "pip install 'chartgen[embedded]'" in ran.err
    assert not Path("dist").exists()


def test_a_binary_verifies_as_well(charts: Path, chartgen: Call) -> None:
    helm = need("helm4")
    assert chartgen("package", "wiki", "--helm", helm, "-d", "there").code == 0
    assert chartgen("package", "wiki").code == 0
    assert Path("there/wiki-0.2.0.tgz").read_bytes() == Path("dist/wiki-0.2.0.tgz").read_bytes()


def test_what_a_killed_run_left_is_removed(charts: Path, chartgen: Call) -> None:
    Path("dist").mkdir()
    Path("dist/.chartgen-tmp-0123456789ab").write_text("half")
    Path("dist/mine").write_text("mine")
    assert chartgen("package", "wiki").code == 0
    assert sorted(path.name for path in Path("dist").iterdir()) == [
        "mine",
        "wiki-0.2.0.json",
        "wiki-0.2.0.tgz",
    ]


@pytest.mark.parametrize(
    "make,told",
    [
        (lambda path: path.symlink_to("/etc/passwd"), "neither a plain file nor a folder"),
        (os.mkfifo, "neither a plain file nor a folder"),
        (lambda path: path.write_bytes(bytes(10 << 20)), "larger than 5 MiB"),
    ],
    ids=["link", "pipe", "large"],
)
def test_what_no_chart_may_hold_is_told(
    make: Callable[[Path], None], told: str, charts: Path, chartgen: Call
) -> None:
    make(Path("charts/wiki/files"))
    ran = chartgen("package")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(
        f"Error: charts/wiki: not a chart that can be read\n  charts/wiki/files: {told}\n"
    )


def test_a_name_that_leads_out_is_refused(charts: Path, chartgen: Call) -> None:
    head = Path("charts/wiki/Chart.yaml")
    head.write_text(head.read_text().replace("name: wiki", "name: ../../evil"))
    ran = chartgen("package", "wiki")
    assert ran.code == 1
    assert ran.err.startswith("Error: charts/wiki/Chart.yaml: name is '../../evil'\n")


def test_a_chart_that_was_never_generated_is_told(project: Path, chartgen: Call) -> None:
    ran = chartgen("package")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "".join(
        f"Error: charts/{name}: there is no such chart yet\n`chartgen generate` writes it\n"
        for name in ("shop", "wiki")
    )


def wanting(chartgen: Call) -> None:
    """A project whose chart renders only once somebody has brought a secret."""
    app = ROOT / "tests" / "apps" / "cron"
    shutil.copytree(app / "values", "values", dirs_exist_ok=True)
    shutil.copy(app / "app.yaml", "apps/wiki/app.yaml")
    text = Path("chartgen.yaml").read_text()
    Path("chartgen.yaml").write_text(text.replace("chart: charts/wiki\n", "chart: charts/cron\n"))
    assert chartgen("generate", "wiki").code == 0


def test_a_chart_that_wants_something_brought_is_verified_with_its_overlays(
    charts: Path, chartgen: Call
) -> None:
    wanting(chartgen)
    refused = chartgen("package", "wiki")
    assert (refused.code, refused.out) == (1, "")
    assert "default values: secrets.api: " in refused.err
    lint = chartgen("lint", "wiki")
    assert lint.code == 3
    assert "charts/cron/values.yaml: info renders: secrets.api: " in lint.out
    text = Path("chartgen.yaml").read_text()
    with_overlay = text.replace("charts/cron\n", "charts/cron\n    overlays: [values/berlin.yaml]\n")
    Path("chartgen.yaml").write_text(with_overlay)
    assert chartgen("lint", "wiki").code == 0
    assert chartgen("package", "wiki").code == 0
    assert chartgen("make", "wiki").code == 0
    assert chartgen("snapshot", "-u", "wiki").code == 0
    kept = Path("tests/snapshot/expected/wiki")
    assert (kept / "default" / "REFUSED.txt").read_text().startswith("secrets.api: ")
    assert (kept / "berlin" / "NOTES.txt").exists()
