"""Namespaces that are gone after the test; what a failed one looked like is kept in build/cluster/failed/."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.cluster import kept, measured
from tests.cluster.kept import pytest_runtest_makereport as pytest_runtest_makereport
from tests.cluster.kubernetes import Namespace
from tests.cluster.release import CHART, Release
from tests.need import need

HELMS = ("helm4", "helm3")
OLDEST = "helm3.18"
ENFORCE = "pod-security.kubernetes.io/enforce"

MakeNamespace = Callable[..., Namespace]

# Two runs on one cluster, and two charts in one run, never share a namespace.
RUN = f"{os.environ.get('PYTEST_XDIST_TESTRUNUID') or os.getpid()} {CHART}"


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("measured"):
        config.pluginmanager.register(measured, "measured")


@contextmanager
def namespaces(request: pytest.FixtureRequest, label: str) -> Iterator[MakeNamespace]:
    """A function that makes namespaces, with a Pod Security Standard to enforce; they go at the end."""
    kubectl, kubeconfig = need("kubectl"), need("cluster")
    words = re.sub(r"[^a-z0-9]+", "-", label.removeprefix("test_").lower())
    # Two tests whose long names begin alike need two namespaces, and so do two workers that share a module.
    whole = f"{label} {os.environ.get('PYTEST_XDIST_WORKER', '')} {RUN}"
    stem = f"{words[:40].strip('-')}-{hashlib.sha256(whole.encode()).hexdigest()[:6]}"
    count, made = itertools.count(1), list[Namespace]()

    def make(enforce: str = "baseline") -> Namespace:
        new = Namespace(kubectl, kubeconfig, f"t-{stem}-{next(count)}")
        new.create({ENFORCE: enforce})
        made.append(new)
        kept.LIVE.append(new)
        return new

    try:
        yield make
    except (Exception, pytest.fail.Exception):  # of the fixture's own: reported when they are gone
        for each in made:
            kept.keep(each, kept.folder_of(request.node.nodeid) / each.name)
        raise
    finally:
        for each in made:
            kept.LIVE.remove(each)
            each.delete()


@pytest.fixture
def namespace(request: pytest.FixtureRequest) -> Iterator[MakeNamespace]:
    with namespaces(request, request.node.name) as make:
        yield make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each Helm in turn; the oldest for the short list of promises."""
    if "helm" in metafunc.fixturenames:
        short = metafunc.definition.get_closest_marker("every_version")
        metafunc.parametrize("helm", (*HELMS, OLDEST) if short else HELMS, indirect=True)


@pytest.fixture
def helm(request: pytest.FixtureRequest) -> str:
    return need(request.param)


@pytest.fixture
def release(helm: str, namespace: MakeNamespace) -> Release:
    """A release that is not installed yet, in a namespace of its own, by each Helm in turn."""
    return Release(helm, namespace())


@pytest.fixture
def release4(namespace: MakeNamespace) -> Release:
    """The same by Helm 4 alone, where Helm makes no difference."""
    return Release(need("helm4"), namespace())
