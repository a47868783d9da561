"""AUTH_SECRET_KEY by the External Secrets Operator: from it to each other method and back, one key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.external_secrets import STORE, keep_in_store, operator
from tests.cluster.kubernetes import eventually
from tests.cluster.release import Release
from tests.cluster.test_keys import METHODS, bring, kept, values
from tests.need import need

KEY = "from-the-vault-" + "k" * 40
EXTERNAL: dict[str, Any] = {
    "secrets": {"auth": {"externalSecret": {"enabled": True, "secretStoreRef": {"name": STORE}}}}
}
WALK = ("external", *(step for method in METHODS for step in (method, "external")))


@pytest.fixture
def outside(release: Release, tmp_path: Path) -> Iterator[Release]:
    """A release whose namespace has the operator and a store with the key."""
    with operator(Path(need("external-secrets")), release.namespace, tmp_path / "operator.log"):
        keep_in_store(release.namespace, "ushadow-secrets", {"AUTH_SECRET_KEY": KEY})
        yield release


def synced(release: Release) -> bool:
    status = release.namespace.get("externalsecret", "ushadow-secrets").get("status", {})
    return ("Ready", "True") in [(each["type"], each["status"]) for each in status.get("conditions", [])]


def test_the_walk_leads_from_external_to_every_method_and_back() -> None:
    steps = set(pairwise(WALK))
    assert steps == {("external", method) for method in METHODS} | {
        (method, "external") for method in METHODS
    }


def test_the_key_stays_through_every_switch_from_external_and_to_it(outside: Release) -> None:
    outside.install("--wait", values=EXTERNAL).checked()
    assert outside.key() == KEY
    bring(outside, KEY)
    outside.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    for before, method in pairwise(WALK):
        given = EXTERNAL if method == "external" else values(method, KEY)
        done = outside.upgrade("--wait", values=given)
        assert done.code == 0, f"{before} to {method}: {done.text}"
        kept(outside, KEY)
        left = bool(outside.namespace.get("externalsecret", "ushadow-secrets"))
        assert left == (method == "external"), f"{before} to {method}: what would write the key again"
        assert method != "external" or eventually(lambda: synced(outside), bool)


def test_a_key_that_the_store_brought_outlives_the_release(outside: Release) -> None:
    outside.install("--wait", values=EXTERNAL).checked()
    outside.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    outside.uninstall().checked()
    assert outside.key() == KEY
    outside.install("--wait", values=values("job", "")).checked()
    kept(outside, KEY)
