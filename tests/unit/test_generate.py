"""From every application to a chart: its files, what it renders to, and that nothing else matters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chartgen import documents
from chartgen.chart import Chart
from chartgen.checks import judge
from chartgen.checks.subject import Made
from chartgen.engine import Refusal
from chartgen.errors import ModelError
from chartgen.findings import Severity
from chartgen.generate import generate
from chartgen.manifest import Case, Release
from chartgen.model import App
from chartgen.model.load import load
from tests.apps import made
from tests.apps.many.make import app as many
from tests.need import need

LONGEST = "a-release.whose.name-is-as-long-as-helm-lets-it-be-53"
OLDEST, NEWEST = "1.29", "1.37"
LEFT_OUT = ("metadata",)  # the small applications have no icon, and nobody to ask


def loaded(data: dict[str, Any]) -> App:
    return load(documents.dump(data))


def changed(files: dict[str, bytes], **parts: Any) -> App:
    """The application `own` with other files and parts."""
    return replace(made.app("own"), files=tuple(sorted(files.items())), **parts)


@pytest.mark.parametrize("name", made.APPS)
def test_a_chart_has_the_files_that_were_kept(name: str) -> None:
    kept = made.HERE / "files" / f"{name}.txt"
    assert "".join(f"{file.path}\n" for file in made.chart(name).files) == kept.read_text()


def cases(name: str) -> tuple[Case, ...]:
    """Every overlay of an application, and a release whose name is as long as Helm lets it be."""
    release = Release(name, f"{name}-namespace")
    longest = Case(made.BROUGHT.get(name, {}), Release(LONGEST, "n" * 63), "longest names")
    return (*(Case(values, release, overlay) for overlay, values in made.overlays(name).items()), longest)


@pytest.mark.parametrize("name", made.APPS)
def test_every_check_passes_on_every_overlay(name: str) -> None:
    chart, session = made.chart(name), made.session(name)
    subject = Made(chart, made.declared(name).settings, chart, session, cases(name))
    answers = session.render(cases(name))
    report = judge(name, app=made.app(name), made=subject, answers=answers, kube_versions=(OLDEST, NEWEST))
    found = [finding for outcome in report.outcomes for finding in outcome.findings]
    found = [f for f in found if (f.check, f.overlay) != ("old-names", "old-names")]  # that is what it is for
    wrong = [f for f in found if f.severity is not Severity.INFO and f.check not in LEFT_OUT]
    assert [str(f) for f in wrong] == []
    assert [outcome.check for outcome in report.outcomes if outcome.reason] == []


@pytest.mark.parametrize("name", ["cron", "opposite"])
def test_a_secret_that_nobody_brought_is_asked_for(name: str) -> None:
    answer = made.ask(name, {})
    assert isinstance(answer, Refusal)
    assert answer.kind == "rule"
    assert answer.message.endswith("Set existingSecret, externalSecret or values.")


SCRIPT = """
import os, sys
os.umask(int(sys.argv[1], 8))
from tests.apps import made
from chartgen.package import archive, digest
print(*[digest(archive(made.chart(name))) for name in made.APPS])
"""


@pytest.mark.parametrize(
    "umask,environment",
    [
        ("000", {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}),
        ("077", {"PYTHONHASHSEED": "4242", "TZ": "UTC+12", "LC_ALL": "POSIX"}),
    ],
)
def test_a_chart_depends_on_nothing_but_its_application(umask: str, environment: dict[str, str]) -> None:
    from chartgen.package import archive, digest

    here = [digest(archive(made.chart(name))) for name in made.APPS]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, umask],
        cwd=made.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == here


def calls(work: Callable[[], object]) -> int:
    """How many functions of ours are called."""
    count = 0

    def seen(frame: Any, event: str, _: Any) -> None:
        nonlocal count
        count += event == "call" and "chartgen" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_components_are_twice_the_work_and_twice_the_chart() -> None:
    apps = [loaded(many(count)) for count in (28, 56, 112)]
    charts: list[Chart] = [generate(apps[0])]  # what is done once is done
    work = [calls(lambda app=app: charts.append(generate(app))) for app in apps]  # type: ignore[misc]  # its default
    size = [sum(len(file.data) for file in chart.files) for chart in charts[1:]]
    for small, middle, large in (work, size):
        assert (large - middle) / (middle - small) == pytest.approx(2, rel=0.04)


def test_the_committed_application_of_many_components_is_what_the_script_makes() -> None:
    text = (made.HERE / "many" / "app.yaml").read_text()
    assert text == "# Made by tests/apps/many/make.py.\n" + documents.dump(many(30))


def refused(app: App) -> list[str]:
    with pytest.raises(ModelError) as error:
        generate(app)
    return [f"{problem.where}: {problem.what}" for problem in error.value.problems]


def test_a_file_of_the_application_that_the_chart_makes_itself_is_refused() -> None:
    assert refused(changed({"templates/api-deployment.yaml": b"", "templates/rules.yaml": b""})) == [
        "templates/api-deployment.yaml: two parts of the application make this file",
        "templates/rules.yaml: two parts of the application make this file",
    ]


def test_templates_that_helm_would_not_take_are_refused_together() -> None:
    files = {
        "templates/.hidden.yaml": b"",
        "templates/latin.yaml": b"caf\xe9",
        "templates/_helpers-of-mine.tpl": b'{{- define "own.fullname" -}}x{{ end }}{{define `own.x`}}{{end}}',
    }
    assert refused(changed(files)) == [
        "templates/.hidden.yaml: Helm leaves templates out whose name begins with a dot",
        "templates/_helpers-of-mine.tpl: defines 'own.fullname', whose name is the chart's",
        "templates/_helpers-of-mine.tpl: defines 'own.x', whose name is the chart's",
        "templates/latin.yaml: the byte 0xe9 is not UTF-8",
    ]


def test_a_file_to_seed_whose_name_no_volume_could_take_is_refused() -> None:
    files = (("plain/a\nb", b""), ("plain/..data", b""), ("plain/fine name", b""), ("plain/ space", b""))
    assert refused(replace(made.app("opposite"), files=files)) == [
        "'plain/a\\nb': cannot be seeded under this name",
        "'plain/..data': cannot be seeded under this name",
        "'plain/ space': cannot be seeded under this name",
    ]


def test_a_rule_about_what_nobody_declares_is_refused_with_the_near_miss() -> None:
    data = documents.load((made.HERE / "own" / "app.yaml").read_text(), "app.yaml").data
    data["own"]["rules"] = [
        {"sentence": "no", "refuses": [["banner.color", "is", "red"], ["banner.text", "set"]]}
    ]
    with pytest.raises(ModelError) as error:
        generate(loaded(data))
    (problem,) = error.value.problems
    assert problem.what == "reads banner.color, which no setting declares"
    assert problem.hint == "did you mean 'banner.colour'?"


def test_a_setting_of_the_application_that_a_block_has_is_refused() -> None:
    data = documents.load((made.HERE / "own" / "app.yaml").read_text(), "app.yaml").data
    one = {"default": "", "schema": {"type": "string"}, "help": "x"}
    data["own"]["settings"] |= {"global.imageRegistry": one, "banner": one}
    assert refused(loaded(data)) == [
        "global.imageRegistry: this setting is declared twice",
        "banner: this setting is declared twice",
    ]


def test_a_schema_that_refers_to_no_definition_is_refused() -> None:
    data = documents.load((made.HERE / "own" / "app.yaml").read_text(), "app.yaml").data
    data["own"]["settings"]["metrics.labels"]["schema"] = {"$ref": "#/definitions/label"}
    assert refused(loaded(data)) == ["own.settings.metrics.labels.schema: there is no definition 'label'"]


def test_own_templates_are_copied_byte_for_byte() -> None:
    by_path = made.chart("own").by_path
    folder = made.HERE / "own" / "templates"
    for path in (p for p in folder.rglob("*") if p.is_file()):
        assert by_path[f"templates/{path.relative_to(folder).as_posix()}"].data == path.read_bytes()


def test_helm_itself_finds_nothing_wrong_with_any_chart(tmp_path: Path) -> None:
    helm = need("helm")
    for name in made.APPS:
        chart = made.chart(name)
        write(chart, tmp_path / name)
        values = tmp_path / f"{name}.yaml"
        values.write_text(documents.dump(dict(made.BROUGHT.get(name, {}))))
        done = subprocess.run(
            [helm, "lint", "--strict", "--values", values, tmp_path / name],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def write(chart: Chart, folder: Path) -> None:
    for file in chart.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
