"""From the chart version before, which lacked a section of settings, by both ways of Helm to keep values."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from chartgen.disk import read_app
from chartgen.generate import generate
from tests.cluster.release import CHART, Release, unchanged
from tests.cluster.test_life import NEW_SEED, running, use

APP = CHART.parents[1] / "apps" / "ushadow"
# Without routes it has no ingress and no httpRoute, and one frontend has no autoscaling.
NEW_SINCE = ("routes",)
OWN = {"commonLabels": {"team": "mine"}, "persistence": {"config": {"size": "16Mi"}}}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart of an application that is described as ours was, in a folder."""
    app, folder = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("chart") / "ushadow"
    described = yaml.safe_load((APP / "app.yaml").read_text(encoding="utf-8"))
    for section in NEW_SINCE:
        del described[section]
    described["version"] = "0.0.9"
    described["components"]["frontend"]["scaling"] = {"replicas": 1}
    (app / "app.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    shutil.copytree(APP / "config", app / "config")
    for file in generate(read_app(app)).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder


def settings_of(chart: Path) -> set[str]:
    return set(yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8")))


def test_the_version_before_lacks_sections_of_this_one(before: Path) -> None:
    assert settings_of(CHART) - settings_of(before) == {"ingress", "httpRoute"}
    frontends = [
        yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))["frontend"]
        for chart in (before, CHART)
    ]
    assert set(frontends[1]) - set(frontends[0]) == {"autoscaling"}


@pytest.mark.parametrize("kept", ["--reuse-values", "--reset-then-reuse-values"])
def test_an_upgrade_from_the_version_before_keeps_values_and_data(
    release: Release, before: Path, kept: str
) -> None:
    Release(release.helm, release.namespace, chart=before).install("--wait", values=OWN).checked()
    key, used = release.key(), use(release)
    tags = ("--set", "backend.image.tag=v1.1.0,frontend.image.tag=v1.1.0")
    release.upgrade("--wait", kept, *tags).checked()
    assert running(release) == "v1.1.0"
    (pod,) = release.namespace.pods("backend")
    assert pod["metadata"]["labels"]["team"] == "mine"
    after = release.files()
    unchanged(used, after, NEW_SEED)
    assert release.key() == key
    # And the sections that are new can be used.
    on = (
        "--set",
        "rbac.create=true,frontend.pdb.enabled=true,ingress.enabled=true,ingress.hosts[0].host=a.b",
    )
    release.upgrade("--wait", kept, *on).checked()
    made = {
        kind: [each["metadata"]["name"] for each in release.namespace.all(kind)]
        for kind in ("role", "ingress", "pdb")
    }
    assert made == {"role": ["ushadow"], "ingress": ["ushadow"], "pdb": ["ushadow-frontend"]}
    release.wait()
    unchanged(after, release.files())
