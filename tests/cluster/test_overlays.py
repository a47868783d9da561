"""What was written survives with every overlay: each step by either Helm, waited for and not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartgen import values
from tests.cluster.conftest import MakeNamespace
from tests.cluster.release import OVERLAYS, Release, unchanged
from tests.cluster.test_life import EDITED, NEW_SEED, running, use

# Of the production overlay; the Secrets that it asks for are brought.
BROUGHT = {
    "ushadow-auth": {"AUTH_SECRET_KEY": "k" * 64},
    "ushadow-databases": {"MONGODB_URI": "mongodb://u:p@db/ushadow", "REDIS_URL": "redis://:p@cache/0"},
}
# The new image by its whole name, because the dev overlay has another registry and repository.
NEW_IMAGES = {
    component: {
        "image": {"registry": "ghcr.io", "repository": f"ushadow-io/ushadow/{component}", "tag": "v1.1.0"}
    }
    for component in ("backend", "frontend")
}
# Nothing here measures processor time, so the autoscaler of the frontend never says how many pods it wants.
QUICK = {"frontend": {"autoscaling": {"enabled": False}}}


@pytest.fixture(params=["dev", "staging", "production"])
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def flags(overlay: str, *more: str) -> tuple[str, ...]:
    return ("--values", str(OVERLAYS / f"{overlay}.yaml"), *more)


def bring(release: Release) -> None:
    for name, data in BROUGHT.items():
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        release.namespace.apply(json.dumps(secret))


def claims(release: Release) -> set[str]:
    """The claims that are not on their way out."""
    found = [claim["metadata"] for claim in release.namespace.all("pvc")]
    return {each["name"] for each in found if "deletionTimestamp" not in each}


def test_data_survives_every_step_with_every_overlay(
    helm: str, namespace: MakeNamespace, overlay: str
) -> None:
    release = Release(helm, namespace("baseline" if overlay == "dev" else "restricted"))
    kept = {"ushadow-config", "ushadow-data"} if overlay != "dev" else set[str]()
    bring(release)
    old: dict[str, Any] = QUICK
    new = values.merge([QUICK, NEW_IMAGES])

    release.install(*flags(overlay), values=old).checked()
    first = running(release)
    used = use(release)

    release.upgrade(*flags(overlay, "--wait"), values=new).checked()
    assert running(release) == "v1.1.0"
    upgraded = release.files()
    unchanged(used, upgraded, NEW_SEED)

    release.rollback().checked()
    assert running(release) == first
    unchanged(upgraded, release.files())

    release.uninstall().checked()
    assert claims(release) == kept

    release.install(*flags(overlay, "--wait"), values=old).checked()
    assert running(release) == first
    if kept:
        unchanged(upgraded, release.files())
        assert release.call("GET", "/api/kubeconfigs/home").checked().output.startswith("apiVersion: v1\n")
    else:
        assert release.read(EDITED) != "mine: yes\n"
        use(release)

    release.upgrade(*flags(overlay), values=new).checked()
    assert running(release) == "v1.1.0"
    again = release.files()
    unchanged(used, again, NEW_SEED)
    assert release.read(EDITED) == "mine: yes\n"
