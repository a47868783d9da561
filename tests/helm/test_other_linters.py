"""What other people's tools say of our chart: valid everywhere, and every complaint mended or answered.

An answer is a comment in the template that makes the object: `kube-score/<check> checkov/<check>: reason`.
A complaint without an answer fails, and so does an answer that nobody asked for.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from chartgen.kubernetes import VERSIONS
from ci import kubeconform_schemas
from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "ushadow"
OVERLAYS = ("", "values/dev.yaml", "values/staging.yaml", "values/production.yaml")
ANSWER = re.compile(r"\b(?:kube-score|checkov)/[\w-]+")
# What `helm template` writes before each object.
SOURCE = re.compile(r"^# Source: ushadow/(\S+)$", re.MULTILINE)

Complaint = tuple[
    str, str
]  # the template that made the object, and the check: `kube-score/pod-networkpolicy`


def helm(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [need(name), *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def rendered(name: str, overlay: str) -> str:
    values = ["-f", overlay] if overlay else []
    return helm(name, "template", "ushadow", str(CHART), "-n", "ushadow", *values)


def objects(text: str) -> Iterator[tuple[str, str]]:
    """Template and text of each object of a rendering."""
    for part in text.split("\n---\n"):
        if source := SOURCE.search(part):
            yield source[1], part


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", ["helm3.18", "helm3", "helm4"])
def test_helm_lint_strict_is_content(name: str, overlay: str) -> None:
    values = ["-f", overlay] if overlay else []
    assert "0 chart(s) failed" in helm(name, "lint", "--strict", str(CHART), *values)


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", ["helm3.18", "helm3", "helm4"])
def test_rendering_twice_gives_the_same_bytes(name: str, overlay: str) -> None:
    values = ["-f", overlay] if overlay else []
    again = helm(name, "template", "ushadow", str(CHART), "-n", "ushadow", *values)
    assert again == rendered(name, overlay)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> str:
    need("kubernetes_validate")
    folder = tmp_path_factory.mktemp("schemas")
    kubeconform_schemas.main([str(folder), *VERSIONS])
    return kubeconform_schemas.location(folder)


@pytest.mark.parametrize("version", VERSIONS)
def test_kubeconform_strict_is_content(version: str, schemas: str, tmp_path: Path) -> None:
    kubeconform = need("kubeconform")
    for overlay in OVERLAYS:
        (tmp_path / f"{Path(overlay).stem or 'default'}.yaml").write_text(rendered("helm4", overlay))
    done = subprocess.run(
        [
            *(kubeconform, "-strict", "-summary", "-kubernetes-version", f"{version}.0"),
            *("-schema-location", schemas, str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "Invalid: 0, Errors: 0, Skipped: 0" in done.stdout
    assert not done.stdout.startswith("Summary: 0 resources")


def kube_score(text: str, sources: Mapping[str, str]) -> Iterator[Complaint]:
    done = subprocess.run(
        [need("kube-score"), "score", "-o", "json", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    for scored in json.loads(done.stdout):
        name = f"{scored['type_meta']['kind']}/{scored['object_meta']['name']}"
        for check in scored["checks"] or ():
            if not check["skipped"] and check["grade"] < 10:
                yield sources[name], f"kube-score/{check['check']['id']}"


def checkov(text: str, sources: Mapping[str, str], folder: Path) -> Iterator[Complaint]:
    (folder / "all.yaml").write_text(text)
    done = subprocess.run(
        [
            need("checkov"),
            "-f",
            str(folder / "all.yaml"),
            "--framework",
            "kubernetes",
            "-o",
            "json",
            "--quiet",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    for failed in json.loads(done.stdout)["results"]["failed_checks"]:
        kind, _, name = failed["resource"].split(".", 2)
        yield _source(sources, kind, name.split(".")[0]), f"checkov/{failed['check_id']}"


def _source(sources: Mapping[str, str], kind: str, name: str) -> str:
    """checkov speaks of the pod inside a Deployment as of a Pod with the name of the Deployment."""
    owners = (f"{owner}/{name}" for owner in (kind, "Deployment", "Job"))
    return next(sources[label] for label in owners if label in sources)


def answers() -> set[Complaint]:
    templates = (path for path in (CHART / "templates").rglob("*.yaml"))
    return {
        (path.relative_to(CHART).as_posix(), answer)
        for path in templates
        for answer in ANSWER.findall(path.read_text())
    }


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> set[Complaint]:
    """What both say under every overlay."""
    found: set[Complaint] = set()
    for overlay in OVERLAYS:
        text = rendered("helm4", overlay)
        sources = {_label(part): source for source, part in objects(text)}
        found |= set(kube_score(text, sources))
        found |= set(checkov(text, sources, tmp_path_factory.mktemp("checkov")))
    return found


def _label(part: str) -> str:
    kind = re.search(r"^kind: (\S+)$", part, re.MULTILINE)
    name = re.search(r"^metadata:\n  name: (\S+)$", part, re.MULTILINE)
    assert kind, part
    assert name, part
    return f"{kind[1]}/{name[1]}"


def test_every_complaint_is_mended_or_answered_beside_the_object(complaints: set[Complaint]) -> None:
    assert sorted(complaints - answers()) == []


def test_every_answer_has_its_question(complaints: set[Complaint]) -> None:
    assert sorted(answers() - complaints) == []
