"""A namespace that demands requests and limits of every container, the hooks' and the tests' among them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.cluster.release import Release
from tests.docs.documents import ROOT, blocks

# A quota of a resource refuses each container that does not say how much of it: Kubernetes documentation,
# "Resource Quotas".
MEMORY = {"requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "16Gi"}
ALL = {**MEMORY, "limits.cpu": "16"}
GUIDE = (ROOT / "docs/guides/troubleshooting.md").read_text(encoding="utf-8")
# What the guide tells people to set.
(CPU_LIMITS,) = (yaml.safe_load(block.text) for block in blocks(GUIDE) if "limits" in block.text)


def demand(release: Release, hard: dict[str, str]) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "demanding"},
        "spec": {"hard": hard},
    }
    release.namespace.apply(json.dumps(quota))


def works(release: Release, values: dict[str, Any]) -> None:
    release.install("--wait", values=values).checked()
    release.wait()
    release.test().checked()


def test_the_charts_own_values_say_all_but_a_cpu_limit(release: Release) -> None:
    demand(release, MEMORY)
    works(release, {})


@pytest.mark.parametrize("standard", ["baseline", "restricted"])
def test_a_cpu_limit_can_be_set_for_every_container(release4: Release, standard: str) -> None:
    demand(release4, ALL)
    works(release4, {**CPU_LIMITS, "podSecurity": standard})


def test_without_one_the_events_say_so(release4: Release) -> None:
    """The quota of the test above does demand it."""
    demand(release4, ALL)
    short = {"secrets": {"auth": {"job": {"activeDeadlineSeconds": 5}}}}
    assert release4.install(values=short).code != 0
    events = release4.namespace.ask("get", "events").checked().output
    assert "must specify limits.cpu for: create-secret" in events
