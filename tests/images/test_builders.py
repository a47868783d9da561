"""What docker and podman are called with. Both are fakes here, which say that they are: see builder.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Ran
from tests.cli.conftest import Call
from tests.images.builder import DIGEST
from tests.images.conftest import ROOT, checkout, git

Images = Callable[..., Ran]
DATE = "1770091506"  # of the commit
COMMON = [
    "--label=org.opencontainers.image.created=2026-02-03T04:05:06Z",
    "--label=org.opencontainers.image.title=ushadow-backend",
    "--label=org.opencontainers.image.version=v1.0.0",
]


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    """A folder with a docker and a podman that are fakes, and their record."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    for name in ("docker", "podman"):
        program = folder / name
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.images.builder "$@"\n'
        )
        program.chmod(0o755)
    return folder


@pytest.fixture
def images(fakes: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch) -> Images:
    """`chartgen images build` where only the fakes are on the PATH, beside git and what runs them."""

    def call(*arguments: str, **env: str) -> Ran:
        with monkeypatch.context() as here:
            here.chdir(ROOT)
            here.setenv("FAKE_BUILDER", str(fakes))
            here.setenv("PATH", f"{fakes}:/usr/bin:/bin")
            for name, value in env.items():
                here.setenv(name, value)
            return chartgen("images", "build", *arguments)

    return call


def calls(fakes: Path) -> list[tuple[list[str], str]]:
    return [tuple(json.loads(line)) for line in (fakes / "calls").read_text().splitlines()]


def joined(words: list[str]) -> list[str]:
    """Options with their values, `--file F` as `--file=F`; where files lie is different each time."""
    found: list[str] = []
    for word in words:
        if found and found[-1].startswith("--") and "=" not in found[-1] and not word.startswith("--"):
            found[-1] = f"{found[-1]}={'FILE' if word.startswith('/tmp') else word}"
        else:
            found.append(word)
    return found


@pytest.mark.parametrize("push", [True, False])
def test_docker_builds_reproducibly_and_pushes_as_it_builds(
    push: bool, images: Images, fakes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = checkout(tmp_path / "source")
    platforms = ("--platform", "linux/amd64,linux/arm64", "--push") if push else ()
    ran = images("backend", "--builder", "docker", "--source", str(source), *platforms)
    name = "ghcr.io/ushadow-io/ushadow/backend:v1.0.0"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (f"backend: {name}@{DIGEST}\n" if push else f"backend: {name}\n")
    (works, _), (words, date) = calls(fakes)
    assert works == ["buildx", "inspect"]
    assert date == DATE
    told = joined([word.replace(str(source), "SOURCE") for word in words])
    kind = "registry" if push else "docker"
    for word in (
        *COMMON, "--file=SOURCE/ushadow/backend/Dockerfile", f"--tag={name}", "--provenance=false",
        "--sbom=false", f"--output=type={kind},rewrite-timestamp=true", "--metadata-file=FILE",
    ):  # fmt: skip
        assert word in told
    assert ("--platform=linux/amd64,linux/arm64" in told) is push
    assert words[:2] == ["buildx", "build"]
    assert words[-1] == f"{source}/ushadow/backend"


def test_podman_builds_and_then_pushes_each_name_the_first_one_last(
    images: Images, fakes: Path, tmp_path: Path
) -> None:
    source = checkout(tmp_path / "source")
    tags = ("--tag", "a", "--tag", "b")
    ran = images("backend", "--builder", "podman", "--source", str(source), *tags, "--push", "--plain-http")
    repository = "ghcr.io/ushadow-io/ushadow/backend"
    assert (ran.code, ran.out) == (0, f"backend: {repository}:a@{DIGEST}\n"), ran.err
    _, (built, _), (second, _), (first, _) = calls(fakes)
    told = joined(built)
    for word in (f"--tag={repository}:a", f"--tag={repository}:b", f"--timestamp={DATE}", "--iidfile=FILE"):
        assert word in told
    assert (second[-2:], first[-2:]) == (
        [f"{repository}:a", f"docker://{repository}:b"], [f"{repository}:a", f"docker://{repository}:a"],
    )  # fmt: skip
    assert "--tls-verify=false" in second


def test_what_a_script_reads_is_json(images: Images, tmp_path: Path) -> None:
    told = (
        "--source",
        str(checkout(tmp_path / "source")),
        "--builder",
        "docker",
        "--push",
        "--format",
        "json",
    )
    assert json.loads(images("frontend", *told).out) == [
        {
            "component": "frontend",
            "names": ["ghcr.io/ushadow-io/ushadow/frontend:v1.0.0"],
            "id": f"sha256:{'1' * 64}",
            "digest": DIGEST,
            "platforms": [],
            "builder": "docker",
        }
    ]


def test_podman_saves_what_is_loaded(images: Images, fakes: Path, tmp_path: Path) -> None:
    (fakes / "kind").write_text("#!/bin/sh\nexit 0\n")
    (fakes / "kind").chmod(0o755)
    source = checkout(tmp_path / "source")
    ran = images("backend", "--builder", "podman", "--source", str(source), "--load", "kind")
    assert (ran.code, ran.err) == (0, "")
    words = calls(fakes)[-1][0]
    assert [words[0], *words[1:3], words[-1]] == [
        "save", "--format", "docker-archive", "ghcr.io/ushadow-io/ushadow/backend:v1.0.0",
    ]  # fmt: skip


def test_the_first_builder_that_works_is_taken(images: Images, fakes: Path, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    assert images("backend", "--source", str(source)).code == 0
    assert calls(fakes)[-1][0][0] == "buildx"
    assert images("backend", "--source", str(source), FAKE_FAILS="buildx inspect").code == 0
    assert calls(fakes)[-1][0][0] == "build", "podman, as docker does not work"


@pytest.mark.parametrize("builder", ["auto", "docker"])
@pytest.mark.parametrize(
    "arguments,said",
    [
        (("--platform", "linux/amd64,linux/arm64"), "docker keeps no image of several platforms"),
        (("--plain-http", "--push"), "--plain-http: buildx cannot be told for one build"),
    ],
)
def test_what_docker_cannot_do_is_refused(
    arguments: tuple[str, ...], said: str, builder: str, images: Images, fakes: Path, tmp_path: Path
) -> None:
    ran = images("--source", str(checkout(tmp_path / "source")), "--builder", builder, *arguments)
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"Error: {said}")
    assert [words for words, _ in calls(fakes)] == [["buildx", "inspect"]]


def test_without_a_builder_each_that_was_tried_is_told(images: Images, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    ran = images("backend", "--source", str(source), "--builder", "podman", "--builder-path", "/no/such")
    assert ran.code == 3
    assert ran.err.startswith("Error: no builder works here: /no/such: not found\n")
    ran = images("backend", "--source", str(source), "--builder", "docker", FAKE_FAILS="buildx inspect")
    assert "buildx inspect: this is a fake, and it was told to fail" in ran.err


def test_a_builder_that_tells_no_digest_is_not_believed(images: Images, tmp_path: Path, fakes: Path) -> None:
    (fakes / "docker").write_text("#!/bin/sh\nexit 0\n")
    source = checkout(tmp_path / "source")
    ran = images("backend", "--source", str(source), "--builder", "docker", "--push")
    assert (ran.code, ran.err.splitlines()[0]) == (3, "Error: backend: docker did not tell the digest")


# ---- What is asked for


def planned(images: Images, source: Path, *arguments: str, **env: str) -> list[dict[str, object]]:
    ran = images("--source", str(source), "--dry-run", "--format", "json", *arguments, **env)
    assert ran.code == 0, ran.err
    found: list[dict[str, object]] = json.loads(ran.out)
    return found


def test_the_tag_is_what_git_says(images: Images, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")

    def tag() -> str:
        return str(planned(images, source, "backend")[0]["names"]).rpartition(":")[2].rstrip("']")

    assert tag() == "v1.0.0"
    (source / "new").write_text("x")
    assert tag() == "v1.0.0-dirty"
    git(source, "add", "-A")
    git(source, "commit", "-qm", "more")
    assert tag() == git(source, "rev-parse", "HEAD")[:12]
    git(source, "tag", "latest-thing")
    assert tag() == git(source, "rev-parse", "HEAD")[:12], "a tag that is no release names no image"
    git(source, "tag", "v1.1.0-rc.1")
    assert tag() == "v1.1.0-rc.1"


def test_the_date_is_the_commits_or_the_one_that_is_given(images: Images, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    assert planned(images, source)[0]["epoch"] == int(DATE)
    given = planned(images, source, SOURCE_DATE_EPOCH="86400")[0]
    assert given["epoch"] == 86400
    assert "1970-01-02T00:00:00Z" in str(given["labels"])


def test_without_git_a_tag_has_to_be_given(images: Images, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    (source / ".git").rename(tmp_path / "gone")
    env = {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
    ran = images("--source", str(source), "--dry-run", **env)
    assert (ran.code, ran.err) == (
        2, f"Error: {source}: no git checkout, so there is no tag\n--tag gives one\n",
    )  # fmt: skip
    assert planned(images, source, "--tag", "x", **env)[0]["epoch"] == 0


def test_an_overlay_and_a_registry_name_the_images(images: Images, tmp_path: Path) -> None:
    source = checkout(tmp_path / "source")
    names = [one["names"] for one in planned(images, source, "--overlay", "values/dev.yaml", "--tag", "dev")]
    assert names == [["docker.io/ushadow/backend:dev"], ["docker.io/ushadow/frontend:dev"]]
    (one,) = planned(images, source, "frontend", "--registry", "reg.example.com/team")
    assert one["names"] == ["reg.example.com/team/ushadow-io/ushadow/frontend:v1.0.0"]


@pytest.mark.parametrize(
    "arguments,code,said",
    [
        (("nothing",), 2, "nothing: there is no such component"),
        (("--tag", "a b"), 2, "'a b' is no tag"),
        (("--tag", "-x"), 2, "'-x' is no tag"),
        (("--write", "values/dev.yaml"), 2, "--write: only what is pushed has a digest"),
        (("--load", "knd"), 2, "--load knd: no cluster that images can be loaded into\ndid you mean 'kind'?"),
        (("--platform", "windows/amd64"), 2, "--platform windows/amd64: pods run on Linux"),
        (
            ("--platform", "linux/amd64,linux/arm64", "--load", "kind"),
            2,
            "--load takes an image of one platform",
        ),
        (("--builder-path", "/x"), 2, "--builder-path: of which builder?"),
        (("--overlay", "no.yaml"), 1, "no.yaml"),
        (("--push", "--write", "no.yaml"), 1, "no.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_built(
    arguments: tuple[str, ...], code: int, said: str, images: Images, fakes: Path, tmp_path: Path
) -> None:
    ran = images("--source", str(checkout(tmp_path / "source")), *arguments)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert not (fakes / "calls").exists()


def test_a_component_without_a_build_says_what_to_write(
    chartgen: Call, tmp_path: Path, project: Path
) -> None:
    ran = chartgen("images", "build", "--chart", "shop", "--tag", "x")
    assert ran.code == 1
    assert ran.err == (
        "Error: shop: no component says where its image is built from\n"
        "give one a `build`, such as `build: {context: backend}`\n"
    )


@pytest.mark.parametrize("context", ["/etc", "../secrets", "https://example.com/repo.git"])
def test_nothing_outside_the_checkout_is_built(context: str, chartgen: Call, project: Path) -> None:
    app = project / "apps/shop/app.yaml"
    app.write_text(app.read_text().replace("    ports:", f"    build: {{context: '{context}'}}\n    ports:"))
    ran = chartgen("images", "build", "--chart", "shop", "--tag", "x", "--dry-run")
    assert ran.code == 1
    assert f"components.web.build.context: {context!r} is no folder of the checkout" in ran.err
