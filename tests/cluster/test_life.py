"""The life of a release: what somebody wrote survives all that Helm does, and so does the key."""

from __future__ import annotations

import re

import pytest

from tests.cluster.release import Release, unchanged
from tests.need import need

NEW_IMAGES = {component: {"image": {"tag": "v1.1.0"}} for component in ("backend", "frontend")}
NO_SUCH_IMAGE = {**NEW_IMAGES, "backend": {"image": {"tag": "v9.9.9"}}}
EDITED, DELETED, OWN = "providers/provider-01.yaml", "services.yaml", "config.overrides.yaml"
CHANGED_SEED, NEW_SEED = "version.yaml", "providers/provider-new.yaml"
KUBECONFIG = "apiVersion: v1\nkind: Config\n"


def use(release: Release) -> dict[str, str]:
    """Edit, delete and write as a person and the application do; the files as they are then."""
    release.write(EDITED, "mine: yes\n")
    release.remove(DELETED)
    release.write(OWN, "overridden: yes\n")
    release.write("SECRETS/token", "hush\n")
    release.call("PUT", "/api/kubeconfigs/home", KUBECONFIG).checked()
    return release.files()


def running(release: Release) -> str:
    release.wait()
    return str(release.ask("/api/settings")["version"])


@pytest.mark.every_version
def test_what_was_written_survives_every_step(release: Release) -> None:
    release.install("--wait").checked()
    key, used = release.key(), use(release)

    release.upgrade("--wait", values=NEW_IMAGES).checked()
    assert running(release) == "v1.1.0"
    upgraded = release.files()
    unchanged(used, upgraded, NEW_SEED)
    assert release.read(EDITED) == "mine: yes\n"
    rows = re.findall(r"^  (\S.*?)  +(\S+)", release.init_log(), re.MULTILINE)
    assert {row for row in rows if row[0] != "kept"} >= {
        ("seeded", NEW_SEED),
        ("kept, edited", EDITED),
        ("deleted by you, left deleted", DELETED),
        ("differs from seed", CHANGED_SEED),
    }

    release.rollback("--wait").checked()
    assert running(release) == "v1.0.0"
    unchanged(upgraded, release.files())

    release.uninstall().checked()
    assert release.ready() == {}
    claims = {claim["metadata"]["name"] for claim in release.namespace.all("pvc")}
    assert claims == {"ushadow-config", "ushadow-data"}
    assert release.key() == key, "the key changed"

    release.install("--wait").checked()
    assert running(release) == "v1.0.0"
    unchanged(upgraded, release.files())
    assert release.key() == key, "the key changed"
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == KUBECONFIG


def test_an_upgrade_to_an_image_that_is_not_there_is_rolled_back_without_loss(release: Release) -> None:
    release.install("--wait").checked()
    key, used = release.key(), use(release)
    failed = release.upgrade("--wait", "--timeout", "20s", values=NO_SUCH_IMAGE)
    assert failed.code != 0, "Helm took an image that is not there"
    release.rollback("--wait").checked()
    assert running(release) == "v1.0.0"
    unchanged(used, release.files())
    assert release.key() == key, "the key changed"


def test_a_release_made_by_helm_3_goes_on_under_helm_4(release4: Release) -> None:
    release4.by(need("helm3")).install("--wait").checked()
    key, used = release4.key(), use(release4)
    release4.upgrade("--wait", values=NEW_IMAGES).checked()
    assert running(release4) == "v1.1.0"
    unchanged(used, release4.files(), NEW_SEED)
    release4.rollback("--wait").checked()
    assert running(release4) == "v1.0.0"
    assert release4.key() == key, "the key changed"


def test_another_release_on_the_same_volume_is_stopped_before_it_takes_another_key(release: Release) -> None:
    release.install("--wait").checked()
    used = use(release)
    key = release.key()
    release.uninstall().checked()
    other = Release(release.helm, release.namespace, "ushadow-other")
    claims = {name: {"existingClaim": f"ushadow-{name}"} for name in ("config", "data")}
    stopped = other.install("--wait", "--timeout", "25s", values={"persistence": claims})
    assert stopped.code != 0, "the volume was taken over with another key"
    pod = other.namespace.pods("backend")[0]["metadata"]["name"]
    said = other.namespace.ask("logs", pod, "--container=seed-config").text
    assert "is not the key that this volume was used with" in said
    assert other.ready()["backend"] is False
    assert other.key() != key

    secrets = {"auth": {"existingSecret": "ushadow-secrets"}}
    other.upgrade("--wait", values={"persistence": claims, "secrets": secrets}).checked()
    other.wait()
    unchanged(used, other.files())
    assert other.call("GET", "/api/kubeconfigs/home").checked().output == KUBECONFIG
    assert release.key() == key, "the key changed"
