"""A volume that is full or read-only stops an install, and says why, but no release that ran before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chartgen import values
from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import eventually
from tests.cluster.release import Release, unchanged
from tests.cluster.test_failures import SHORT
from tests.cluster.test_life import EDITED, NEW_IMAGES, NEW_SEED, running, use
from tests.cluster.volume import SmallVolume, small_volume

STARTS = "The volume was completely seeded before, so the application may start.\n"
NEVER = "The volume is not completely seeded; see above."


@pytest.fixture
def small(release: Release, namespace: MakeNamespace) -> Iterator[SmallVolume]:
    """A volume for the release, whose holder is in a namespace that lets it remount."""
    with small_volume(namespace("privileged"), release.namespace) as volume:
        yield volume


def given(small: SmallVolume, more: dict[str, Any] | None = None) -> dict[str, Any]:
    quick = {"seed": {"config": {"job": {"backoffLimit": 0}}}}
    return values.merge([SHORT, quick, small.values(), more or {}])


def init_says(release: Release, text: str) -> str:
    """The log of the init container, which starts again and again, once it has come to `text`."""

    def log() -> str:
        pod = release.namespace.pods("backend")[0]["metadata"]["name"]
        ask = ("logs", pod, "--container=seed-config")
        return release.namespace.ask(*ask).output + release.namespace.ask(*ask, "--previous").output

    found = eventually(log, lambda said: text in said)
    assert text in found, found
    return found


def gate_log(release: Release) -> str:
    return release.namespace.ask("logs", "job/ushadow-init-config").checked().output


def served(release: Release) -> dict[str, str]:
    """The files that the application has, once a new pod of it answers."""
    release.wait()
    return {path: digest for path, digest in release.files().items() if path != "filler"}


def test_a_full_volume_stops_an_install_and_nothing_that_ran_before(
    release: Release, small: SmallVolume
) -> None:
    small.fill()
    refused = release.install(values=given(small))
    assert "failed post-install" in refused.text, refused.text
    said = init_says(release, NEVER)
    assert "! The key's fingerprint could not be recorded: the volume may be full." in said
    assert "could not write               services.yaml  (the volume may be full)" in said
    small.free()
    release.upgrade("--install", "--wait", values=given(small)).checked()
    release.wait()
    used = use(release)

    small.fill()
    gated = release.upgrade(values=given(small, NEW_IMAGES))
    assert "post-upgrade hooks failed" in gated.text, gated.text
    assert f"{NEW_SEED}  (the volume may be full)" in gate_log(release)
    assert running(release) == "v1.1.0"
    assert init_says(release, STARTS).endswith(STARTS)
    release.evict()
    unchanged(used, served(release))
    assert NEW_SEED in init_says(release, STARTS)

    small.free()
    release.upgrade("--wait", values=given(small, NEW_IMAGES)).checked()
    after = served(release)
    unchanged(used, after, NEW_SEED)


def test_a_read_only_volume_stops_an_install_and_nothing_that_ran_before(
    release: Release, small: SmallVolume
) -> None:
    small.read_only()
    refused = release.install(values=given(small))
    assert "failed post-install" in refused.text, refused.text
    assert "Read-only file system" in init_says(release, NEVER)
    small.writable()
    release.upgrade("--install", "--wait", values=given(small)).checked()
    release.wait()
    used = use(release)

    small.read_only()
    release.evict()
    unchanged(used, served(release))
    assert release.read(EDITED) == "mine: yes\n"
    gated = release.upgrade(values=given(small, NEW_IMAGES))
    assert "post-upgrade hooks failed" in gated.text, gated.text
    assert f"{NEW_SEED}  (Read-only file system)" in gate_log(release)
    assert running(release) == "v1.1.0"
    unchanged(used, served(release))

    small.writable()
    release.upgrade("--wait", values=given(small, NEW_IMAGES)).checked()
    assert set(served(release)) - set(used) == {NEW_SEED}
