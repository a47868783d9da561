"""AUTH_SECRET_KEY, however it comes: made once, and the same through every change of method, both ways."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.cluster.release import Release

OWN = "my-secret"
METHODS = ("job", "value", "existing", "lookup")
# Every ordered pair of methods, in one walk: each switch is an upgrade.
WALK = tuple("job value job existing job lookup value existing value lookup existing lookup job".split())


def values(method: str, key: str) -> dict[str, Any]:
    auth = {
        "job": {"generate": "job"},
        "value": {"values": {"AUTH_SECRET_KEY": key}},
        "existing": {"existingSecret": OWN},
        "lookup": {"generate": "lookup"},
    }
    return {"secrets": {"auth": auth[method]}}


def test_the_walk_holds_every_switch() -> None:
    assert {(a, b) for a, b in pairwise(WALK)} == {(a, b) for a in METHODS for b in METHODS if a != b}


def bring(release: Release, key: str) -> None:
    """A Secret of the person's own, with the same key."""
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": OWN},
        "stringData": {"AUTH_SECRET_KEY": key},
    }
    release.namespace.apply(json.dumps(secret))


def kept(release: Release, key: str, step: str = "the last step") -> None:
    release.wait()
    assert release.key() == key, f"the key changed at {step}"
    assert release.ask("/health")["unreadable_kubeconfigs"] == []
    assert release.call("GET", "/api/kubeconfigs/home").checked().output == "kind: Config\n"


def test_the_key_stays_through_every_switch_of_method(release: Release) -> None:
    release.install("--wait", values=values(WALK[0], "")).checked()
    key = release.key()
    bring(release, key)
    release.call("PUT", "/api/kubeconfigs/home", "kind: Config\n").checked()
    for before, method in pairwise(WALK):
        done = release.upgrade("--wait", values=values(method, key))
        assert done.code == 0, f"{before} to {method}: {done.text}"
        kept(release, key, f"{before} to {method}")


def test_a_key_that_was_given_stays_when_it_is_given_no_more(release4: Release) -> None:
    """Helm made the Secret then, and removes what the chart renders no more unless it is kept."""
    release4.install("--wait", values=values("value", "g" * 64)).checked()
    release4.upgrade("--wait", values=values("job", "")).checked()
    release4.wait()
    assert release4.key() == "g" * 64, "the key changed"


@pytest.mark.parametrize("method", ["job", "lookup"])
def test_a_generated_key_is_adopted_by_the_next_install(release4: Release, method: str) -> None:
    release4.install("--wait", values=values(method, "")).checked()
    key = release4.key()
    release4.uninstall().checked()
    assert release4.key() == key, "the key changed at uninstall"
    again = release4.install("--wait", values=values(method, ""))
    assert release4.key() == key, "the key was not adopted but made anew"
    again.checked()


def test_another_explicit_key_stops_the_backend_with_a_sentence(release4: Release) -> None:
    release4.install("--wait", values=values("value", "a" * 40)).checked()
    stopped = release4.upgrade("--wait", "--timeout", "25s", values=values("value", "b" * 40))
    assert stopped.code != 0, "the volume took another key without a word"
    pod = release4.namespace.pods("backend")[0]["metadata"]["name"]
    said = release4.namespace.ask("logs", pod, "--container=seed-config").text
    assert "AUTH_SECRET_KEY is not the key that this volume was used with" in said
    accepted = {**values("value", "b" * 40), "seed": {"config": {"acceptNewKey": True}}}
    release4.upgrade("--wait", values=accepted).checked()
    release4.wait()
