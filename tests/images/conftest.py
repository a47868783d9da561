"""A checkout to build from, a buildah with a storage of its own, and a base image that nobody pulled."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ci.cluster import debian
from ci.cluster.archive import Entry, Image, write_image, write_layer
from ci.cluster.images import HELPER, busybox_links
from tests.cli.command import Ran
from tests.cli.conftest import Call, chartgen, project
from tests.need import lacking, need
from tests.registry.servers import Server, registry

__all__ = ["chartgen", "project"]
ROOT = Path(__file__).resolve().parents[2]
Build = Callable[..., Ran]
WHO = {
    "GIT_AUTHOR_NAME": "me", "GIT_AUTHOR_EMAIL": "me@example.com", "GIT_AUTHOR_DATE": "2026-02-03T04:05:06Z",
    "GIT_COMMITTER_NAME": "me", "GIT_COMMITTER_EMAIL": "me@example.com",
    "GIT_COMMITTER_DATE": "2026-02-03T04:05:06Z",
}  # fmt: skip
BASE = "localhost/base:1"
# What the application's own recipes do, on a base that can be had here: copy, run, default command.
RECIPE = f"""FROM {BASE}
ARG FLAVOUR=plain
COPY hello /hello
RUN echo "built $FLAVOUR" > /flavour
CMD ["cat", "/hello"]
"""
# For platforms whose programs this machine cannot run.
COPIES = "FROM scratch\nCOPY hello /hello\n"


def git(folder: Path, *words: str) -> str:
    env = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    done = subprocess.run(
        [need("git"), "-C", str(folder), *words], env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def checkout(folder: Path, recipe: str = RECIPE) -> Path:
    """A checkout of the application's layout, at the release v1.0.0."""
    for component in ("backend", "frontend"):
        place = folder / "ushadow" / component
        place.mkdir(parents=True)
        (place / "Dockerfile").write_text(recipe)
        (place / "hello").write_text(f"hello from {component}\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    git(folder, "tag", "v1.0.0")
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base image, of Debian's busybox, as an archive."""
    need("buildah")
    folder = tmp_path_factory.mktemp("base")
    try:
        debian.layer(HELPER, folder / "base")
    except debian.UnavailableError as error:
        lacking("buildah", f"its base image is of Debian's packages: {error}")
    write_layer(folder / "links", [*busybox_links(), Entry("usr/bin/sh", 0o777, target="busybox")])
    layers = (folder / "base", folder / "links")
    write_image(folder / "base.tar", Image((BASE,), layers, command=("sh",)))
    return folder / "base.tar"


def storage(folder: Path) -> dict[str, str]:
    """The environment of a buildah that has nothing yet, and needs no rights of a kind."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ("[storage]", 'driver = "vfs"', f'graphroot = "{folder}/graph"', f'runroot = "{folder}/run"')
    (folder / "storage.conf").write_text("\n".join(lines) + "\n")
    return {
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "BUILDAH_ISOLATION": "chroot",
        "HOME": str(folder),
    }


@pytest.fixture
def build(base: Path, chartgen: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """`chartgen images build` with a buildah that has the base image; `store` names another storage."""

    def call(*arguments: str, store: str = "one", **env: str) -> Ran:
        folder = tmp_path / "stores" / store
        fresh = not folder.exists()
        with monkeypatch.context() as here:
            here.chdir(ROOT)
            for name, value in {**storage(folder), **env}.items():
                here.setenv(name, value)
            if fresh:
                buildah("pull", f"docker-archive:{base}")
            return chartgen("images", "build", "--builder", "buildah", *arguments)

    return call


def buildah(*words: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [need("buildah"), *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
    )
    return done.stdout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with registry("distribution 3", tmp_path_factory.mktemp("registry")) as found:
        yield found
