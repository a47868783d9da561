"""Nothing is read, parsed, generated, rendered or validated twice: counted, not timed.

For ushadow with its three overlays, on every supported Kubernetes version.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest

from chartgen import cli, disk, documents, generate, schema
from chartgen.checks import schema as schema_check
from chartgen.checks import subject
from chartgen.cli import generate as generate_command
from chartgen.cli import judging, stage
from chartgen.disk import read as read_module
from chartgen.engine import ahead, embedded
from chartgen.kubernetes import VERSIONS
from chartgen.manifest import objects
from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = ("values/dev.yaml", "values/staging.yaml", "values/production.yaml")
Counts = dict[str, Counter[Hashable]]


class Counting:
    """Counts the calls of functions, wherever they are known by name, by what `key` makes of a call."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.counts: Counts = {}

    def of(self, what: str, key: Callable[..., Hashable], *places: tuple[Any, str]) -> None:
        counts = self.counts[what] = Counter()
        for place, name in places:
            original = getattr(place, name)

            def counted(*args: Any, _original: Any = original, **named: Any) -> Any:
                counts[key(*args)] += 1
                return _original(*args, **named)

            self._patch.setattr(place, name, counted)

    def twice(self) -> dict[str, list[Hashable]]:
        return {what: [key for key, n in found.items() if n > 1] for what, found in self.counts.items()}


def _file(path: Path, *_: object) -> str:
    return path.as_posix()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project with its chart, which is the current folder."""
    need("helm_python")
    for name in ("apps/ushadow", "values"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "chartgen.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    disk.write(
        disk.plan(generate.generate(disk.read_app(tmp_path / "apps/ushadow")), tmp_path / "charts/ushadow")
    )
    return tmp_path


@pytest.fixture
def counting(project: Path, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Counts everything that could be done twice. What was remembered before is forgotten."""
    objects.parse.cache_clear()
    schema._remembered.cache_clear()
    counting = Counting(monkeypatch)
    counting.of(
        "file read", _file, (read_module, "read_text"), (sys.modules["chartgen.cli.options"], "read_text")
    )
    counting.of("app generated", lambda app: app.name, (judging, "generate"), (generate_command, "generate"))
    counting.of("template parsed", lambda text, path: path, (subject, "parse"))
    counting.of("templates followed", lambda parsed: "reads", (subject, "reads"))
    counting.of("case rendered", lambda _, case: case.name, (embedded.EmbeddedSession, "_one"))
    counting.of("case's values judged", lambda _, case: case.name, (embedded.EmbeddedSession, "_schema"))
    counting.of("text parsed", lambda text, name: (name, text), (documents, "load_all"))
    counting.of("object judged", lambda obj, *_: repr(obj), (schema_check, "validate"))
    counting.of(
        "object held against a schema", lambda one, doc: (id(one), repr(doc)), (schema._Fast, "accepts")
    )
    counting.of("chart opened", lambda _, data: hash(data), (embedded.Embedded, "open"))
    counting.of("chart packed", lambda chart, *_: hash(chart.files), (stage, "archive"), (ahead, "archive"))
    return counting


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.cli.main(list(arguments), prog_name="chartgen")
    return int(ended.value.code or 0)


def test_lint_does_everything_once(counting: Counting, project: Path) -> None:
    assert run("lint") == 0
    assert {what: again for what, again in counting.twice().items() if again} == {}
    counts = counting.counts
    assert [what for what, found in counts.items() if not found] == []
    assert counts["file read"]["apps/ushadow/app.yaml"] == 1
    assert all(counts["file read"][overlay] == 1 for overlay in OVERLAYS)
    assert set(counts["case rendered"]) == {"default values", *OVERLAYS}
    templates = {
        p.relative_to("charts/ushadow").as_posix() for p in Path("charts/ushadow/templates").rglob("*.*")
    }
    assert set(counts["template parsed"]) == templates
    assert len(counts["app generated"]) == len(counts["templates followed"]) == 1


def test_each_distinct_object_is_judged_once_however_many_versions_there_are(counting: Counting) -> None:
    assert run("lint") == 0
    objects_ = counting.counts["object judged"]
    schemas = counting.counts["object held against a schema"]
    assert len(objects_) > 20
    assert len(VERSIONS) == 9
    # An object that is right is held against what all versions have in common, and its pod once more.
    assert len(schemas) <= 2 * len(objects_) + len(OVERLAYS) + 1


def test_helm_lints_the_chart_once_and_once_more_what_overlays_change(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.of("linted", lambda session, case, *_: id(session), (embedded.EmbeddedSession, "lint"))
    assert run("lint") == 0
    assert sum(counting.counts["linted"].values()) == 2


def test_the_whole_road_does_everything_once(counting: Counting, project: Path) -> None:
    assert run("make") == 0
    assert {what: again for what, again in counting.twice().items() if again} == {}
    assert counting.counts["file read"]["apps/ushadow/app.yaml"] == 1
    assert counting.counts["app generated"] == {"ushadow": 1}
    assert sum(counting.counts["case rendered"].values()) == 4
    found = sorted(path.name for path in (project / "dist").iterdir())
    assert found == ["ushadow-0.1.0.json", "ushadow-0.1.0.tgz"]


def test_a_second_time_is_seen(counting: Counting) -> None:
    assert run("generate") == 0
    assert run("generate") == 0
    assert counting.twice()["app generated"] == ["ushadow"]
    assert "apps/ushadow/app.yaml" in counting.twice()["file read"]
