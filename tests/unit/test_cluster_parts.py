"""The test cluster's parts are pinned, and its images are what Docker's format says, the same each time."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from pathlib import Path

import pytest
import yaml

from ci.cluster import archive, build, definitions, images
from ci.cluster.parts import MODULES, PARTS, RELEASES, Part, kube

FROM_OTHERS = [part for part in PARTS if part.module]


@pytest.mark.parametrize("part", FROM_OTHERS, ids=lambda part: part.folder.name)
def test_every_part_has_an_exact_version_and_its_sum(part: Part) -> None:
    assert re.fullmatch(r"v\d+\.\d+\.\d+", part.version())
    sums = (part.folder / "go.sum").read_text(encoding="utf-8")
    assert f"{part.module} {part.version()} h1:" in sums


@pytest.mark.parametrize("release", RELEASES)
def test_kubernetes_says_its_version_as_its_programs_compare_it(release: str) -> None:
    part = kube(release)
    version = part.version()
    assert version.startswith(f"v{release}.")
    stamps = part.stamps()
    assert stamps["k8s.io/component-base/version.gitVersion"] == version
    assert stamps["k8s.io/client-go/pkg/version.gitMinor"] == version.split(".")[1]
    text = (part.folder / "go.mod").read_text(encoding="utf-8")
    staged = set(re.findall(r"=> k8s\.io/\S+ (v\S+)", text))
    assert staged == {version.replace("v1.", "v0.", 1)}


def test_every_release_that_is_pinned_can_be_asked_for() -> None:
    assert {path.name for path in MODULES.glob("kube-*")} == {f"kube-{release}" for release in RELEASES}


def test_each_release_has_a_folder_of_its_own(tmp_path: Path) -> None:
    assert len({kube(release).place("go1.26", tmp_path) for release in RELEASES}) == len(RELEASES)


@pytest.mark.parametrize("part", definitions.FILES.values(), ids=lambda part: part.name)
def test_definitions_of_custom_resources_are_pinned(part: Part) -> None:
    sums = (part.folder / "go.sum").read_text(encoding="utf-8")
    assert f"{part.module} {part.version()} h1:" in sums


def test_a_changed_recipe_is_another_folder(tmp_path: Path) -> None:
    part = Part("pause", "", {"pause": "."})
    other = Part("pause", "", {"pause": "./other"})
    assert part.place("go1.26", tmp_path) != other.place("go1.26", tmp_path)
    assert part.place("go1.26", tmp_path) != part.place("go1.27", tmp_path)


def test_a_part_that_does_not_build_leaves_nothing_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_: Part, target: Path) -> None:
        (target / "etcd").write_text("half", encoding="utf-8")
        raise SystemExit("no")

    monkeypatch.setattr(build, "_compile", half)
    with pytest.raises(SystemExit):
        build.build(PARTS[1], "go1.99", tmp_path)
    assert [path.name for path in (tmp_path / "cluster").iterdir()] == [f".{PARTS[1].name}.lock"]


def test_the_checksum_database_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in build.UNCHECKED:
        monkeypatch.setenv(name, "off")
    environment = build.environment()
    assert {name: environment[name] for name in build.UNCHECKED if name in environment} == {
        "GOFLAGS": "-buildvcs=false"
    }


def made(folder: Path) -> Path:
    folder.mkdir()
    layer, out = folder / "layer", folder / "image.tar"
    archive.write_layer(layer, images.backend_layer("v1.0.0"))
    archive.write_image(out, archive.Image(("a:1",), (layer,), entrypoint=("sh",), environment={"A": "b"}))
    return out


def test_an_image_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    assert made(tmp_path / "one").read_bytes() == made(tmp_path / "two").read_bytes()


def test_an_image_names_its_layers_by_their_digests(tmp_path: Path) -> None:
    with tarfile.open(made(tmp_path / "one")) as tar:
        content = {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}
    manifest = json.loads(content["manifest.json"])[0]
    configuration = json.loads(content[manifest["Config"]])
    digests = [hashlib.sha256(content[layer]).hexdigest() for layer in manifest["Layers"]]
    assert configuration["rootfs"]["diff_ids"] == [f"sha256:{digest}" for digest in digests]
    assert manifest["RepoTags"] == ["a:1"]
    assert configuration["config"]["Entrypoint"] == ["sh"]
    assert "A=b" in configuration["config"]["Env"]


def test_every_folder_of_a_layer_comes_before_what_lies_in_it() -> None:
    for layer in (images.backend_layer("v1.1.0"), images.frontend_layer("dev")):
        own = {entry.path for entry in layer if entry.data is None and entry.target is None}
        seen: set[str] = set()
        for entry in layer:
            parent = str(Path(entry.path).parent)
            assert parent not in own or parent in seen
            seen.add(entry.path)


def test_the_stand_ins_are_called_as_the_values_call_them() -> None:
    values = yaml.safe_load((images.CHART / "values.yaml").read_text(encoding="utf-8"))
    image = values["backend"]["image"]
    assert images.name_of("backend", "v1.0.0") == f"{image['registry']}/{image['repository']}:v1.0.0"
    image = values["gitSync"]["compose"]["image"]
    assert images.git_sync_name() == f"{image['registry']}/{image['repository']}:{image['tag']}"
    overlay = yaml.safe_load((images.CHART.parents[1] / "values" / "dev.yaml").read_text(encoding="utf-8"))
    dev = overlay["frontend"]["image"]
    assert images.name_of("frontend", "dev") == f"{dev['repository']}:{dev['tag']}"


def test_a_newer_backend_brings_one_file_more_and_one_that_changed() -> None:
    old, new = ({e.path: e.data for e in images.default_config(version)} for version in ("v1.0.0", "v1.1.0"))
    assert len([data for data in old.values() if data]) == 23
    assert set(new) - set(old) == {"config/providers/provider-new.yaml"}
    assert [path for path in old if old[path] != new[path]] == ["config/version.yaml"]
