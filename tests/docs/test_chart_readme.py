"""A chart's README: its examples are values that the chart accepts, its table is what the schema says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chartgen import documents as yaml
from chartgen.chart import Chart
from chartgen.contract import read
from chartgen.disk import read_app
from chartgen.engine.choose import choose
from chartgen.generate import generate
from chartgen.manifest import Case, Release, Rendering
from chartgen.model import App
from chartgen.model.load import load
from chartgen.package import archive, file_name
from chartgen.schema import compiled
from chartgen.values import coalesce, merge
from tests.docs.documents import ROOT, blocks, prose
from tests.docs.shell import environment, helm_accepts, kubectl_knows

FOLDERS = sorted(path.parent for path in [*ROOT.glob("apps/*/app.yaml"), *ROOT.glob("tests/apps/*/app.yaml")])
each_app = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def readme(chart: Chart) -> str:
    return chart.by_path["README.md"].text


def asked(app: App) -> dict[str, Any]:
    """What an application demands to be told before it is installed."""
    chosen = {secret.key: {"generate": "job"} for secret in app.secrets.values() if secret.generate == "none"}
    return {"secrets": chosen} if chosen else {}


def examples(chart: Chart) -> list[dict[str, Any]]:
    texts = [block.text for block in blocks(readme(chart)) if block.language == "yaml"]
    return [yaml.load(text, "README.md").data for text in texts]


@each_app
def test_every_example_is_a_values_document_that_schema_and_rules_accept(folder: Path) -> None:
    app = read_app(folder)
    chart = generate(app)
    accepts, rules = compiled(json.loads(chart.by_path["values.schema.json"].data)), read(chart).rules
    documents = examples(chart)
    assert len(documents) > 2
    for document in documents:
        values = coalesce(chart.default_values, merge([asked(app), document]))
        assert (document, accepts.errors(values)) == (document, ())
        assert (document, [rule.sentence for rule in rules if not rule.accepts(values)]) == (document, [])


def test_helm_renders_every_example_of_ushadow() -> None:
    chart = generate(read_app(ROOT / "apps/ushadow"))
    cases = [Case(values, Release("ushadow", "ushadow"), str(values)) for values in examples(chart)]
    answers = choose().open(archive(chart)).render(cases)
    assert [(a.case.overlay, a.message) for a in answers if not isinstance(a, Rendering)] == []


def test_the_five_ways_of_a_secret_make_what_they_say() -> None:
    app = read_app(ROOT / "apps/ushadow")
    chart = generate(app)
    ways = [values for values in examples(chart) if set(values.get("secrets", {}).get("auth", {})) - {"job"}]
    cases = [Case(values, Release("ushadow", "ushadow")) for values in ways[:5]]
    made = []
    for answer in choose().open(archive(chart)).render(cases):
        assert isinstance(answer, Rendering)
        named = {m.name: m.kind for m in answer.manifests if m.kind in ("Secret", "ExternalSecret", "Job")}
        made.append({name: kind for name, kind in named.items() if name != "ushadow-init-config"})
    job = {"ushadow-create-secrets": "Job"}
    assert made == [
        {},
        {"ushadow-secrets": "ExternalSecret"},
        {"ushadow-secrets": "Secret"},
        job,
        {"ushadow-secrets": "Secret"},
    ]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of the values tables."""
    for line in text.partition("## Values")[2].partition("## Examples")[0].splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@each_app
def test_the_table_has_every_setting_and_says_which_are_required(folder: Path) -> None:
    chart = generate(read_app(folder))
    found = list(rows(readme(chart)))
    assert {len(cells) for cells in found} == {5}
    told = {
        cells[0].strip("`"): cells[2] == "yes" for cells in found if not cells[4].startswith("Deprecated")
    }
    declared = read(chart).settings
    assert told == {setting.dotted: setting.needed for setting in declared}
    renamed = {cells[0].strip("`") for cells in found if cells[4].startswith("Deprecated")}
    assert renamed == {".".join(setting.renamed_from) for setting in declared if setting.renamed_from}


def test_a_renamed_setting_is_told_under_both_names() -> None:
    other = {"default": 1, "schema": {"type": "integer"}, "help": "Other."}
    own = {
        "default": 1,
        "schema": {"type": "integer"},
        "help": "New.",
        "renamed_from": "old.name",
        "until": "2.0.0",
    }
    app = load(
        yaml.dump(
            {
                "apiVersion": "chartgen/v1",
                "name": "shop",
                "version": "1.0.0",
                "appVersion": "1.0.0",
                "description": "A shop <b>| for | all",
                "components": {"web": {"image": {"repository": "acme/shop"}}},
                "own": {
                    "folder": "own",
                    "settings": {"fresh.name": own, "old.other": other},
                },
            }
        ),
        "app.yaml",
    )
    text = readme(generate(app))
    table = {cells[0]: cells for cells in rows(text)}
    assert table["`fresh.name`"][1:] == ["integer", "yes", "`1`", "New."]
    assert table["`old.name`"][1:] == [
        "integer", "", "", "Deprecated, works until 2.0.0: renamed to `fresh.name`.",
    ]  # fmt: skip
    assert "A shop &lt;b>| for | all. Chart 1.0.0" in text


@pytest.mark.parametrize("folder", [ROOT / "apps/ushadow", ROOT / "tests/apps/cron"], ids=lambda f: f.name)
def test_every_command_is_one_that_helm_or_kubectl_knows(folder: Path, tmp_path: Path) -> None:
    app = read_app(folder)
    chart = generate(app)
    place = tmp_path / app.name
    for file in chart.files:
        (place / file.path).parent.mkdir(parents=True, exist_ok=True)
        (place / file.path).write_bytes(file.data)
    (place / file_name(chart)).write_bytes(archive(chart))
    (tmp_path / "asked.yaml").write_text(yaml.dump(asked(app)), encoding="utf-8")
    lines = [line for b in blocks(readme(chart)) if b.language == "sh" for line in b.commands]
    lines += re.findall(r"`(kubectl [^`]+|helm \w+ [^`]+)`", prose(readme(chart)))
    env = environment(tmp_path / "tools")
    for line in sorted(set(lines)):
        if line.startswith("kubectl"):
            kubectl_knows(line)
        elif "..." not in line:
            extra = f" -f {tmp_path}/asked.yaml" if " install " in line else ""
            helm_accepts(line + extra, place, env)
    assert len(lines) > 3
